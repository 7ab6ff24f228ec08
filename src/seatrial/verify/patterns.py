"""What secrets look like. Pure; few patterns with few false alarms rather than many with many."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seatrial.model.image import ImageFacts

# Of a token of a known length: no word goes on. One letter may follow, for in what Python compiles
# the kind of the next value stands behind a text, without anything between.
_END = rb"(?![A-Za-z0-9]{2})"
# A pattern begins with letters of its own, so that the search for it is as quick as for a word;
# that it does not begin within a word is looked at afterwards.
_TOKENS: tuple[tuple[str, re.Pattern[bytes]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            "private key",
            rb"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----\s*(?:\\n)?[A-Za-z0-9+/=]{40}",
        ),
        ("AWS access key", rb"AKIA(?![0-9A-Z]*EXAMPLE)[0-9A-Z]{16}" + _END),
        ("AWS access key", rb"ASIA(?![0-9A-Z]*EXAMPLE)[0-9A-Z]{16}" + _END),
        ("GitHub token", rb"gh[pousr]_[A-Za-z0-9]{36}" + _END),
        ("GitHub token", rb"github_pat_[A-Za-z0-9_]{60,}\b"),
        ("GitLab token", rb"glpat-[A-Za-z0-9_-]{20}"),
        ("Slack token", rb"xox[abeprs]-[A-Za-z0-9-]{20,}"),
        ("Stripe key", rb"sk_live_[A-Za-z0-9]{20,}"),
        ("Stripe key", rb"rk_live_[A-Za-z0-9]{20,}"),
        ("Google API key", rb"AIza[0-9A-Za-z_-]{35}" + _END),
        ("package registry token", rb"npm_[A-Za-z0-9]{36}" + _END),
        ("package registry token", rb"pypi-AgEI[A-Za-z0-9_-]{50,}"),
        ("model provider's key", rb"sk-(?:ant|proj)-[A-Za-z0-9_-]{24,}"),
        ("Hugging Face token", rb"hf_[A-Za-z]{34}\b"),
        ("SendGrid key", rb"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
        ("Azure storage key", rb"AccountKey=[A-Za-z0-9+/]{86}=="),
    )
)
_SECRET_NAME = re.compile(
    r"(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|APIKEY|API_KEY|ACCESS_KEY|PRIVATE_KEY|"
    r"SECRET_KEY|CREDENTIALS?)(_|$)",
    re.IGNORECASE,
)
_NOT_A_VALUE = re.compile(
    r"^(|true|false|none|null|\d{1,5}|/.*|\$.*|<.*>|https?://[^@]*)$", re.IGNORECASE
)
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s:/@]+:(?![$<{])([^\s:/@]{3,})@[^\s/]+")
_ASSIGNMENT = re.compile(r"(?<![\w$])([A-Za-z][A-Za-z0-9_]*)=(\"[^\"]*\"|'[^']*'|[^\s;&|]*)")
# How Python's marshal announces a text with a length of one byte, which may be a letter.
_SHORT_TEXTS = b"zZ\xda\xfa"
_ENV_FILE = re.compile(r"^\.env(\..+)?$")
_HARMLESS_ENV = re.compile(r"\.(example|sample|template|dist|schema)$")
_KEYS = ["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"]
_KEY_FILES = frozenset([*_KEYS, ".git-credentials", ".netrc", ".pgpass", ".pypirc"])


def secrets_in_bytes(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield kind and masked excerpt of what looks like a secret in a file's contents."""
    for kind, match in _tokens_in(data):
        yield kind, masked(match[0].decode("ascii", "replace"))


def secret_in_variable(name: str, value: str) -> str | None:
    """Return what kind of secret a variable of the configuration holds, or None."""
    if any(True for _ in secrets_in_bytes(value.encode())):
        return next(kind for kind, _ in secrets_in_bytes(value.encode()))
    if _ADDRESS.search(value):
        return "password in an address"
    if _SECRET_NAME.search(name) and not _NOT_A_VALUE.match(value):
        return "value of a secret's name"
    return None


def secrets_in_configuration(image: ImageFacts) -> Iterator[tuple[str, str, str]]:
    """Yield place, kind and the bare value of what looks like a secret; mask it at once."""
    for place, mapping in (("ENV", image.env), ("LABEL", image.labels)):
        for name, value in mapping.items():
            if kind := secret_in_variable(name, value):
                yield f"{place} {name}", kind, value
    for where, instruction in _instructions(image):
        for kind, match in _tokens_in(instruction.encode()):
            yield where, kind, match[0].decode("ascii", "replace")
        for match_of in _ADDRESS.finditer(instruction):
            yield where, "password in an address", match_of[1]
        for name, quoted in _ASSIGNMENT.findall(instruction):
            value = quoted.strip("\"'")
            if kind_of := secret_in_variable(name, value):
                yield f"{where} ({name})", kind_of, value


def _instructions(image: ImageFacts) -> Iterator[tuple[str, str]]:
    for number, instruction in enumerate(image.history, start=1):
        yield f"history step {number}", instruction
    yield from (("ONBUILD", instruction) for instruction in image.on_build)
    if not image.history:
        # Not every image has one, and where there is one it tells these as well.
        check = image.healthcheck.command if image.healthcheck else ()
        yield "commands", " ".join((*image.entrypoint, *image.command, *check))


def secret_file(path: str) -> str | None:
    """Return what kind of secret a file's name announces, or None."""
    name = path.rpartition("/")[2]
    if _ENV_FILE.match(name) and not _HARMLESS_ENV.search(name):
        return "environment file"
    if name in _KEY_FILES or path.endswith((".docker/config.json", ".aws/credentials")):
        return "credentials file"
    return None


def masked(text: str) -> str:
    """Return enough of a secret to find it by, and no more."""
    return f"{text[: min(4, len(text) // 4)]}… ({len(text)} characters)"


def _tokens_in(data: bytes) -> Iterator[tuple[str, re.Match[bytes]]]:
    for kind, pattern in _TOKENS:
        for match in pattern.finditer(data):
            if _begins_at(data, match):
                yield kind, match


def _begins_at(data: bytes, match: re.Match[bytes]) -> bool:
    """Return whether a token begins there: after no word, or after its length as marshal has it."""
    at = match.start()
    if not data[max(0, at - 1) : at].isalnum():
        return True
    return at > 1 and data[at - 2] in _SHORT_TEXTS and data[at - 1] <= len(match[0])

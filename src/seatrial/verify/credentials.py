"""Credentials without a form of their own: a password in an assignment or in an address. Pure.

They are looked for in files of the kinds that people write settings into.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from posixpath import splitext

LONGEST = 1024 * 1024
LONGEST_WITHOUT_SUFFIX = 64 * 1024  # a `config`, an `.npmrc`; longer ones are programs
WINDOW = 400
_WRITTEN = frozenset(
    [
        ".bash",
        ".cfg",
        ".cjs",
        ".cnf",
        ".conf",
        ".config",
        ".env",
        ".ini",
        ".java",
        ".js",
        ".json",
        ".jsx",
        ".mjs",
        ".php",
        ".pl",
        ".properties",
        ".py",
        ".rb",
        ".sh",
        ".tf",
        ".tfvars",
        ".toml",
        ".ts",
        ".tsx",
        ".xml",
        ".yaml",
        ".yml",
    ]
)
_WORDS = (
    b"passw",
    b"passphrase",
    b"secret",
    b"token",
    b"apikey",
    b"api_key",
    b"access_key",
    b"credential",
)
# From the keyword on: the rest of the name, what assigns, a quoted text. A name of several words
# with hyphens or dots ends with the keyword: `token-service.js` is a file, no token.
_ASSIGNED = re.compile(
    rb"""(?:[.-]?(?:key|id|value))?\w{0,40}["']?\]?\s*"""
    rb"""(?::\s*[\w\[\], |.]{1,40}=|=>|:=|=|:)\s*[rbfRBF]?"""
    rb"""(["'])([^"'\s\\]{8,200})\1"""
)
# In files of variables the text is not quoted.
_LINE = re.compile(
    rb"(?:[.-]?(?:key|id|value))?\w{0,40}\s*[=:]\s*([^\s\"'#;,(){}\[\]]{8,200})[ \t]*\r?$",
    re.MULTILINE,
)
_LINES = frozenset(
    {"", ".env", ".ini", ".cfg", ".cnf", ".conf", ".properties", ".yml", ".yaml", ".tfvars"}
)
_ADDRESS = re.compile(
    rb"://([^\s:/@\"'`<>{}$%()\\,]{1,64}):([^\s:/@\"'`<>{}$%()\\,]{6,128})@([\w.-]+)"
)
_NO_VALUE = re.compile(
    r"^[a-z]+([_.:/ -][a-z]+)*$|^[A-Z]+(_[A-Z]+)*$|x{4,}|\*{3,}|\.{3,}|[<>{}$%]|^(https?:)?/|"
    r"\.(css|html?|js|json|map|mjs|png|py|svg|tsx?|webp|woff2?)$|"
    r"example|change.?me|placeholder|dummy|your[_-]|test|fake|todo|redacted|1234567|abcdef|none|null|undefined",
    re.IGNORECASE,
)
_NO_HOST = re.compile(
    r"(^|\.)(example(\.\w+)?|localhost|local)$|^(host|hostname|server)$", re.IGNORECASE
)
_LEAST_BITS = 3.0
_FEWEST_BITS = 2.0


def is_written(path: str, size: int) -> bool:
    """Return whether a file is of a kind that people write credentials into."""
    kind = _kind(path)
    return 0 < size <= (LONGEST if kind in _WRITTEN else 0 if kind else LONGEST_WITHOUT_SUFFIX)


def credentials_in(path: str, data: bytes) -> Iterator[tuple[str, str]]:
    """Yield kind and the bare value of what looks like a credential; mask it at once."""
    for match in _ADDRESS.finditer(data):
        value = match[2].decode("utf-8", "replace")
        # What an address says it is needs less of a second sign.
        if not _NO_HOST.search(match[3].decode()) and _is_random(value, _FEWEST_BITS):
            yield "password in an address", value
    lowered = data.lower()
    unquoted = _kind(path) in _LINES
    for word in _WORDS:
        at = lowered.find(word)
        while at >= 0:
            end = at + len(word)
            found = _ASSIGNED.match(data, end, end + WINDOW)
            text = found[2] if found else None
            if text is None and unquoted and (line := _LINE.match(data, end, end + WINDOW)):
                text = line[1]
            value = text.decode("utf-8", "replace") if text else ""
            if value and _is_random(value):
                yield "value of a secret's name", value
            at = lowered.find(word, end)


def _kind(path: str) -> str:
    """Return a file's suffix, its whole name where that is one of the kinds; empty without."""
    name = path.rpartition("/")[2].lower()
    return name if name in _WRITTEN else splitext(name)[1]


def _is_random(value: str, bits: float = _LEAST_BITS) -> bool:
    """Return whether a text may be a password: letters and digits, and not much of a pattern."""
    mixed = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    return mixed and not _NO_VALUE.search(value) and _bits(value) >= bits


def _bits(value: str) -> float:
    """Return the bits that a character of a text tells."""
    counts = Counter(value).values()
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts)

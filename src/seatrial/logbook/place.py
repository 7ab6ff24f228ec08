"""Where the logbook is: `LOGBOOK_URL` and its key, from the environment or the stack's `.env`.

Read at the end of every verb that records. Imports next to nothing: most projects have no logbook.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from seatrial.errors import ConfigurationError
from seatrial.root import SETTINGS_FILE, read_text

URL, KEY, KEY_FILE = "LOGBOOK_URL", "LOGBOOK_KEY", "LOGBOOK_KEY_FILE"
PLAIN = "LOGBOOK_ALLOW_HTTP"
OUTBOX = "outbox"
_COMPOSE_FILE = re.compile(r"""^compose_file\s*=\s*["']([^"'\n]+)["']""", re.MULTILINE)


@dataclass(frozen=True)
class Logbook:
    """A logbook that answers, or is supposed to.

    Attributes:
        url: Its base URL, without a slash at the end; holds no credentials.
        key: The API key; never shown.
    """

    url: str
    key: str = field(repr=False)


def variables_of(root: Path | None, environ: Mapping[str, str]) -> dict[str, str] | None:
    """Return what is said of a logbook, or None where none is configured.

    A variable of the environment outranks the file, an empty one too: `LOGBOOK_URL=` switches the
    recording off. A key of the environment outranks a key's file of the other's.

    Args:
        root: The project's root, or None outside of any.
        environ: The environment.

    Raises:
        ConfigurationError: When the `.env` cannot be read.
    """
    names = (URL, KEY, KEY_FILE, PLAIN)
    given = {name: environ[name].strip() for name in names if name in environ}
    if given.get(URL) == "":
        return None
    filed = _filed(root, environ) if root else {}
    if {KEY, KEY_FILE} & set(given):
        filed = {name: value for name, value in filed.items() if name not in {KEY, KEY_FILE}}
    found = {**filed, **given}
    return found if found.get(URL) else None


def logbook_of(variables: Mapping[str, str], root: Path | None) -> Logbook:
    """Return the logbook that the variables describe.

    Args:
        variables: As `variables_of` returns them.
        root: What a key's file is relative to; the current folder where there is none.

    Raises:
        ConfigurationError: When the URL is none to send a key to, or the key is missing.
    """
    return Logbook(_url(variables), _key(variables, root or Path.cwd()))


def _filed(root: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return what the `.env` beside the Compose file says of a logbook."""
    compose = environ.get("SEATRIAL_COMPOSE_FILE") or _compose_file(root)
    path = (root / compose).parent / ".env"
    if not path.is_file() or URL not in read_text(path):
        return {}
    from seatrial.envfile import read_variables

    values = read_variables(path.parent).values
    return {name: values[name].strip() for name in (URL, KEY, KEY_FILE, PLAIN) if name in values}


def _compose_file(root: Path) -> str:
    # Whoever has no logbook does not wait for a parser; who has a malformed file was told before.
    found = _COMPOSE_FILE.search(read_text(root / SETTINGS_FILE))
    return found[1] if found else "compose.yml"


def _url(variables: Mapping[str, str]) -> str:
    wrong = ConfigurationError(
        f"{URL} is no address of a logbook",
        expected="https://HOST[:PORT][/PATH], without credentials, query or fragment",
        hint="give the key in LOGBOOK_KEY or LOGBOOK_KEY_FILE",
    )
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(variables[URL])
        _ = parts.port
    except ValueError:
        raise wrong from None
    spoken = parts.scheme in {"http", "https"} and parts.hostname
    if not spoken or "@" in parts.netloc or parts.query or parts.fragment:
        raise wrong
    if parts.scheme == "http" and not (_is_local(parts.hostname or "") or variables.get(PLAIN)):
        raise ConfigurationError(
            f"{URL} begins with http: the key would travel for all to read",
            expected="https, or a logbook on this machine",
            hint=f"{PLAIN}=1 allows it, for a network that you trust",
        )
    return variables[URL].rstrip("/")


def _is_local(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _key(variables: Mapping[str, str], root: Path) -> str:
    key = variables.get(KEY, "")
    if not key and (file := variables.get(KEY_FILE)):
        # An error here names the file, and nothing that is in it.
        key = read_text(root / Path(file).expanduser()).strip()
    if not key:
        raise ConfigurationError(
            f"{URL} is set, and no key",
            expected=f"an API key of the logbook that may record, in {KEY} or {KEY_FILE}",
        )
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ConfigurationError(
            f"what {KEY} or {KEY_FILE} holds is no key",
            expected="one word of plain characters",
        )
    return key

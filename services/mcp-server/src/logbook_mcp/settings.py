"""What the environment says: read once at start, checked, then frozen.

A process that cannot start says so within hundredths of a second: nothing slow is imported here.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

LOCAL_HOSTS = ("localhost", "localhost:*", "127.0.0.1", "127.0.0.1:*")
SECRETS_FOLDER = Path("/etc/logbook")
_HOST = re.compile(r"[A-Za-z0-9._\-\[\]:]+?(:\*)?")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9._\-\[\]:]+?(:\*)?")
# What may stand behind `Bearer ` in a header: no space, no control character.
_KEY = re.compile(r"[\x21-\x7e]+")


class SettingsError(Exception):
    """A variable is missing or of the wrong form. Names the variable, never its value."""


class Settings(NamedTuple):
    """Everything that may differ from one deployment to the next.

    Attributes:
        logbook_url: The backend's base URL, without a slash at its end.
        allowed_hosts: `Host` headers that `/mcp` answers; `name:*` admits every port.
        allowed_origins: `Origin` headers that `/mcp` answers; without any, no page in a browser.
        version_file: Where the image keeps its stamp.
        port: TCP port to listen on.
        host: Address to listen on; all interfaces in a container, which is reached through its own.
    """

    logbook_url: str
    allowed_hosts: tuple[str, ...]
    allowed_origins: tuple[str, ...]
    version_file: Path
    port: int
    host: str


class StdioSettings(NamedTuple):
    """What a process that serves one desktop client needs.

    Attributes:
        logbook_url: The backend's base URL, without a slash at its end.
        authorization: The `Authorization` header of every request to the backend.
    """

    logbook_url: str
    authorization: str


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings of the HTTP server that `environment` describes.

    Raises:
        SettingsError: A required variable is missing or empty, or one is of the wrong form.
    """
    return Settings(
        logbook_url=_logbook_url(environment.get("LOGBOOK_URL", "").strip()),
        allowed_hosts=_listed(environment, "MCP_ALLOWED_HOSTS", _HOST, "mcp-server:8001")
        or LOCAL_HOSTS,
        allowed_origins=_listed(
            environment, "MCP_ALLOWED_ORIGINS", _ORIGIN, "https://app.example.org"
        ),
        version_file=Path(environment.get("VERSION_FILE", "").strip() or "/app/version.json"),
        port=_port(environment.get("LISTEN_PORT", "").strip() or "8001"),
        host=_address(environment.get("LISTEN_HOST", "").strip()) or "0.0.0.0",
    )


def read_stdio_settings(
    environment: Mapping[str, str], folder: Path = SECRETS_FOLDER
) -> StdioSettings:
    """The settings of a process for one desktop client; `folder` may hold the file `logbook_key`.

    Raises:
        SettingsError: As `read_settings`, or there is no key or more than one.
    """
    url = _logbook_url(environment.get("LOGBOOK_URL", "").strip())
    return StdioSettings(logbook_url=url, authorization=f"Bearer {_key(environment, folder)}")


def _logbook_url(value: str) -> str:
    if not value:
        raise SettingsError(
            "LOGBOOK_URL is missing or empty: set it to the backend's base URL, "
            "such as http://api:8000"
        )
    try:
        url = urlsplit(value)
        usable = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        raise _no_base_url() from None
    # Credentials in a URL end up in logs; callers bring their own.
    if not usable or "@" in url.netloc or not _HOST.fullmatch(url.netloc):
        raise _no_base_url()
    if url.query or url.fragment:
        raise SettingsError("LOGBOOK_URL has a query or a fragment: expected http(s)://host[:port]")
    return value.rstrip("/")


def _no_base_url() -> SettingsError:
    return SettingsError(
        "LOGBOOK_URL is not a base URL: expected http(s)://host[:port] without credentials"
    )


def _listed(
    environment: Mapping[str, str], name: str, form: re.Pattern[str], example: str
) -> tuple[str, ...]:
    """The comma-separated parts of a variable, each of `form`."""
    parts = tuple(part for raw in environment.get(name, "").split(",") if (part := raw.strip()))
    if any(not form.fullmatch(part) for part in parts):
        raise SettingsError(
            f"{name} is not a comma-separated list of its kind: expected such as "
            f"{example}, with :* at the end for every port"
        )
    return parts


def _port(value: str) -> int:
    if not value.isascii() or not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise SettingsError("LISTEN_PORT is not a TCP port: expected a number from 1 to 65535")
    return int(value)


def _address(value: str) -> str:
    # Only where one is given: a container starts without looking for more modules.
    if value:
        import ipaddress  # noqa: PLC0415

        try:
            ipaddress.ip_address(value)
        except ValueError:
            raise SettingsError("LISTEN_HOST is not an IP address, such as 127.0.0.1") from None
    return value


def _key(environment: Mapping[str, str], folder: Path) -> str:
    """The API key: the variable, the file that another names, or the file in `folder`."""
    value = environment.get("LOGBOOK_KEY", "").strip()
    file = environment.get("LOGBOOK_KEY_FILE", "").strip()
    if value and file:
        raise SettingsError("LOGBOOK_KEY and LOGBOOK_KEY_FILE are both set: set one of them")
    if file:
        return _usable("LOGBOOK_KEY_FILE", lambda: Path(file).read_text("utf-8"))
    if value:
        return _usable("LOGBOOK_KEY", lambda: value)
    if (usual := folder / "logbook_key").exists():
        return _usable(str(usual), lambda: usual.read_text("utf-8"))
    raise SettingsError(
        "LOGBOOK_KEY is missing or empty: set it to an API key of the logbook with the scope "
        "read, or LOGBOOK_KEY_FILE to a file that holds one"
    )


def _usable(name: str, read: Callable[[], str]) -> str:
    # The value is told nowhere: a variable that should name a file may hold the key itself.
    try:
        key = read().strip()
    except OSError as error:
        raise SettingsError(f"{name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{name} holds no text: expected an API key of one line") from None
    if not _KEY.fullmatch(key):
        raise SettingsError(f"{name} holds no API key: expected one line without a space")
    return key

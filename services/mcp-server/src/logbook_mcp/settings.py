"""What the environment says: read once at start, checked, then frozen."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx2

LOCAL_HOSTS = ("localhost", "localhost:*", "127.0.0.1", "127.0.0.1:*")
_HOST = re.compile(r"[A-Za-z0-9._\-\[\]:]+?(:\*)?")


class SettingsError(Exception):
    """A variable is missing or of the wrong form. Names the variable, never its value."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that may differ from one deployment to the next.

    Attributes:
        logbook_url: The backend's base URL, without a slash at its end.
        allowed_hosts: `Host` headers that `/mcp` answers; `name:*` admits every port.
        version_file: Where the image keeps its stamp.
        port: TCP port to listen on, on all interfaces.
    """

    logbook_url: str
    allowed_hosts: tuple[str, ...]
    version_file: Path
    port: int


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings that `environment` describes.

    Raises:
        SettingsError: A required variable is missing or empty, or one is of the wrong form.
    """
    return Settings(
        logbook_url=_logbook_url(environment.get("LOGBOOK_URL", "").strip()),
        allowed_hosts=_allowed_hosts(environment.get("MCP_ALLOWED_HOSTS", "").strip()),
        version_file=Path(environment.get("VERSION_FILE", "").strip() or "/app/version.json"),
        port=_port(environment.get("LISTEN_PORT", "").strip() or "8001"),
    )


def _logbook_url(value: str) -> str:
    if not value:
        raise SettingsError(
            "LOGBOOK_URL is missing or empty: set it to the backend's base URL, "
            "such as http://api:8000"
        )
    try:
        url = httpx2.URL(value)
    except httpx2.InvalidURL:
        url = httpx2.URL("")
    # Credentials in a URL end up in logs; callers bring their own.
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
        raise SettingsError(
            "LOGBOOK_URL is not a base URL: expected http(s)://host[:port] without credentials"
        )
    if url.query or url.fragment:
        raise SettingsError("LOGBOOK_URL has a query or a fragment: expected http(s)://host[:port]")
    return value.rstrip("/")


def _allowed_hosts(value: str) -> tuple[str, ...]:
    hosts = tuple(host for part in value.split(",") if (host := part.strip()))
    if any(not _HOST.fullmatch(host) for host in hosts):
        raise SettingsError(
            "MCP_ALLOWED_HOSTS is not a comma-separated list of hosts: "
            "expected such as mcp.example.org,mcp-server:8001,localhost:*"
        )
    return hosts or LOCAL_HOSTS


def _port(value: str) -> int:
    if not value.isascii() or not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise SettingsError("LISTEN_PORT is not a TCP port: expected a number from 1 to 65535")
    return int(value)

"""What each process is told at its start, checked before it does anything."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from logbook.environment import FOLDER, Environment, Secret, SettingsError
from logbook.generation import Generation

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from logbook.environment import Network

__all__ = [
    "ProcessSettings",
    "Secret",
    "Settings",
    "SettingsError",
    "WorkerSettings",
    "load_settings",
    "load_worker_settings",
    "parse_database_url",
]

JWT_KEY_BYTES = 32
"""HS256 signs with 256 bits: a shorter key is the weakest part (RFC 7518, section 3.2)."""
LOG_LEVELS = ("debug", "info", "warning", "error")

_A_DAY, _A_YEAR = 86_400, 31_536_000
_URL_OPTIONS = frozenset({"host", "port", "ssl", "sslmode", "prepared_statement_cache_size"})
_POSTGRES = frozenset({"postgresql", "postgres", "postgresql+asyncpg"})
_SQLITE = "sqlite+aiosqlite"
_FORM = re.compile(
    r"(?P<scheme>[\w+]+)://"
    r"(?P<host>(?:[^:/@]*(?::[^@]*)?@)?(?:\[[^\]/?]+\]|[^/:?]*)(?::[0-9]{0,5})?)"
    r"(?:/(?P<path>[^?]*))?(?:\?(?P<query>.*))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSettings:
    """What each process needs."""

    database_url: Secret
    log_level: str
    version_file: Path
    generation: Generation

    @property
    def database(self) -> "URL":
        """The database's address for SQLAlchemy; its password is hidden when printed."""
        return parse_database_url(self.database_url.reveal())


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings(ProcessSettings):
    """What the worker needs: no key of tokens and no owner."""

    retention_days: int
    """0 keeps everything."""
    lease_seconds: int
    poll_seconds: int
    drain_seconds: int
    max_attempts: int
    first_wait_seconds: int
    longest_wait_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(ProcessSettings):
    """What the API needs. Durations are in seconds."""

    jwt_secret_key: Secret
    jwt_expiry_seconds: int
    owner_username: str
    owner_password: Secret
    login_max_failures: int
    login_window_seconds: int
    login_cooldown_seconds: int
    login_trusted_proxies: "tuple[Network, ...]"
    max_upload_bytes: int
    listen_host: str
    listen_port: int


def load_settings(variables: Mapping[str, str] = os.environ, folder: Path = FOLDER) -> Settings:
    """Read what the API needs; raises `SettingsError`, which names every wrong setting at once."""
    given = Environment(variables, folder)
    settings = Settings(
        database_url=_database_url(given),
        log_level=_log_level(given),
        version_file=_version_file(given),
        generation=_generation(given),
        jwt_secret_key=given.secret("JWT_SECRET_KEY", JWT_KEY_BYTES),
        jwt_expiry_seconds=given.number("JWT_EXPIRY_SECONDS", _A_DAY, 1, _A_YEAR),
        owner_username=given.required("OWNER_USERNAME"),
        owner_password=given.secret("OWNER_PASSWORD"),
        login_max_failures=given.number("LOGIN_MAX_FAILURES", 5, 1, 100),
        login_window_seconds=given.number("LOGIN_WINDOW_SECONDS", 300, 1, _A_DAY),
        login_cooldown_seconds=given.number("LOGIN_COOLDOWN_SECONDS", 900, 1, _A_DAY),
        login_trusted_proxies=given.networks("LOGIN_TRUSTED_PROXY_IPS"),
        max_upload_bytes=given.number("MAX_UPLOAD_BYTES", 52_428_800, 1, 2**40),
        # A container is reached through its own address.
        listen_host=given.text("LISTEN_HOST", "0.0.0.0"),  # noqa: S104
        listen_port=given.number("LISTEN_PORT", 8000, 0, 65_535),
    )
    given.check()
    return settings


def load_worker_settings(
    variables: Mapping[str, str] = os.environ, folder: Path = FOLDER
) -> WorkerSettings:
    """Read what the worker needs; raises `SettingsError` as `load_settings` does."""
    given = Environment(variables, folder)
    settings = WorkerSettings(
        database_url=_database_url(given),
        log_level=_log_level(given),
        version_file=_version_file(given),
        generation=_generation(given),
        retention_days=given.number("RETENTION_DAYS", 0, 0, 36_500),
        lease_seconds=given.number("WORKER_LEASE_SECONDS", 30, 1, 3_600),
        poll_seconds=given.number("WORKER_POLL_SECONDS", 5, 1, 3_600),
        # Less than any engine's grace.
        drain_seconds=given.number("WORKER_DRAIN_SECONDS", 20, 0, 3_600),
        max_attempts=given.number("WORKER_MAX_ATTEMPTS", 5, 1, 100),
        first_wait_seconds=given.number("WORKER_FIRST_WAIT_SECONDS", 2, 0, 3_600),
        longest_wait_seconds=given.number("WORKER_LONGEST_WAIT_SECONDS", 300, 0, 86_400),
    )
    given.check()
    return settings


def _database_url(given: Environment) -> Secret:
    secret = given.secret("DATABASE_URL")
    if text := secret.reveal().strip():
        try:
            _check_database_url(text)
        except ValueError as error:
            given.blame("DATABASE_URL", str(error))
    return secret


def _log_level(given: Environment) -> str:
    return given.choice("LOG_LEVEL", "info", LOG_LEVELS)


def _generation(given: Environment) -> Generation:
    number = given.own_number("GENERATION", 0, 0, 2**31 - 1)
    return Generation(given.text("ENVIRONMENT", "local"), number)


def _version_file(given: Environment) -> Path:
    return Path(given.text("VERSION_FILE", "/app/version.json"))


def _check_database_url(text: str) -> None:
    """Raise `ValueError` with a text that holds nothing of the address.

    SQLAlchemy, which reads it in the end, is most of what is imported at the start: what is wrong
    is told before that.
    """
    form = _FORM.fullmatch(text)
    if form is None:
        raise ValueError("is no URL of the form postgresql://USER:PASSWORD@HOST:PORT/NAME")
    known = _URL_OPTIONS
    if form["scheme"] == _SQLITE:
        known = frozenset()
        if form["host"] or not form["path"] or form["path"] == ":memory:":
            raise ValueError(f"must name a file as {_SQLITE}:///PATH does")
    elif form["scheme"] not in _POSTGRES:
        raise ValueError(f"must begin with postgresql:// or {_SQLITE}:///")
    options = [option.split("=")[0] for option in (form["query"] or "").split("&") if option]
    if unknown := set(options) - known:
        raise ValueError(f"has an option that is not known: {', '.join(sorted(unknown))}")


def parse_database_url(text: str) -> "URL":
    """Read a Postgres address as libpq writes it, for asyncpg, or that of a SQLite file.

    Raises `ValueError` with a text that holds nothing of the address, which has a password in it.
    """
    from sqlalchemy import make_url  # noqa: PLC0415 - see `_check_database_url`

    _check_database_url(text.strip())
    url = make_url(text.strip())
    if url.drivername == _SQLITE:
        return url
    if "sslmode" in url.query:  # asyncpg calls it ssl and takes the same values
        mode = url.query["sslmode"]
        url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    return url.set(drivername="postgresql+asyncpg")

"""What the environment says, read once at the start and checked before anything is served."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

JWT_KEY_BYTES = 32
"""HS256 signs with 256 bits: a shorter key is the weakest part (RFC 7518, section 3.2)."""

_URL_OPTIONS = frozenset({"host", "port", "ssl", "sslmode", "prepared_statement_cache_size"})


class SettingsError(Exception):
    """The environment cannot be used. The text names each setting and never tells a value."""


def parse_database_url(text: str) -> "URL":
    """Read a Postgres address as libpq writes it and return it for the asyncpg driver.

    Raises `ValueError` with a text that holds nothing of the address, which has a password in it.
    """
    # Most of what is imported at the start: a variable that is missing is told before that.
    from sqlalchemy import make_url  # noqa: PLC0415
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError(
            "is no URL of the form postgresql://USER:PASSWORD@HOST:PORT/NAME"
        ) from None
    if url.drivername not in {"postgresql", "postgres", "postgresql+asyncpg"}:
        raise ValueError("must begin with postgresql://")
    if unknown := set(url.query) - _URL_OPTIONS:
        raise ValueError(f"has an option that is not known: {', '.join(sorted(unknown))}")
    if "sslmode" in url.query:  # asyncpg calls it ssl and takes the same values
        mode = url.query["sslmode"]
        url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    return url.set(drivername="postgresql+asyncpg")


def _filled(secret: SecretStr) -> SecretStr:
    _not_blank(secret.get_secret_value())
    return secret


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank")
    return text


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value().encode()) < JWT_KEY_BYTES:
        raise ValueError(f"is shorter than {JWT_KEY_BYTES} bytes")
    return secret


Secret = Annotated[SecretStr, AfterValidator(_filled)]


class Settings(BaseSettings):
    """The settings of every process of the backend; each comes from a variable of its name.

    An empty variable counts as missing. Variables that are not listed here are ignored.
    """

    model_config = SettingsConfigDict(
        env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    database_url: Secret
    jwt_secret_key: Annotated[Secret, AfterValidator(_long_enough)]
    owner_username: Annotated[str, AfterValidator(_not_blank)]
    owner_password: Secret

    jwt_expiry_seconds: int = Field(default=86_400, gt=0, le=31_536_000)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    listen_host: str = "0.0.0.0"  # noqa: S104 - a container is reached through its own address
    listen_port: int = Field(default=8000, ge=0, le=65_535)
    version_file: Path = Path("/app/version.json")

    @property
    def database(self) -> "URL":
        """The database's address for SQLAlchemy; its password is hidden when printed."""
        return parse_database_url(self.database_url.get_secret_value())


def load_settings() -> Settings:
    """Read the environment.

    Raises `SettingsError`, which names every wrong setting at once; the database's address is read
    when all are there.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        faults = error.errors(include_input=False)
        raise _wrong(f"{_name(fault)} {_reason(fault)}" for fault in faults) from None
    try:
        parse_database_url(settings.database_url.get_secret_value())
    except ValueError as error:
        raise _wrong([f"DATABASE_URL {error}"]) from None
    return settings


def _wrong(reasons: Iterable[str]) -> SettingsError:
    lines = [f"  {reason}" for reason in reasons]
    return SettingsError("\n".join(["cannot start, the environment is not complete:", *lines]))


def _name(fault: ErrorDetails) -> str:
    return str(fault["loc"][0]).upper()


def _reason(fault: ErrorDetails) -> str:
    if fault["type"] == "missing":
        return "is missing or empty"
    if fault["type"] == "value_error":
        return fault["msg"].removeprefix("Value error, ")
    return f"is not valid: {fault['msg']}"

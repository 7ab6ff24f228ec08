"""Where a database is, and whether it answers there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from seatrial.errors import ConfigurationError, DatabaseUnreachableError

if TYPE_CHECKING:
    from psycopg import Connection

HOST_FROM_CONTAINERS = "host.docker.internal"
LOOPBACK = "127.0.0.1"
CONNECT_SECONDS = 3
DEFAULT_PORT = 5432
# libpq tells a refused password by words only: psycopg has no code for a failed connection.
_REFUSALS = ("password authentication failed", "does not exist", "no pg_hba.conf entry")


@dataclass(frozen=True)
class DatabaseAddress:
    """A Postgres address, read from a URL.

    Attributes:
        host: Host as containers name it.
        port: TCP port.
        user: Role.
        password: Its password; never shown.
        database: Database's name.
        tls: libpq's `sslmode`, or None.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    tls: str | None = None

    @property
    def on_this_host(self) -> bool:
        """Whether containers reach it by the name of the machine that they run on."""
        return self.host == HOST_FROM_CONTAINERS

    @property
    def shown(self) -> str:
        """The address without the password."""
        return f"{self.user}@{self.host}:{self.port}/{self.database}"

    def seen_from(self, host: str) -> DatabaseAddress:
        """Return the same database under another name of its host."""
        return replace(self, host=host)


def read_address(name: str, url: str) -> DatabaseAddress:
    """Read the URL in the variable `name`; `postgresql+driver://` is read as `postgresql://`.

    Raises:
        ConfigurationError: When it is no such URL. The message never holds the URL.
    """
    wrong = ConfigurationError(
        f"{name} is no address of a Postgres",
        expected="postgresql://USER:PASSWORD@HOST:PORT/DATABASE",
        hint=f"mend {name} in the stack's .env, or empty it and run invoke postgres-up",
    )
    try:
        parts = urlsplit(url.strip())
        port = parts.port or DEFAULT_PORT
    except ValueError:
        raise wrong from None
    scheme = parts.scheme.split("+")[0]
    if scheme not in {"postgres", "postgresql"} or not parts.hostname or not parts.username:
        raise wrong
    query = parse_qs(parts.query)
    tls = next(iter(query.get("sslmode") or query.get("ssl") or ()), None)
    user, database = unquote(parts.username), unquote(parts.path.lstrip("/"))
    return DatabaseAddress(
        parts.hostname, port, user, unquote(parts.password or ""), database or user, tls
    )


def connect(address: DatabaseAddress, seconds: int = CONNECT_SECONDS) -> Connection[Any]:
    """Connect to a database; each statement is a transaction of its own.

    Raises:
        psycopg.Error: When it cannot be reached within `seconds`, or refuses.
    """
    import psycopg

    return psycopg.connect(
        host=address.host,
        port=address.port,
        user=address.user,
        password=address.password,
        dbname=address.database,
        sslmode=address.tls,
        connect_timeout=seconds,
        application_name="seatrial",
        autocommit=True,
    )


def complaint_of(address: DatabaseAddress) -> str | None:
    """Connect, and return None when the database answers, else what it or the network said."""
    import psycopg

    try:
        with connect(address) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error as error:
        return " ".join(str(error).split()) or type(error).__name__
    return None


def is_refusal(complaint: str) -> bool:
    """Return whether a server answered and refused the role, the password or the database."""
    return any(words in complaint for words in _REFUSALS)


def require_answer(address: DatabaseAddress, hint: str) -> None:
    """Do nothing where the database answers.

    Raises:
        DatabaseUnreachableError: Otherwise.
    """
    if complaint := complaint_of(address):
        raise DatabaseUnreachableError(
            f"the database does not answer at {address.shown}", found=complaint, hint=hint
        )

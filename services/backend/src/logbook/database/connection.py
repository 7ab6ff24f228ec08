"""Connections to the database, and what their failures mean."""

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

CONNECT_SECONDS = 5
CLOSE_SECONDS = 2

_AWAY = ("08", "57P", "53", "28", "3D")
"""SQLSTATE classes of a server that answers but cannot serve us: connection lost, starting or
shutting down, out of resources, sign-in refused, no such database."""
_NO_TABLE = "42P01"


def connect_lazily(url: URL) -> AsyncEngine:
    """Make the pool of connections; nothing is connected before the first use.

    Parameters of statements stay out of errors and logs.
    """
    return create_async_engine(
        url,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "server_settings": {"application_name": "logbook"},
        },
    )


def sqlstate(error: DBAPIError) -> str:
    """Return the five characters Postgres gave for `error`, or nothing where it gave none."""
    return str(getattr(error.orig, "sqlstate", None) or "")


def is_away(error: Exception) -> bool:
    """Tell whether `error` means that the database cannot be used now, but may be later."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or sqlstate(error).startswith(_AWAY)
    return isinstance(error, OSError)  # TimeoutError is one


def is_unmigrated(error: Exception) -> bool:
    """Tell whether `error` means that a table is not there yet."""
    return isinstance(error, DBAPIError) and sqlstate(error) == _NO_TABLE

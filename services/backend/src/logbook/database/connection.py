"""Connections to the database, and what their failures mean."""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic_core import from_json, to_json
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

Found = TypeVar("Found")

CONNECT_SECONDS = 5
CLOSE_SECONDS = 2
COMMAND_SECONDS = 30
"""The longest that a statement for a request may take: others wait for its connection."""
IDLE_SECONDS = 60
"""How long a transaction may be open and do nothing."""
KEPT, MOST = 10, 15
"""Connections of a process: to make one costs more than many requests, so most are kept."""
LOCKED_SECONDS = 15
"""How long a transaction of SQLite waits for the one before it."""

_AWAY = ("08", "57P", "53", "28", "3D")
"""SQLSTATE classes of a server that answers but cannot serve us: connection lost, starting or
shutting down, out of resources, sign-in refused, no such database."""
_READS = "logbook_only_reads"
_NO_TABLE = "42P01"
_SQLITE_AWAY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR")


def _written(value: Any) -> str:
    # What is no JSON is left to the database, which refuses it.
    return to_json(value, inf_nan_mode="constants").decode()


_COMMON: dict[str, Any] = {
    "hide_parameters": True,
    "json_serializer": _written,
    "json_deserializer": from_json,
}


def connect_lazily(url: URL, command_seconds: float | None = None) -> AsyncEngine:
    """Make the pool of connections; nothing is connected before the first use.

    Parameters of statements stay out of errors and logs. A statement that takes longer than
    `command_seconds` is a `TimeoutError`, also where Postgres is silent; a file does not hang so.
    """
    if url.get_backend_name() == "sqlite":
        return _connect_to_file(url)
    engine = create_async_engine(
        url,
        pool_size=KEPT,
        max_overflow=MOST - KEPT,
        **_COMMON,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": command_seconds,
            "server_settings": {
                "application_name": "logbook",
                # A process that froze or whose host is gone must not hold its locks for ever.
                "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
                "tcp_keepalives_idle": "30",
                "tcp_keepalives_interval": "10",
                "tcp_keepalives_count": "3",
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def for_single(engine: AsyncEngine) -> AsyncEngine:
    """Return the same connections for single statements, without a transaction around each.

    That saves two of three ways to the server and back. A file has no such way; there they are for
    what only reads, which need not wait for who writes.
    """
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{_READS: True})
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def work_by_single(engine: Engine, work: Callable[[Connection], Found]) -> Found:
    """Return what `work` finds by single statements; on a file they are one transaction."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            with connection.begin():
                return work(connection)
        # Of this connection, not of `for_single`: what an engine listens to costs each statement.
        connection.execution_options(isolation_level="AUTOCOMMIT")
        return work(connection)


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    """Have the pool connect anew in place of a connection that the server has ended.

    The driver has noticed that by itself. To ask the server costs three ways there and back.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _connect_to_file(url: URL) -> AsyncEngine:
    engine = create_async_engine(url, connect_args={"timeout": LOCKED_SECONDS}, **_COMMON)
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself, see `_begin`
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Begin as a writer: a transaction that reads first could not become one later.

    SQLite has one writer at a time, so this is also what locks rows and the migration.
    """
    only_reads = connection.get_execution_options().get(_READS, False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def sqlstate(error: DBAPIError) -> str:
    """Return the five characters Postgres gave for `error`, or nothing where it gave none."""
    return str(getattr(error.orig, "sqlstate", None) or "")


def _sqlite_name(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlite_errorname", None) or "")


def is_away(error: Exception) -> bool:
    """Tell whether `error` means that the database cannot be used now, but may be later."""
    if isinstance(error, DBAPIError):
        told = sqlstate(error).startswith(_AWAY) or _sqlite_name(error).startswith(_SQLITE_AWAY)
        return error.connection_invalidated or told
    return isinstance(error, OSError)  # TimeoutError is one


def is_unmigrated(error: Exception) -> bool:
    """Tell whether `error` means that a table is not there yet."""
    if not isinstance(error, DBAPIError):
        return False
    return sqlstate(error) == _NO_TABLE or (
        _sqlite_name(error) == "SQLITE_ERROR" and "no such table" in str(error.orig)
    )

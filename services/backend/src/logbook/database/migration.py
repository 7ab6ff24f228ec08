"""Bringing the tables to the form that this code expects."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from logbook.database.grants import grant

# Alembic is imported where it is needed, when the database is there: not before the first answer.
if TYPE_CHECKING:
    from alembic.config import Config

LOCK = 0x6C6F_6762_6F6F_6B
"""The advisory lock's number: "logbook" in ASCII, so that it meets no other program's."""


@cache
def known_revisions() -> tuple[str, ...]:
    """Return the revisions that came with this code, the newest first."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    scripts = ScriptDirectory.from_config(_config())
    return tuple(script.revision for script in scripts.walk_revisions())


def _config(connection: Connection | None = None) -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "logbook:database/migrations")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415

    if connection.dialect.name == "postgresql":  # a transaction of SQLite is alone anyway
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    command.upgrade(_config(connection), "head")
    grant(connection)


async def upgrade(connection: AsyncConnection) -> None:
    """Apply what is missing, in one transaction, one process at a time.

    The lock is the transaction's own: it goes with it, whatever becomes of this process. Others
    wait for it, then find nothing left to do.
    """
    async with connection.begin():
        await connection.run_sync(_upgrade)


async def current_revision(engine: AsyncEngine) -> str | None:
    """Return the revision that the tables have, or nothing where no migration has run.

    Raises `sqlalchemy.exc.DBAPIError` where there is no table of revisions.
    """
    async with engine.connect() as connection:
        row = await connection.execute(text("SELECT version_num FROM alembic_version"))
        revision: str | None = row.scalar()
        return revision


def is_current(revision: str | None, known: Sequence[str]) -> bool:
    """Tell whether code that knows the revisions `known`, newest first, can work with `revision`.

    One that is not among the `known` comes from a newer release that is being rolled out beside
    this one: migrations only add, so older code goes on until it is replaced.
    """
    return revision is not None and (revision == known[0] or revision not in known)

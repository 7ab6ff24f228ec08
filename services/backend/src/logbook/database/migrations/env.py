"""Alembic runs this file.

The connection and its transaction are the caller's (`logbook.database.migration`); where there is
none, somebody has called `alembic` by hand, and one is made from DATABASE_URL.
"""

import asyncio
from collections.abc import Collection

from alembic import context
from sqlalchemy import Connection, text

from logbook.database.connection import connect_lazily
from logbook.database.grants import grant
from logbook.database.migration import LOCK
from logbook.database.models import Base
from logbook.settings import SettingsError, load_worker_settings


def run(connection: Connection) -> None:
    """Run what Alembic was asked for, on `connection`."""

    def applied(*, heads: Collection[str], **_: object) -> None:
        if set(heads) == set(context.script.get_heads()):
            grant(connection)

    # Alembic takes SQLite's DDL for one that cannot be rolled back; in our transactions it can.
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transactional_ddl=True,
        on_version_apply=applied,  # type: ignore[arg-type] # it is called with names alone
    )
    with context.begin_transaction():
        context.run_migrations()


def run_alone(connection: Connection) -> None:
    """Run it under the lock that processes take which migrate at their start."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    run(connection)


async def run_by_hand() -> None:
    """Connect as the tables' owner: migrations need the database and nothing else."""
    try:
        settings = load_worker_settings()
    except SettingsError as error:
        raise SystemExit(f"logbook: {error}") from None
    engine = connect_lazily(settings.database)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(run_alone)
    finally:
        await engine.dispose()


given: Connection | None = context.config.attributes.get("connection")
if given is None:
    asyncio.run(run_by_hand())
else:
    run(given)

"""Migrations, in a real Postgres."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from logbook.api.migrator import Migrator
from logbook.database.connection import connect_lazily
from logbook.database.migration import current_revision, is_current, known_revisions, upgrade
from logbook.database.models import Base
from logbook.settings import parse_database_url


async def test_migrations_and_models_agree(engine: AsyncEngine) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_second_migration_changes_nothing(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await upgrade(connection)
    assert await current_revision(engine) == known_revisions()[0]


async def test_a_migration_that_fails_ends_the_process_and_leaves_nothing(
    empty_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine = connect_lazily(parse_database_url(empty_database))
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE builds (mine int)"))
    ends: list[bool] = []
    await Migrator(engine, lambda: ends.append(True)).run()
    assert ends == [True]
    assert "the migration failed" in caplog.text
    async with engine.connect() as connection:
        tables = await connection.scalars(text("SELECT to_regclass('alembic_version')::text"))
        assert list(tables) == [None]
    await engine.dispose()


@pytest.mark.parametrize(
    ("revision", "expected"),
    [(None, False), ("0001", False), ("0002", True), ("0003-of-a-newer-release", True)],
)
def test_which_revisions_are_good_enough(revision: str | None, expected: bool) -> None:
    assert is_current(revision, ("0002", "0001")) is expected

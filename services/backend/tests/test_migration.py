"""Migrations, in a real Postgres."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from conftest import at_database, client_of, unexpected_end
from logbook.api.app import create_app
from logbook.api.migrator import Migrator
from logbook.database.connection import connect_lazily
from logbook.database.migration import current_revision, is_current, known_revisions, upgrade
from logbook.database.models import Base
from logbook.settings import Settings, parse_database_url


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


async def test_whoever_asks_whether_it_is_ready_ends_the_migrators_pause(
    settings: Settings, empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, tries = Migrator._connect, []

    async def away_at_first(migrator: Migrator) -> AsyncConnection | None:
        tries.append(migrator)
        return await connect(migrator) if len(tries) > 1 else None

    monkeypatch.setattr(Migrator, "_connect", away_at_first)
    monkeypatch.setattr("logbook.api.migrator.FIRST_WAIT_SECONDS", 600.0)
    there = at_database(settings, empty_database)
    app = create_app(there, {}, unexpected_end)
    async with client_of(app) as client, app.router.lifespan_context(app), asyncio.timeout(30):
        first = await client.get("/ready")
        assert first.json()["detail"] == "The database is not migrated yet."
        for _ in range(3000):
            if (await client.get("/ready")).status_code == 200:
                return
            await asyncio.sleep(0.01)
        pytest.fail("it waits out the pause of ten minutes")


@pytest.mark.parametrize("wrong", [{"password": "hidden-word"}, {"database": "nowhere"}])
async def test_a_database_that_refuses_us_counts_as_away(
    settings: Settings, server_url: URL, wrong: dict[str, str]
) -> None:
    address = server_url.set(**wrong).render_as_string(hide_password=False)  # type: ignore[arg-type]
    there = at_database(settings, address)
    app = create_app(there, {}, unexpected_end)
    async with client_of(app) as client, app.router.lifespan_context(app):
        response = await client.get("/ready")
    assert response.status_code == 503
    assert response.json()["detail"] == "The database cannot be reached."


@pytest.mark.parametrize(
    ("revision", "expected"),
    [(None, False), ("0001", False), ("0002", True), ("0003-of-a-newer-release", True)],
)
def test_which_revisions_are_good_enough(revision: str | None, expected: bool) -> None:
    assert is_current(revision, ("0002", "0001")) is expected

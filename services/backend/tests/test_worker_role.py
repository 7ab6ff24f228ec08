"""The worker with a role of its own in the database."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from logbook.database.connection import connect_lazily
from logbook.database.grants import PRIVILEGES, WITHHELD, WORKER
from logbook.database.migration import upgrade
from logbook.database.models import Base
from logbook.work.kinds import kinds_of
from work import at_work, component, cyclonedx, leave_jobs, leave_sbom, leave_update, wait_for_state


@pytest.fixture
async def scoped(engine: AsyncEngine) -> AsyncIterator[AsyncEngine]:
    """Connections as the worker's role."""
    async with engine.begin() as connection:
        await connection.execute(text(f"CREATE ROLE {WORKER} LOGIN PASSWORD 'oars'"))
    async with engine.connect() as connection:
        await upgrade(connection)
    url = make_url(engine.url).set(username=WORKER, password="oars")
    scoped = connect_lazily(url)
    yield scoped
    await scoped.dispose()
    async with engine.begin() as connection:
        await connection.execute(text(f"DROP OWNED BY {WORKER}"))
        await connection.execute(text(f"DROP ROLE {WORKER}"))


async def test_the_workers_role_may_do_all_that_its_jobs_need(
    engine: AsyncEngine, scoped: AsyncEngine
) -> None:
    sbom, ingestion = await leave_sbom(engine, cyclonedx(component("a"), component("b")), 2)
    _, broken = await leave_sbom(engine, b"broken", 3)
    async with at_work(scoped, kinds_of(1)):
        await wait_for_state(engine, [ingestion], "done")
        await wait_for_state(engine, [broken], "dead")
        update = await leave_update(engine, sbom, cyclonedx(component("c")))
        await wait_for_state(engine, [update], "done")
        update = await leave_update(engine, sbom, b"broken")
        await wait_for_state(engine, [update], "dead")
    old = datetime(2020, 1, 1, tzinfo=UTC)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE builds SET recorded_at = :old"), {"old": old})
    prunes = await leave_jobs(engine, "prune", {})
    async with at_work(scoped, kinds_of(1)):
        await wait_for_state(engine, prunes, "done")
    async with engine.connect() as connection:
        left = await connection.scalars(text("SELECT count(*) FROM builds"))
        assert list(left) == [1]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM api_keys",
        "SELECT * FROM sign_in_tries",
        "SELECT * FROM environments",
        "INSERT INTO builds (image) VALUES ('mine')",
        "UPDATE builds SET image = 'mine'",
        "UPDATE sboms SET build_id = 1",
        "UPDATE sbom_updates SET document = ''",
        "INSERT INTO sbom_updates (sha256) VALUES ('mine')",
        "UPDATE deployments SET state = 'deployed'",
        "DROP TABLE jobs",
        "CREATE TABLE mine (n int)",
        "UPDATE alembic_version SET version_num = 'mine'",
    ],
)
async def test_the_workers_role_may_do_nothing_else(scoped: AsyncEngine, statement: str) -> None:
    async with scoped.connect() as connection:
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
            await connection.execute(text(statement))


def test_of_each_table_it_is_said_what_the_worker_may_do_there() -> None:
    tables = {*Base.metadata.tables, "alembic_version"}
    assert set(PRIVILEGES) | WITHHELD == tables
    assert not set(PRIVILEGES) & WITHHELD


async def test_what_the_role_had_and_should_not_have_is_taken_away_at_the_next_start(
    engine: AsyncEngine, scoped: AsyncEngine
) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(f"GRANT SELECT ON api_keys TO {WORKER}"))
        await connection.execute(text(f"GRANT UPDATE ON builds TO {WORKER}"))
    async with engine.connect() as connection:
        await upgrade(connection)
    async with scoped.connect() as connection:
        for privilege in ("api_keys", "SELECT"), ("builds", "UPDATE"):
            may = await connection.scalar(
                text("SELECT has_table_privilege(:table, :right)"),
                dict(zip(("table", "right"), privilege, strict=True)),
            )
            assert may is False, privilege


async def test_tables_that_a_later_migration_makes_anew_are_the_workers_again(
    engine: AsyncEngine, scoped: AsyncEngine
) -> None:
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    for words in (["downgrade", "base"], ["upgrade", "head"]):
        done = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "alembic", *words, env={**os.environ, "DATABASE_URL": url}
        )
        assert await done.wait() == 0
    jobs = await leave_jobs(engine, "prune", {})
    async with at_work(scoped, kinds_of(1)):
        await wait_for_state(engine, jobs, "done")
    async with scoped.connect() as connection:
        with pytest.raises(DBAPIError, match="permission denied"):
            await connection.execute(text("SELECT * FROM api_keys"))

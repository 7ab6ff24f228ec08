"""The demo's database: a file, and a single replica."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, make_url, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from logbook.database.alone import INHERITED, hold_alone
from logbook.database.connection import connect_lazily, is_away, is_unmigrated
from logbook.database.migration import current_revision, known_revisions, upgrade
from logbook.database.models import Base, Job
from logbook.environment import SettingsError
from logbook.work.outbox import enqueue


@pytest.fixture
async def file_engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """Connections to a file that is not there yet."""
    engine = connect_lazily(make_url(f"sqlite+aiosqlite:///{tmp_path}/logbook.db"))
    yield engine
    await engine.dispose()


@pytest.fixture
async def migrated_file(file_engine: AsyncEngine) -> AsyncEngine:
    """Connections to a file that is migrated."""
    async with file_engine.connect() as connection:
        await upgrade(connection)
    return file_engine


async def test_migrations_and_models_agree_on_sqlite_too(migrated_file: AsyncEngine) -> None:
    def differences(connection: Connection) -> list[object]:
        # SQLite has no types to speak of: Postgres shows whether those agree.
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return list(compare_metadata(context, Base.metadata))

    async with migrated_file.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert await current_revision(migrated_file) == known_revisions()[0]


async def test_a_migration_that_fails_leaves_nothing_in_the_file(
    file_engine: AsyncEngine,
) -> None:
    async with file_engine.begin() as connection:
        await connection.execute(text("CREATE TABLE jobs (mine int)"))
    async with file_engine.connect() as connection:
        with pytest.raises(DBAPIError):
            await upgrade(connection)
    async with file_engine.connect() as connection:
        names = await connection.scalars(text("SELECT name FROM sqlite_master"))
        assert list(names) == ["jobs"]


async def test_a_file_without_tables_is_unmigrated_and_not_away(file_engine: AsyncEngine) -> None:
    with pytest.raises(DBAPIError) as caught:
        await current_revision(file_engine)
    assert is_unmigrated(caught.value)
    assert not is_away(caught.value)


async def test_a_file_that_cannot_be_made_is_away(tmp_path: Path) -> None:
    engine = connect_lazily(make_url(f"sqlite+aiosqlite:///{tmp_path}/no/logbook.db"))
    with pytest.raises(DBAPIError) as caught:
        await current_revision(engine)
    await asyncio.sleep(0.2)  # the driver's thread ends a moment after it has failed
    assert is_away(caught.value)


async def test_times_come_back_as_they_were(migrated_file: AsyncEngine) -> None:
    there = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=timezone(timedelta(hours=5)))
    async with AsyncSession(migrated_file) as session:
        number = await enqueue(session, "prune", {})
        (await session.get_one(Job, number)).due_at = there
        await session.commit()
        session.expunge_all()
        assert (await session.get_one(Job, number)).due_at == there
        made = await session.scalar(select(Job.created_at))
    assert made is not None
    assert abs(datetime.now(UTC) - made) < timedelta(minutes=1)


async def test_two_who_read_before_they_write_wait_for_each_other(
    migrated_file: AsyncEngine,
) -> None:
    async def read_and_write() -> None:
        async with AsyncSession(migrated_file) as session:
            seen = len(list(await session.scalars(select(Job.id))))
            await asyncio.sleep(0.05)
            await enqueue(session, "prune", {"seen": seen})
            await session.commit()

    await asyncio.gather(*(read_and_write() for _ in range(4)))
    async with AsyncSession(migrated_file) as session:
        payloads = list(await session.scalars(select(Job.payload).order_by(Job.id)))
    assert payloads == [{"seen": seen} for seen in range(4)]


HOLD = """
import sys
from logbook.database.alone import hold_alone
from logbook.environment import SettingsError
try:
    hold_alone(sys.argv[1])
except SettingsError as error:
    sys.exit(str(error))
"""


def _another(url: str, **popen: object) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", HOLD, url]
    return subprocess.run(words, check=False, capture_output=True, text=True, **popen)  # type: ignore[call-overload,no-any-return]


def test_a_file_serves_one_replica_and_says_so_to_a_second(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/logbook.db"
    lock = hold_alone(url, {})
    assert lock is not None
    second = _another(url)
    assert second.returncode == 1
    assert "another process works on" in second.stderr
    assert "logbook.db" in second.stderr
    assert "use Postgres" in second.stderr
    assert "Traceback" not in second.stderr


def test_children_share_their_parents_lock_and_keep_it(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/logbook.db"
    lock = hold_alone(url, {})
    assert lock is not None
    child = _another(url, pass_fds=[lock], env={**os.environ, INHERITED: str(lock)})
    assert (child.returncode, child.stderr) == (0, "")
    stranger = _another(url, env={**os.environ, INHERITED: "0"})
    assert stranger.returncode == 1
    os.close(lock)
    assert _another(url).returncode == 0


def test_a_folder_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="where none can be made"):
        hold_alone(f"sqlite+aiosqlite:///{tmp_path}/no/logbook.db", {})


def test_postgres_needs_no_lock() -> None:
    assert hold_alone("postgresql://a:b@c/d", {}) is None

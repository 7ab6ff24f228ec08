"""Worker processes that are killed with SIGKILL in the middle of a job, on a real Postgres."""

import asyncio
import random
import signal
import time
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from logbook.database.models import Content, Job, Sbom
from process import Running, running
from work import component, cyclonedx, leave_sbom, wait_for_state

ENOUGH = 30_000
"""Components that take a worker seconds."""
JOBS = 60
LEASE = {"WORKER_LEASE_SECONDS": "1", "WORKER_POLL_SECONDS": "1", "WORKER_MAX_ATTEMPTS": "100"}


def environment(engine: AsyncEngine, folder: Path) -> dict[str, str]:
    """Return the environment of a worker, which needs nothing but its database."""
    folder.mkdir(parents=True, exist_ok=True)
    url = engine.url.render_as_string(hide_password=False)
    return {**LEASE, "DATABASE_URL": url, "TMPDIR": str(folder)}


async def held(engine: AsyncEngine, sbom: int) -> int:
    """Return how many components an SBOM has by now."""
    async with AsyncSession(engine) as session:
        statement = select(func.count()).where(Content.sbom_id == sbom)
        return await session.scalar(statement) or 0


async def some(engine: AsyncEngine, sbom: int) -> int:
    """Return how many components an SBOM has once it has any, and not all."""
    deadline = time.monotonic() + 20
    while not (count := await held(engine, sbom)):
        assert time.monotonic() < deadline
    assert count < ENOUGH
    return count


async def test_another_worker_finishes_what_a_killed_one_began(
    any_engine: AsyncEngine, tmp_path: Path
) -> None:
    sbom, job = await leave_sbom(
        any_engine, cyclonedx(*(component(f"package-{n}") for n in range(ENOUGH)))
    )
    with ExitStack() as stack:

        def start(name: str) -> Running:
            place = tmp_path / name
            given = environment(any_engine, place)
            return stack.enter_context(running(place, given, module="logbook.worker"))

        first = start("first")
        await some(any_engine, sbom)
        first.popen.kill()
        assert first.wait() == -9
        second = start("second")
        [done] = await wait_for_state(any_engine, [job], "done", seconds=60)
        assert done.attempts == 2
        assert second.end() == 0
        assert "Traceback" not in second.stderr
    assert await held(any_engine, sbom) == ENOUGH
    async with AsyncSession(any_engine) as session:
        row = (await session.execute(select(Sbom.state, Sbom.components))).one()
    assert tuple(row) == ("done", ENOUGH)


async def test_a_worker_that_was_only_asleep_writes_nothing_after_it_was_replaced(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    sbom, job = await leave_sbom(
        engine, cyclonedx(*(component(f"package-{n}") for n in range(ENOUGH)))
    )
    with ExitStack() as stack:
        place = tmp_path / "sleeper"
        sleeper = stack.enter_context(
            running(place, environment(engine, place), module="logbook.worker")
        )
        await some(engine, sbom)
        sleeper.popen.send_signal(signal.SIGSTOP)
        await cut_connections_in_transactions(engine)
        place = tmp_path / "second"
        second = stack.enter_context(
            running(place, environment(engine, place), module="logbook.worker")
        )
        [done] = await wait_for_state(engine, [job], "done", seconds=60)
        assert done.attempts == 2
        sleeper.popen.send_signal(signal.SIGCONT)
        await asyncio.sleep(2)
        assert sleeper.end() == 0
        assert second.end() == 0
        assert "is done" not in "".join(
            line for line in sleeper.stdout.splitlines() if "ingest_sbom" in line
        )
    async with AsyncSession(engine) as session:
        [job_now] = await session.scalars(select(Job).where(Job.kind == "ingest_sbom"))
        assert (job_now.state, job_now.attempts) == ("done", 2)
    assert await held(engine, sbom) == ENOUGH


async def cut_connections_in_transactions(engine: AsyncEngine) -> None:
    """End what a sleeping process left open, as Postgres does with a host that is gone."""
    async with engine.connect() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND state LIKE 'idle in transaction%'"
            )
        )


async def test_workers_that_are_killed_at_random_leave_no_job_undone_and_none_done_twice(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    chance = random.Random(20)  # noqa: S311 - the same each time, as far as it goes
    sboms = [
        await leave_sbom(engine, cyclonedx(*(component(f"p-{n}-{m}") for m in range(500))), n)
        for n in range(JOBS)
    ]
    async with engine.begin() as connection:  # each time a job becomes done is noted
        for statement in COUNT_ENDS:
            await connection.execute(text(statement))
    jobs = [job for _, job in sboms]
    with ExitStack() as stack:

        def start(number: int) -> Running:
            place = tmp_path / str(number)
            given = environment(engine, place)
            return stack.enter_context(running(place, given, module="logbook.worker"))

        workers, started = [start(0), start(1)], 2
        for _ in range(8):
            await asyncio.sleep(chance.uniform(0.7, 1.4))
            victim = workers.pop(chance.randrange(len(workers)))
            victim.popen.kill()
            workers.append(start(started))
            started += 1
        await wait_for_state(engine, jobs, "done", seconds=90)
        for worker in workers:  # the last one may just have been started, and knows no signal yet
            await asyncio.to_thread(wait_until_alive, worker)
        assert [worker.end() for worker in workers] == [0, 0]
    async with engine.connect() as connection:
        ends = await connection.execute(text("SELECT count(*), count(DISTINCT job) FROM ends"))
        assert tuple(ends.one()) == (JOBS, JOBS)
    assert [await held(engine, sbom) for sbom, _ in sboms] == [500] * JOBS


def wait_until_alive(worker: Running) -> None:
    """Wait until a worker says so; it has taken over its signals by then."""
    deadline = time.monotonic() + 30
    while "alive" not in worker.stdout:
        assert time.monotonic() < deadline, worker.stderr
        time.sleep(0.05)


COUNT_ENDS = (
    "CREATE TABLE ends (job bigint)",
    """CREATE FUNCTION note_end() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO ends VALUES (NEW.id); RETURN NEW; END $$""",
    """CREATE TRIGGER note AFTER UPDATE ON jobs FOR EACH ROW
    WHEN (NEW.state = 'done' AND NEW.kind = 'ingest_sbom') EXECUTE FUNCTION note_end()""",
)

"""What a worker makes of jobs, in a real Postgres; what is killed is in test_killed_workers.py."""

import asyncio
import logging
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from logbook.database.clock import In
from logbook.database.connection import connect_lazily
from logbook.database.migration import upgrade
from logbook.database.models import Job
from logbook.settings import parse_database_url
from logbook.work.task import HopelessError, Kind, Task
from logbook.worker.runner import Runner, wait_before
from work import at_work, job, leave_jobs, quick, wait_for_state


class Ledger:
    """A kind of job whose effect is a row in a table: done twice, it shows."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.begun: list[Any] = []

    async def make(self) -> "Ledger":
        """Make the table."""
        async with self.engine.begin() as connection:
            await connection.execute(text("CREATE TABLE ledger (n int)"))
        return self

    async def work(self, task: Task) -> None:
        """Write the row."""
        self.begun.append(task.payload["n"])
        async with task.last_step() as session:
            await session.execute(text("INSERT INTO ledger VALUES (:n)"), task.payload)

    async def rows(self) -> list[int]:
        """Return what is written."""
        async with self.engine.connect() as connection:
            return list(await connection.scalars(text("SELECT n FROM ledger ORDER BY n")))


@pytest.fixture
async def ledger(engine: AsyncEngine) -> Ledger:
    """An empty ledger."""
    return await Ledger(engine).make()


async def test_each_of_many_jobs_is_done_once_by_several_workers(
    engine: AsyncEngine, ledger: Ledger
) -> None:
    numbers = await leave_jobs(engine, "note", *({"n": n} for n in range(60)))
    kinds = {"note": Kind(ledger.work)}
    async with at_work(engine, kinds), at_work(engine, kinds), at_work(engine, kinds):
        jobs = await wait_for_state(engine, numbers, "done")
    assert await ledger.rows() == list(range(60))
    assert {one.attempts for one in jobs} == {1}
    assert all(one.claim is None and one.finished_at for one in jobs)


async def test_a_new_job_is_taken_up_at_once_and_not_at_the_next_look(
    engine: AsyncEngine, ledger: Ledger
) -> None:
    settings = quick(WORKER_POLL_SECONDS="600")
    async with at_work(engine, {"note": Kind(ledger.work)}, settings):
        await asyncio.sleep(1)
        numbers = await leave_jobs(engine, "note", {"n": 1})
        await wait_for_state(engine, numbers, "done", seconds=3)


async def test_what_the_bell_does_not_tell_is_found_by_looking(
    engine: AsyncEngine, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def deaf(_bell: object) -> None:
        await asyncio.sleep(600)

    monkeypatch.setattr("logbook.worker.bell.Bell.listen", deaf)
    async with at_work(engine, {"note": Kind(ledger.work)}):
        await asyncio.sleep(0.5)
        numbers = await leave_jobs(engine, "note", {"n": 1})
        await wait_for_state(engine, numbers, "done", seconds=5)


async def test_the_bell_is_heard_again_after_its_connection_was_cut(
    engine: AsyncEngine, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("logbook.worker.bell.AGAIN_SECONDS", 0.1)
    settings = quick(WORKER_POLL_SECONDS="600")
    async with at_work(engine, {"note": Kind(ledger.work)}, settings):
        await asyncio.sleep(0.5)
        async with engine.connect() as connection:
            found = await connection.scalars(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
                )
            )
            assert list(found) == [True]
        await asyncio.sleep(1)
        numbers = await leave_jobs(engine, "note", {"n": 1})
        await wait_for_state(engine, numbers, "done", seconds=3)


async def test_a_job_that_fails_is_tried_again_and_its_error_is_gone_once_it_is_done(
    engine: AsyncEngine,
) -> None:
    async def fails_twice(task: Task) -> None:
        if task.claim.attempts < 3:
            raise RuntimeError("not yet")

    numbers = await leave_jobs(engine, "note", {})
    async with at_work(engine, {"note": Kind(fails_twice)}):
        [done] = await wait_for_state(engine, numbers, "done")
    assert (done.attempts, done.error) == (3, None)


async def test_a_job_that_fails_too_often_is_dead_and_keeps_its_error(
    engine: AsyncEngine, caplog: pytest.LogCaptureFixture
) -> None:
    given_up: list[tuple[dict[str, Any], str]] = []

    async def fails(_task: Task) -> None:
        raise RuntimeError("no wind\x00")

    async def give_up(session: AsyncSession, payload: dict[str, Any], error: str) -> None:
        assert session.in_transaction()
        given_up.append((payload, error))

    numbers = await leave_jobs(engine, "note", {"n": 1})
    settings = quick(WORKER_MAX_ATTEMPTS="3")
    with caplog.at_level(logging.ERROR):
        async with at_work(engine, {"note": Kind(fails, give_up)}, settings):
            [dead] = await wait_for_state(engine, numbers, "dead")
    assert (dead.attempts, dead.error) == (3, "RuntimeError: no wind")
    assert given_up == [({"n": 1}, "RuntimeError: no wind\x00")]
    assert "is given up: RuntimeError: no wind" in caplog.text


async def test_a_hopeless_job_is_not_tried_again(engine: AsyncEngine) -> None:
    async def refuses(_task: Task) -> None:
        raise HopelessError("this is no chart")

    numbers = await leave_jobs(engine, "note", {})
    async with at_work(engine, {"note": Kind(refuses)}):
        [dead] = await wait_for_state(engine, numbers, "dead")
    assert (dead.attempts, dead.error) == (1, "this is no chart")


async def test_a_kind_that_is_not_known_dies_and_others_go_on(
    engine: AsyncEngine, ledger: Ledger
) -> None:
    unknown = await leave_jobs(engine, "of the next release", {})
    numbers = await leave_jobs(engine, "note", {"n": 1})
    async with at_work(engine, {"note": Kind(ledger.work)}):
        await wait_for_state(engine, numbers, "done")
        [dead] = await wait_for_state(engine, unknown, "dead")
    assert "knows no jobs of the kind" in str(dead.error)


async def test_a_failed_attempt_leaves_nothing_behind(engine: AsyncEngine, ledger: Ledger) -> None:
    async def fails_late(task: Task) -> None:
        async with task.last_step() as session:
            await session.execute(text("INSERT INTO ledger VALUES (1)"))
            if task.claim.attempts == 1:
                raise RuntimeError("at the very end")

    numbers = await leave_jobs(engine, "note", {})
    async with at_work(engine, {"note": Kind(fails_late)}):
        await wait_for_state(engine, numbers, "done")
    assert await ledger.rows() == [1]


@pytest.mark.parametrize(("attempt", "longest"), [(1, 2), (2, 4), (5, 32), (9, 300), (60, 300)])
def test_each_wait_is_twice_as_long_to_a_limit_and_partly_chance(
    attempt: int, longest: int
) -> None:
    settings = quick(WORKER_FIRST_WAIT_SECONDS="2")
    waits = {wait_before(attempt, settings) for _ in range(50)}
    assert len(waits) > 10
    assert longest / 2 <= min(waits) <= max(waits) <= longest


async def test_a_long_job_keeps_its_lease(engine: AsyncEngine, ledger: Ledger) -> None:
    async def slow(task: Task) -> None:
        await asyncio.sleep(3)  # three leases
        await ledger.work(task)

    numbers = await leave_jobs(engine, "note", {"n": 1})
    kinds = {"note": Kind(slow)}
    async with at_work(engine, kinds), at_work(engine, kinds):
        [done] = await wait_for_state(engine, numbers, "done")
    assert done.attempts == 1
    assert await ledger.rows() == [1]


async def test_a_stopped_worker_finishes_what_it_is_at_and_takes_up_no_more(
    engine: AsyncEngine, ledger: Ledger
) -> None:
    async def slow(task: Task) -> None:
        await asyncio.sleep(0.6)
        await ledger.work(task)

    first, second = await leave_jobs(engine, "note", {"n": 1}, {"n": 2})
    async with at_work(engine, {"note": Kind(slow)}):
        await wait_for_state(engine, [first], "running")
    assert (await job(engine, first)).state == "done"
    assert (await job(engine, second)).state == "waiting"
    assert await ledger.rows() == [1]


async def test_a_stopped_worker_gives_back_what_takes_too_long(engine: AsyncEngine) -> None:
    async def endless(_task: Task) -> None:
        await asyncio.sleep(600)

    numbers = await leave_jobs(engine, "note", {})
    async with at_work(engine, {"note": Kind(endless)}):
        await wait_for_state(engine, numbers, "running")
    given_back = await job(engine, numbers[0])
    assert (given_back.state, given_back.attempts, given_back.claim) == ("waiting", 0, None)


async def test_a_worker_says_once_that_the_tables_are_missing_and_begins_when_they_come(
    empty_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine = connect_lazily(parse_database_url(empty_database))
    caplog.set_level(logging.INFO)
    async with at_work(engine, {"prune": Kind(_nothing)}):
        await asyncio.sleep(2.5)
        async with engine.connect() as connection:
            await upgrade(connection)
        await asyncio.sleep(1.5)
        async with AsyncSession(engine) as session:
            [prune] = list(await session.scalars(select(Job)))
        await wait_for_state(engine, [prune.id], "done")
    await engine.dispose()
    assert caplog.text.count("the database is not migrated yet") == 1


async def _nothing(_task: Task) -> None:
    pass


async def test_pruning_is_left_once_a_day_by_however_many_workers(engine: AsyncEngine) -> None:
    runners = [Runner(engine, quick(), {}) for _ in range(4)]
    await asyncio.gather(*(runner._plan() for runner in runners))
    async with AsyncSession(engine) as session:
        assert list(await session.scalars(select(Job.kind))) == ["prune"]


async def test_a_worker_whose_database_swallows_everything_can_be_stopped(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def swallowed(*_: object) -> None:
        await asyncio.sleep(600)

    monkeypatch.setattr("logbook.worker.runner.ANSWER_SECONDS", 0.5)
    monkeypatch.setattr("logbook.worker.runner.claims.claim", swallowed)
    async with asyncio.timeout(5), at_work(engine, {}):
        await asyncio.sleep(0.2)


async def test_a_worker_that_has_lost_its_job_drops_it_and_goes_on(
    engine: AsyncEngine, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    async def waits(task: Task) -> None:
        if task.payload["n"] == 1:
            await asyncio.sleep(600)
        await ledger.work(task)

    lost, other = await leave_jobs(engine, "note", {"n": 1}, {"n": 2})
    async with at_work(engine, {"note": Kind(waits)}):
        await wait_for_state(engine, [lost], "running")
        async with AsyncSession(engine) as session, session.begin():
            mine = {"claim": "somebody", "leased_until": In(600)}
            await session.execute(update(Job).where(Job.id == lost).values(**mine))
        await wait_for_state(engine, [other], "done")
    assert (await job(engine, lost)).claim == "somebody"
    assert f"job {lost} (note) is somebody else's by now" in caplog.text

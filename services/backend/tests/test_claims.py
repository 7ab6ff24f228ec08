"""Who may work on a job and for how long, in a real Postgres."""

import asyncio

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from logbook.database.clock import In
from logbook.database.models import Job
from logbook.generation import NO_GENERATION
from logbook.work import claims
from logbook.work.claims import ClaimLostError
from work import at_work, job, leave_jobs, quick, wait_for_state


async def test_a_job_waits_for_its_time(engine: AsyncEngine) -> None:
    [number] = await leave_jobs(engine, "note", {})
    async with AsyncSession(engine) as session, session.begin():
        await session.execute(update(Job).values(due_at=In(1.0)))
    assert await claims.claim(engine, "w", NO_GENERATION, 5) is None
    await asyncio.sleep(1.2)
    claim = await claims.claim(engine, "w", NO_GENERATION, 5)
    assert claim is not None
    assert claim.job == number


async def test_a_lease_that_is_over_lets_another_take_the_job_and_shuts_the_first_out(
    engine: AsyncEngine,
) -> None:
    await leave_jobs(engine, "note", {})
    first = await claims.claim(engine, "first", NO_GENERATION, 0.2)
    assert first is not None
    assert await claims.claim(engine, "second", NO_GENERATION, 5) is None
    await asyncio.sleep(0.3)
    second = await claims.claim(engine, "second", NO_GENERATION, 5)
    assert second is not None
    assert (second.job, second.attempts) == (first.job, 2)
    with pytest.raises(ClaimLostError):
        async with claims.holding(engine, first, 5):
            pytest.fail("the first still writes")
    for write in (claims.finish, claims.give_back):
        async with AsyncSession(engine) as session:
            with pytest.raises(ClaimLostError):
                await write(session, first)
    async with claims.holding(engine, second, 5) as session:
        await claims.finish(session, second)
    assert (await job(engine, second.job)).state == "done"


async def test_nobody_takes_a_job_over_while_its_owner_writes(engine: AsyncEngine) -> None:
    await leave_jobs(engine, "note", {})
    owner = await claims.claim(engine, "owner", NO_GENERATION, 5)
    assert owner is not None
    async with claims.holding(engine, owner, -1):  # its lease is over when this is committed
        assert await claims.claim(engine, "other", NO_GENERATION, 5) is None
    assert await claims.claim(engine, "other", NO_GENERATION, 5) is not None


async def test_a_job_whose_worker_vanishes_each_time_is_given_up(engine: AsyncEngine) -> None:
    numbers = await leave_jobs(engine, "note", {})
    settings = quick(WORKER_MAX_ATTEMPTS="2")
    for _ in range(2):
        assert await claims.claim(engine, "doomed", NO_GENERATION, -1)
    async with at_work(engine, {}, settings):
        [dead] = await wait_for_state(engine, numbers, "dead")
    assert dead.error == "its worker vanished in the middle of it, 2 times"


async def test_the_job_that_is_due_longest_is_found_by_the_index(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session, session.begin():
        many = "INSERT INTO jobs (kind, payload) SELECT 'note', '{}' FROM generate_series(1, 20000)"
        await session.execute(text(many))
        await session.execute(text("ANALYZE jobs"))
    started = asyncio.get_running_loop().time()
    for _ in range(50):
        assert await claims.claim(engine, "w", NO_GENERATION, 30)
    assert asyncio.get_running_loop().time() - started < 5

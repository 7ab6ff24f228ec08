"""Jobs are left in the transaction that makes them necessary."""

import asyncio

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from logbook.database.models import Job
from logbook.generation import Generation
from logbook.work.outbox import CHANNEL, enqueue


async def test_a_job_is_there_once_its_transaction_is_committed(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session:
        number = await enqueue(session, "prune", {"days": 3})
        async with AsyncSession(engine) as other:
            assert await other.get(Job, number) is None
        await session.commit()
    async with AsyncSession(engine) as session:
        job = await session.get_one(Job, number)
    assert (job.kind, job.payload, job.state, job.attempts) == ("prune", {"days": 3}, "waiting", 0)
    assert (job.environment, job.generation) == (None, 0)


async def test_a_job_is_gone_with_its_transaction(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session:
        await enqueue(session, "prune", {})
        await session.rollback()
        assert list(await session.scalars(select(Job))) == []


async def test_of_the_jobs_with_one_key_the_first_is_kept(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session:
        assert await enqueue(session, "prune", {"n": 1}, key="prune of today") is not None
        assert await enqueue(session, "prune", {"n": 2}, key="prune of today") is None
        assert await enqueue(session, "prune", {"n": 3}) is not None
        assert await enqueue(session, "prune", {"n": 4}) is not None
        payloads = await session.scalars(select(Job.payload).order_by(Job.id))
        assert list(payloads) == [{"n": 1}, {"n": 3}, {"n": 4}]


async def test_a_job_belongs_to_the_generation_of_its_session(engine: AsyncEngine) -> None:
    async with AsyncSession(engine, info={"generation": Generation("harbour", 4)}) as session:
        job = await session.get_one(Job, await enqueue(session, "prune", {}))
        assert (job.environment, job.generation) == ("harbour", 4)


async def test_workers_are_told_when_it_is_committed_and_not_before(engine: AsyncEngine) -> None:
    told = asyncio.Event()
    async with engine.connect() as listening, AsyncSession(engine) as session:
        raw = (await listening.get_raw_connection()).driver_connection
        assert raw is not None
        await raw.add_listener(CHANNEL, lambda *_: told.set())
        await enqueue(session, "prune", {})
        await asyncio.sleep(0.3)
        assert not told.is_set()
        await session.commit()
        async with asyncio.timeout(5):
            await told.wait()
        await listening.invalidate()

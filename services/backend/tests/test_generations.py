"""Workers of two generations at the same jobs, before, during and after a cut-over."""

import asyncio
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from logbook.database.models import Job
from logbook.generation import Generation
from logbook.settings import WorkerSettings
from logbook.work import claims
from logbook.work.outbox import enqueue
from logbook.work.task import Kind, Task
from work import at_work, job, quick, wait_for_state

HARBOUR = "harbour"
MANY = 120


async def deploy(client: httpx.AsyncClient, environment: str = HARBOUR) -> int:
    """Record a deployment and return its generation."""
    service = {
        "service": "worker",
        "image": "worker",
        "digest": f"sha256:{0:064x}",
        "reference": "logbook-worker:1",
    }
    new = {
        "key": str(uuid4()),
        "environment": environment,
        "services": [service],
        "sha": "0" * 40,
        "started_at": "2026-11-20T12:00:00Z",
    }
    answer = await client.post("/deployments", json=new)
    assert answer.status_code == 201, answer.text
    generation: int = answer.json()["generation"]
    return generation


async def leave(engine: AsyncEngine, number: int, count: int = 1) -> list[int]:
    """Leave jobs as a process of generation `number` does."""
    info = {"generation": Generation(HARBOUR, number)}
    async with AsyncSession(engine, info=info) as session, session.begin():
        left = [await enqueue(session, "note", {"n": n}) for n in range(count)]
    return [one for one in left if one is not None]


def of(number: int) -> WorkerSettings:
    """Return the settings of a worker of generation `number`."""
    return quick(GENERATION=str(number), ENVIRONMENT=HARBOUR)


async def claimed(engine: AsyncEngine, number: int, environment: str = HARBOUR) -> int | None:
    """Return the number of the job that a worker of generation `number` gets."""
    claim = await claims.claim(engine, "w", Generation(environment, number), 30)
    return None if claim is None else claim.job


async def test_a_worker_whose_generation_is_not_deployed_gets_nothing(
    stored: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    [left] = await leave(engine, 1)
    assert await claimed(engine, 1) is None
    assert await deploy(stored) == 1
    assert await claimed(engine, 2) is None
    assert await claimed(engine, 1, "another") is None
    assert await claimed(engine, 1) == left


async def test_a_cut_over_gives_waiting_jobs_to_the_new_generation_and_none_to_the_old(
    stored: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await deploy(stored)
    running, waiting = await leave(engine, 1, 2)
    assert await claimed(engine, 1) == running
    assert await deploy(stored) == 2
    assert (await job(engine, waiting)).generation == 2
    assert (await job(engine, running)).generation == 1
    assert await claimed(engine, 1) is None
    assert await claimed(engine, 2) == waiting
    assert await claimed(engine, 2) is None  # the other is still at work


async def test_what_an_old_api_still_leaves_after_the_cut_over_is_done_by_the_new_one(
    stored: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await deploy(stored)
    await deploy(stored)
    [late] = await leave(engine, 1)
    assert await claimed(engine, 1) is None
    assert await claimed(engine, 2) == late


async def test_a_job_of_a_killed_old_worker_is_taken_over_by_the_new_generation(
    stored: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await deploy(stored)
    [left] = await leave(engine, 1)
    assert await claims.claim(engine, "killed", Generation(HARBOUR, 1), -1)
    await deploy(stored)
    assert await claimed(engine, 1) is None
    assert await claimed(engine, 2) == left


async def test_an_ended_deployment_works_no_more_and_the_next_one_goes_on(
    stored: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await deploy(stored)
    [left] = await leave(engine, 1)
    [shown] = (await stored.get("/deployments")).json()["items"]
    assert (await stored.post(f"/deployments/{shown['id']}/end")).status_code == 200
    assert await claimed(engine, 1) is None
    await deploy(stored)
    assert await claimed(engine, 2) == left


async def test_a_cut_over_elsewhere_changes_nothing_here(
    stored: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await deploy(stored)
    [left] = await leave(engine, 1)
    await deploy(stored, "sea")
    await deploy(stored, "sea")
    assert await claimed(engine, 2, "sea") is None
    assert await claimed(engine, 1) == left


async def test_without_a_generation_a_worker_takes_whatever_there_is(
    stored: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    left = await leave(engine, 7)
    assert await claimed(engine, 0) == left[0]
    [anybodys] = await leave(engine, 0)
    await deploy(stored)
    assert (await job(engine, anybodys)).generation == 0
    assert await claimed(engine, 1) == anybodys


@pytest.mark.parametrize("attempt", range(2))
async def test_two_generations_race_and_each_job_is_done_once(
    stored: httpx.AsyncClient, engine: AsyncEngine, attempt: int
) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE ledger (n int, generation int)"))

    def noting(generation: int) -> dict[str, Kind]:
        async def note(task: Task) -> None:
            async with task.last_step() as session:
                values = {"n": task.payload["n"], "generation": generation}
                await session.execute(text("INSERT INTO ledger VALUES (:n, :generation)"), values)

        return {"note": Kind(note), "prune": Kind(_nothing)}

    await deploy(stored)
    left = await leave(engine, 1, MANY)
    async with (
        at_work(engine, noting(1), of(1)),
        at_work(engine, noting(1), of(1)),
        at_work(engine, noting(2), of(2)),
        at_work(engine, noting(2), of(2)),
    ):
        await asyncio.sleep(0.3 + attempt * 0.1)
        before = await count_done(engine)
        await deploy(stored)
        after = await first_of(engine, 2)
        await wait_for_state(engine, left, "done", seconds=120)
    async with engine.connect() as connection:
        done = (await connection.execute(text("SELECT n, generation FROM ledger"))).all()
    assert sorted(row.n for row in done) == list(range(MANY))
    by_old = sum(row.generation == 1 for row in done)
    assert before <= by_old <= after + 2  # what its two workers had in hand
    assert 0 < by_old < MANY


async def _nothing(_task: Task) -> None:
    pass


async def count_done(engine: AsyncEngine) -> int:
    """Return how many of the jobs are done."""
    async with AsyncSession(engine) as session:
        wanted = (Job.kind == "note", Job.state == "done")
        return await session.scalar(select(func.count()).where(*wanted)) or 0


async def first_of(engine: AsyncEngine, number: int) -> int:
    """Return how many jobs are done or begun, now that those that wait are another's."""
    async with AsyncSession(engine) as session:
        others = (Job.kind == "note", Job.generation < number)
        return await session.scalar(select(func.count()).where(*others)) or 0

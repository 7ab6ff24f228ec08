"""What is forgotten, and what never is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from logbook.database.clock import In
from logbook.database.models import (
    Base,
    Build,
    Content,
    Deployment,
    Environment,
    Job,
    Package,
    Sbom,
    Trial,
)
from logbook.work.kinds import kinds_of
from work import a_build, at_work, leave_jobs, wait_for_state

DAYS = 30
NOW = datetime.now(UTC)
OLD, YOUNG = NOW - timedelta(days=DAYS, minutes=5), NOW - timedelta(days=DAYS - 1)


async def add(engine: AsyncEngine, *rows: Base) -> None:
    """Record what is given."""
    async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
        for row in rows:
            session.add(row)
            await session.flush()


async def prune(engine: AsyncEngine, days: int = DAYS) -> None:
    """Prune once."""
    numbers = await leave_jobs(engine, "prune", {})
    async with at_work(engine, kinds_of(days)):
        await wait_for_state(engine, numbers, "done")


async def builds(engine: AsyncEngine) -> list[tuple[str, int]]:
    """Return image and number of the builds that are there."""
    async with AsyncSession(engine) as session:
        rows = await session.execute(select(Build.image, Build.digest).order_by(Build.id))
        return [(image, int(digest.removeprefix("sha256:"), 16)) for image, digest in rows]


async def count(engine: AsyncEngine, table: type[Base]) -> int:
    """Return how many rows there are."""
    async with AsyncSession(engine) as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


def a_trial(run: str, number: int, recorded_at: datetime, image: str = "api") -> Trial:
    """Return a trial of a build."""
    return Trial(
        run=run,
        image=image,
        digest=f"sha256:{number:064x}",
        verdict="kept",
        started_at=recorded_at,
        duration_seconds=1.0,
        passed=1,
        failed=0,
        skipped=0,
        strict=True,
        report={},
        recorded_at=recorded_at,
    )


def a_deployment(number: int, state: str, generation: int, **more: Any) -> Deployment:
    """Return a deployment that runs one build."""
    service = {"service": "api", "image": "api", "digest": f"sha256:{number:064x}"}
    return Deployment(
        key=str(generation),
        environment="harbour",
        generation=generation,
        state=state,
        services=[{**service, "reference": "api:1"}],
        sha="0" * 40,
        started_at=OLD,
        **more,
    )


async def test_old_builds_go_but_the_newest_of_each_image_and_what_is_deployed(
    any_engine: AsyncEngine,
) -> None:
    await add(
        any_engine,
        Environment(name="harbour", generation=2),
        a_deployment(2, "deployed", 2),
        a_deployment(3, "replaced", 1, ended_at=OLD),
        *(a_build("api", n, recorded_at=OLD) for n in range(1, 6)),
        a_build("api", 6, recorded_at=YOUNG),
        a_build("api", 7, recorded_at=YOUNG),
        a_build("left-alone", 2, recorded_at=OLD),
        a_build("left-alone", 1, recorded_at=OLD),
    )
    await prune(any_engine)
    assert await builds(any_engine) == [("api", 2), ("api", 6), ("api", 7), ("left-alone", 1)]
    async with AsyncSession(any_engine) as session:
        assert list(await session.scalars(select(Deployment.generation))) == [2]


async def test_with_a_build_goes_what_was_recorded_of_it(any_engine: AsyncEngine) -> None:
    shared, own = (
        Package(key=name, type="library", name=name, version="1", purl="", licenses=[])
        for name in ("shared", "own")
    )
    old, new = a_build(number=1, recorded_at=OLD), a_build(number=2, recorded_at=OLD)
    await add(any_engine, shared, own, old, new)
    sboms = [Sbom(build_id=b.id, sha256="0" * 64, state="done", document=b"") for b in (old, new)]
    await add(any_engine, *sboms)
    held = [(sboms[0], shared), (sboms[0], own), (sboms[1], shared)]
    await add(any_engine, *(Content(sbom_id=s.id, package_id=p.id) for s, p in held))
    await add(any_engine, a_trial("of old", 1, YOUNG), a_trial("of new", 2, OLD))
    await prune(any_engine)
    async with AsyncSession(any_engine) as session:
        assert list(await session.scalars(select(Package.name))) == ["shared"]
        assert list(await session.scalars(select(Trial.run))) == ["of new"]
    assert [await count(any_engine, table) for table in (Build, Sbom, Content)] == [1, 1, 1]


async def test_a_trial_without_a_build_goes_when_it_is_old(any_engine: AsyncEngine) -> None:
    await add(any_engine, a_trial("old", 1, OLD), a_trial("young", 1, YOUNG))
    await prune(any_engine)
    async with AsyncSession(any_engine) as session:
        assert list(await session.scalars(select(Trial.run))) == ["young"]


async def test_more_builds_than_one_transaction_takes_go(
    any_engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("logbook.work.retention.CHUNK", 3)
    await add(any_engine, *(a_build(number=n, recorded_at=OLD) for n in range(10)))
    await prune(any_engine)
    assert await builds(any_engine) == [("api", 9)]


async def test_without_a_retention_nothing_goes_but_jobs_that_are_long_done(
    any_engine: AsyncEngine,
) -> None:
    await add(any_engine, *(a_build(number=n, recorded_at=OLD) for n in range(2)))
    done, dead, young = await leave_jobs(any_engine, "note", {}, {}, {})
    async with AsyncSession(any_engine) as session, session.begin():
        for number, state, days in ((done, "done", 8), (dead, "dead", 8), (young, "done", 6)):
            values = {"state": state, "finished_at": In(-days * 86_400.0)}
            await session.execute(update(Job).where(Job.id == number).values(**values))
    await prune(any_engine, days=0)
    assert len(await builds(any_engine)) == 2
    async with AsyncSession(any_engine) as session:
        left = set(await session.scalars(select(Job.id).where(Job.kind == "note")))
    assert left == {dead, young}

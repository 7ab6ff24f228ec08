"""What tests of the worker have in common: settings, SBOMs, and looking at jobs."""

import asyncio
import gzip
import hashlib
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from conftest import NOWHERE
from logbook.database.models import Build, Job, Sbom, SbomUpdate
from logbook.settings import WorkerSettings, load_worker_settings
from logbook.work.outbox import enqueue
from logbook.work.task import Kind
from logbook.worker.runner import Runner

QUICK = {
    "WORKER_LEASE_SECONDS": "1",
    "WORKER_POLL_SECONDS": "1",
    "WORKER_FIRST_WAIT_SECONDS": "0",
    "WORKER_DRAIN_SECONDS": "1",
}


def quick(**more: str) -> WorkerSettings:
    """Return settings with which nothing takes long."""
    return load_worker_settings({"DATABASE_URL": NOWHERE, **QUICK, **more})


@asynccontextmanager
async def at_work(
    engine: AsyncEngine, kinds: Mapping[str, Kind], settings: WorkerSettings | None = None
) -> AsyncIterator[Runner]:
    """Let a worker work in this process; it is drained at the end."""
    runner = Runner(engine, settings or quick(), kinds)
    running = asyncio.create_task(runner.run())
    try:
        yield runner
    finally:
        runner.stop()
        async with asyncio.timeout(20):
            await running


async def leave_jobs(engine: AsyncEngine, kind: str, *payloads: dict[str, Any]) -> list[int]:
    """Leave a job for each payload and return their numbers."""
    async with AsyncSession(engine) as session, session.begin():
        numbers = [await enqueue(session, kind, payload) for payload in payloads]
    return [number for number in numbers if number is not None]


async def job(engine: AsyncEngine, number: int) -> Job:
    """Return a job as it is now."""
    async with AsyncSession(engine) as session:
        return await session.get_one(Job, number)


async def wait_for_state(
    engine: AsyncEngine, numbers: list[int], state: str, seconds: float = 60
) -> list[Job]:
    """Return the jobs `numbers` once all of them are in `state`."""
    deadline = time.monotonic() + seconds
    while True:
        async with AsyncSession(engine) as session:
            found = list(await session.scalars(select(Job).where(Job.id.in_(numbers))))
        states = [one.state for one in found]
        if states == [state] * len(numbers):
            return found
        assert time.monotonic() < deadline, [(one.id, one.state, one.error) for one in found]
        await asyncio.sleep(0.05)


def a_build(image: str = "api", number: int = 1, **more: Any) -> Build:
    """Return a build that can be recorded."""
    values: dict[str, Any] = {
        "image": image,
        "digest": f"sha256:{number:064x}",
        "tags": [],
        "sha": "0" * 40,
        "short_sha": "0000000",
        "describe": "v1",
        "dirty": False,
        "built_at": datetime(2026, 1, 1, tzinfo=UTC),
        "base_policy": "registry",
        "size_bytes": 1,
        "duration_seconds": 1.0,
        "cached_steps": 0,
        "total_steps": 1,
        "steps": [],
    }
    return Build(**{**values, **more})


def component(name: str, version: str = "1", **more: Any) -> dict[str, Any]:
    """Return a component as CycloneDX writes it."""
    return {
        "type": "library",
        "name": name,
        "version": version,
        "purl": f"pkg:pypi/{name}@{version}",
        **more,
    }


def cyclonedx(*components: dict[str, Any], **more: Any) -> bytes:
    """Return a document, gzip'ed."""
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components, **more}
    return gzip.compress(json.dumps(document).encode(), 1)


async def leave_sbom(engine: AsyncEngine, document: bytes, number: int = 1) -> tuple[int, int]:
    """Record a build with an SBOM and leave its ingestion; return numbers of SBOM and job."""
    async with AsyncSession(engine) as session, session.begin():
        build = a_build(number=number)
        session.add(build)
        await session.flush()
        sbom = Sbom(build_id=build.id, sha256="0" * 64, state="waiting", document=document)
        session.add(sbom)
        await session.flush()
        left = await enqueue(session, "ingest_sbom", {"sbom_id": sbom.id})
        assert left is not None
        return sbom.id, left


async def leave_update(engine: AsyncEngine, sbom_id: int, document: bytes) -> int:
    """Leave a document that is to take the place of an SBOM that was read; return its job."""
    sha256 = hashlib.sha256(document).hexdigest()
    async with AsyncSession(engine) as session, session.begin():
        sbom = await session.get_one(Sbom, sbom_id)
        update = SbomUpdate(
            build_id=sbom.build_id, sha256=sha256, state="waiting", document=document
        )
        session.add(update)
        await session.flush()
        job = {"sbom_id": sbom_id, "update_id": update.id, "sha256": sha256}
        left = await enqueue(session, "ingest_sbom", job)
    assert left is not None
    return left

"""Records builds and SBOMs, which leave a job each. Runs in the backend's environment.

    python leave_jobs.py DATABASE_URL COUNT

The SBOM of build N lists three packages: one that all list, one that every fiftieth lists, its own.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator

from logbook import builds, sboms
from logbook.database.connection import connect_lazily
from logbook.settings import parse_database_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

AT_ONCE = 4


def document(number: int) -> bytes:
    names = ["glibc", f"shared-{number % 50}", f"own-{number}"]
    components = [{"type": "library", "name": name, "version": "1.0"} for name in names]
    return json.dumps({"bomFormat": "CycloneDX", "components": components}).encode()


def build(number: int) -> builds.NewBuild:
    return builds.NewBuild(
        image=f"load-{number % 5}",
        digest=f"sha256:{number:064x}",
        sha="ab" * 20,
        short_sha="abababa",
        describe="v1.2.3",
        dirty=False,
        built_at="2026-01-02T03:04:05+00:00",
        base_policy="stand-in",
        size_bytes=1,
        duration_seconds=1.0,
        cached_steps=0,
        total_steps=1,
    )


async def stream(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def leave(engine: AsyncEngine, number: int) -> None:
    async with engine.begin() as connection:
        made, _ = await connection.run_sync(builds.record, build(number))
    async with AsyncSession(engine, expire_on_commit=False) as session:
        await sboms.record(session, made["id"], await sboms.pack(stream(document(number))))


async def main() -> None:
    url, count = sys.argv[1:]
    engine = connect_lazily(parse_database_url(url))
    numbers = iter(range(int(count)))

    async def some() -> None:
        for number in numbers:
            await leave(engine, number)

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    await engine.dispose()


asyncio.run(main())

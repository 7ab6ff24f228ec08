"""From a CycloneDX document to packages."""

import gzip
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from logbook.database.models import Content, Job, Package, Sbom
from logbook.work.cyclonedx import Component, read_components
from logbook.work.kinds import kinds_of
from logbook.work.task import HopelessError
from process import Running, running
from work import at_work, component, cyclonedx, leave_jobs, leave_sbom, leave_update, wait_for_state

MANY = 100_000
MOST_MEMORY = 200 * 2**20


def test_a_component_is_read_with_what_it_tells() -> None:
    told = component(
        "openssl",
        "3.0.1",
        licenses=[{"license": {"id": "Apache-2.0"}}, {"license": {"name": "Ours"}}],
        properties=[{"name": "not its name", "value": "x"}],
        supplier={"name": "nor this"},
    )
    assert list(read_components(cyclonedx(told))) == [
        Component(
            "library",
            "openssl",
            "3.0.1",
            "pkg:pypi/openssl@3.0.1",
            ["Apache-2.0", "Ours"],
        )
    ]


def test_components_within_components_are_read_as_well() -> None:
    inner = component("c")
    outer = component("a", components=[component("b", components=[inner]), component("d")])
    document = cyclonedx(outer, component("e"), metadata={"component": component("the image")})
    assert [one.name for one in read_components(document)] == ["c", "b", "d", "a", "e"]


def test_an_sbom_without_components_is_one() -> None:
    assert list(read_components(gzip.compress(b'{"bomFormat": "CycloneDX"}'))) == []


def _deep(levels: int) -> bytes:
    return gzip.compress(b'{"bomFormat": "CycloneDX", "x": ' + b"[" * levels)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (gzip.compress(b'{"bomFormat": "CycloneDX", "components": [{"na'), "is no JSON"),
        (gzip.compress(b""), "is no JSON"),
        (gzip.compress(b"anchor"), "is no JSON"),
        (gzip.compress(b'{"spdxVersion": "SPDX-2.3"}'), "is no CycloneDX document"),
        (gzip.compress(b"[]"), "is no CycloneDX document"),
        (cyclonedx(component("a"))[:-9], "cannot be unpacked"),
        (b"not gzip", "cannot be unpacked"),
        (_deep(1_000_000), "is nested deeper than 64 levels"),
    ],
)
def test_what_is_no_sbom_is_hopeless_and_says_why(document: bytes, reason: str) -> None:
    with pytest.raises(HopelessError, match=reason):
        list(read_components(document))


def test_reading_takes_no_more_memory_than_a_component_does() -> None:
    document = cyclonedx(*(component(f"package-{n}") for n in range(20_000)))
    tracemalloc.start()
    assert sum(1 for _ in read_components(document)) == 20_000
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2 * 2**20


async def names(engine: AsyncEngine, sbom_id: int) -> list[str]:
    """Return the names of the packages that an SBOM holds."""
    statement = (
        select(Package.name)
        .join(Content, Content.package_id == Package.id)
        .where(Content.sbom_id == sbom_id)
        .order_by(Package.name)
    )
    async with AsyncSession(engine) as session:
        return list(await session.scalars(statement))


async def state_of(engine: AsyncEngine, sbom_id: int) -> tuple[str, int | None, str | None]:
    """Return what an SBOM says of itself."""
    statement = select(Sbom.state, Sbom.components, Sbom.error).where(Sbom.id == sbom_id)
    async with AsyncSession(engine) as session:
        row = (await session.execute(statement)).one()
    return row.state, row.components, row.error


async def test_an_sbom_becomes_packages_that_are_kept_once(any_engine: AsyncEngine) -> None:
    first = cyclonedx(component("a"), component("b"), component("a"), component("c\x00", "2"))
    second = cyclonedx(component("b"), component("b", "2"), {"type": "file"})
    sboms = [await leave_sbom(any_engine, first, 1), await leave_sbom(any_engine, second, 2)]
    async with at_work(any_engine, kinds_of(0)):
        await wait_for_state(any_engine, [job for _, job in sboms], "done")
    assert await names(any_engine, sboms[0][0]) == ["a", "b", "c"]
    assert await names(any_engine, sboms[1][0]) == ["b", "b"]
    assert await state_of(any_engine, sboms[0][0]) == ("done", 3, None)
    assert await state_of(any_engine, sboms[1][0]) == ("done", 2, None)
    async with AsyncSession(any_engine) as session:
        assert await session.scalar(select(func.count()).select_from(Package)) == 4


async def test_an_sbom_that_is_none_has_failed_and_says_why(any_engine: AsyncEngine) -> None:
    sbom, job = await leave_sbom(any_engine, gzip.compress(b'{"components": [{"name": "a"}]'))
    async with at_work(any_engine, kinds_of(0)):
        [dead] = await wait_for_state(any_engine, [job], "dead")
    assert dead.attempts == 1
    state, _, error = await state_of(any_engine, sbom)
    assert state == "failed"
    assert str(error).startswith("the SBOM is no JSON")


async def test_an_sbom_that_another_has_replaced_is_nothing_to_do(engine: AsyncEngine) -> None:
    sbom, job = await leave_sbom(engine, cyclonedx(component("a")))
    async with AsyncSession(engine) as session, session.begin():
        await session.delete(await session.get_one(Sbom, sbom))
    async with at_work(engine, kinds_of(0)):
        await wait_for_state(engine, [job], "done")


async def test_an_update_that_took_its_place_before_a_crash_is_read_by_the_next_attempt(
    any_engine: AsyncEngine,
) -> None:
    sbom, first = await leave_sbom(any_engine, cyclonedx(component("a")))
    async with AsyncSession(any_engine) as session, session.begin():
        await session.delete(await session.get_one(Job, first))
    taken = {"sbom_id": sbom, "update_id": 99, "sha256": "0" * 64}
    other = {**taken, "sha256": "1" * 64}
    jobs = await leave_jobs(any_engine, "ingest_sbom", other)
    async with at_work(any_engine, kinds_of(0)):
        await wait_for_state(any_engine, jobs, "done")
        assert await state_of(any_engine, sbom) == ("waiting", None, None)
        jobs = await leave_jobs(any_engine, "ingest_sbom", taken)
        await wait_for_state(any_engine, jobs, "done")
    assert await state_of(any_engine, sbom) == ("done", 1, None)
    assert await names(any_engine, sbom) == ["a"]


async def test_a_large_update_is_looked_through_before_it_takes_its_place(
    any_engine: AsyncEngine,
) -> None:
    sbom, job = await leave_sbom(any_engine, cyclonedx(component("a")))
    many = cyclonedx(*(component(f"package-{n}") for n in range(2_500)))
    cut = gzip.compress(gzip.decompress(many)[:-2])
    async with at_work(any_engine, kinds_of(0)):
        await wait_for_state(any_engine, [job], "done")
        await wait_for_state(any_engine, [await leave_update(any_engine, sbom, cut)], "dead")
    assert await names(any_engine, sbom) == ["a"]
    assert await state_of(any_engine, sbom) == ("done", 1, None)


async def test_two_workers_that_add_the_same_packages_do_not_lock_each_other_out(
    engine: AsyncEngine,
) -> None:
    packages = [component(f"package-{n}") for n in range(6_000)]
    orders = [packages, packages[::-1], packages[::2] + packages[1::2]]
    left = [await leave_sbom(engine, cyclonedx(*order), n) for n, order in enumerate(orders)]
    kinds = kinds_of(0)
    async with at_work(engine, kinds), at_work(engine, kinds), at_work(engine, kinds):
        jobs = await wait_for_state(engine, [job for _, job in left], "done", seconds=60)
    assert {job.attempts for job in jobs} == {1}
    assert [(await state_of(engine, sbom))[1] for sbom, _ in left] == [6_000] * 3


def large_sbom() -> bytes:
    """Return a document of 100,000 components as large as a scanner writes them."""
    scanned: dict[str, Any] = {
        "bom-ref": "pkg:deb/debian/x?package-id=0123456789abcdef",
        "cpe": "cpe:2.3:a:x:x:1:*:*:*:*:*:*:*",
        "licenses": [{"license": {"id": "MIT"}}],
    }
    return cyclonedx(*(component(f"package-{n}", **scanned) for n in range(MANY)))


def most_memory(worker: Running) -> int:
    """Return the most bytes that a process had in memory until now."""
    status = Path(f"/proc/{worker.popen.pid}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


async def test_100_000_components_are_ingested_in_bounded_memory(
    any_engine: AsyncEngine, tmp_path: Path
) -> None:
    sbom, job = await leave_sbom(any_engine, large_sbom())
    url = any_engine.url.render_as_string(hide_password=False)
    environment = {"DATABASE_URL": url, "TMPDIR": str(tmp_path)}
    with running(tmp_path, environment, module="logbook.worker") as worker:
        await wait_for_state(any_engine, [job], "done", seconds=120)
        assert most_memory(worker) < MOST_MEMORY
        assert worker.end() == 0
        assert worker.stderr == ""
    assert await state_of(any_engine, sbom) == ("done", MANY, None)

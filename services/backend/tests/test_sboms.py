"""Uploading SBOMs, to a real Postgres and to SQLite."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import undefer

from contents import hold
from logbook.database.models import Job, Sbom, SbomUpdate
from logbook.sboms import NoDocumentError, pack
from logbook.work.kinds import kinds_of
from record import build, told
from work import at_work

BOM: dict[str, Any] = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "components": [{"type": "library", "name": "openssl", "version": "3.0.17"}],
}
NO_BOM = "the SBOM is no CycloneDX document: its bomFormat is another"
WAITING = {"state": "waiting", "components": None, "error": None}


async def test_an_sbom_is_kept_with_a_job_to_read_it(
    either: httpx.AsyncClient, either_engine: AsyncEngine
) -> None:
    built = await told(either, "/builds", build(1))
    answer = await either.put(f"/builds/{built['id']}/sbom", json=BOM)
    assert (answer.status_code, answer.json()) == (202, WAITING)
    async with AsyncSession(either_engine) as session:
        sbom = (await session.scalars(select(Sbom).options(undefer(Sbom.document)))).one()
        job = (await session.scalars(select(Job))).one()
    assert json.loads(gzip.decompress(sbom.document)) == BOM
    assert sbom.build_id == built["id"]
    assert (job.kind, job.payload) == ("ingest_sbom", {"sbom_id": sbom.id})
    assert (await either.get(f"/builds/{built['id']}")).json()["sbom"] == WAITING


async def test_the_same_sbom_is_kept_once(
    either: httpx.AsyncClient, either_engine: AsyncEngine
) -> None:
    built = await told(either, "/builds", build(1))
    path = f"/builds/{built['id']}/sbom"
    answers = await asyncio.gather(*(either.put(path, json=BOM) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [202]
    async with AsyncSession(either_engine) as session:
        kinds = list(await session.scalars(select(Job.kind)))
        assert kinds.count("ingest_sbom") == 1


async def test_another_sbom_takes_the_place_of_one_that_was_not_read(
    either: httpx.AsyncClient, either_engine: AsyncEngine
) -> None:
    built = await told(either, "/builds", build(1))
    path = f"/builds/{built['id']}"
    for version in ("1", "2"):
        answer = await either.put(f"{path}/sbom", json={**BOM, "version": version})
        assert (answer.status_code, answer.json()) == (202, WAITING)
    async with AsyncSession(either_engine) as session:
        assert len(list(await session.scalars(select(Sbom.id)))) == 1
        assert len(list(await session.scalars(select(Job.id)))) == 2


async def test_what_was_read_stays_until_another_sbom_is_read(
    either: httpx.AsyncClient, either_engine: AsyncEngine
) -> None:
    built = await told(either, "/builds", build(1))
    await hold(either_engine, built["id"], [("openssl", "1.1")])
    path = f"/builds/{built['id']}"
    waiting = {**WAITING, "components": 1}
    for status in (202, 200):
        answer = await either.put(f"{path}/sbom", json=BOM)
        assert (answer.status_code, answer.json()) == (status, waiting)
    assert (await either.get(path)).json()["sbom"] == waiting
    assert await versions(either, path) == ["1.1"]
    async with at_work(either_engine, kinds_of(0)):
        await eventually_is(either, path, {"state": "done", "components": 1, "error": None})
    assert await versions(either, path) == ["3.0.17"]
    answer = await either.put(f"{path}/sbom", json=BOM)
    assert (answer.status_code, answer.json()["state"]) == (200, "done")
    async with AsyncSession(either_engine) as session:
        assert list(await session.scalars(select(SbomUpdate.id))) == []
        kinds = list(await session.scalars(select(Job.kind)))
        assert kinds.count("ingest_sbom") == 1


async def test_an_sbom_that_is_none_leaves_what_was_read_before_it(
    either: httpx.AsyncClient, either_engine: AsyncEngine
) -> None:
    built = await told(either, "/builds", build(1))
    path = f"/builds/{built['id']}"
    async with at_work(either_engine, kinds_of(0)):
        await either.put(f"{path}/sbom", json=BOM)
        await eventually_is(either, path, {"state": "done", "components": 1, "error": None})
        for more in ("1", "2"):  # bad twice, and good in between
            await either.put(f"{path}/sbom", json={"spdxVersion": more})
            failed = {"state": "failed", "components": 1, "error": NO_BOM}
            await eventually_is(either, path, failed)
            assert await versions(either, path) == ["3.0.17"]
            found = (await either.get("/components?name=openssl")).json()["items"]
            assert [item["version"] for item in found] == ["3.0.17"]
            again = await either.put(f"{path}/sbom", json={"spdxVersion": more})
            assert (again.status_code, again.json()) == (200, failed)
            good = await either.put(f"{path}/sbom", json=BOM)
            assert (good.status_code, good.json()["state"]) == (200, "done")
            assert (await either.get(path)).json()["sbom"]["state"] == "done"
    jobs = (await either.get("/jobs?state=dead")).json()["items"]
    assert len(jobs) == 2


async def test_a_dead_update_that_is_tried_again_waits_again(
    either: httpx.AsyncClient, either_engine: AsyncEngine
) -> None:
    built = await told(either, "/builds", build(1))
    await hold(either_engine, built["id"], [("openssl", "1.1")])
    path = f"/builds/{built['id']}"
    failed = {"state": "failed", "components": 1, "error": NO_BOM}
    async with at_work(either_engine, kinds_of(0)):
        await either.put(f"{path}/sbom", json={"spdxVersion": "1"})
        await eventually_is(either, path, failed)
    [job] = (await either.get("/jobs?state=dead")).json()["items"]
    await either.post(f"/jobs/{job['id']}/retry")
    assert (await either.get(path)).json()["sbom"] == {**WAITING, "components": 1}
    async with at_work(either_engine, kinds_of(0)):
        await eventually_is(either, path, failed)
    assert await versions(either, path) == ["1.1"]


async def versions(client: httpx.AsyncClient, path: str) -> list[str]:
    """Return the versions of what the build at `path` holds."""
    items = (await client.get(f"{path}/components")).json()["items"]
    return [item["version"] for item in items]


async def eventually_is(client: httpx.AsyncClient, path: str, state: dict[str, Any]) -> None:
    """Wait until the SBOM of the build at `path` is in that state."""
    found: object = None
    for _ in range(200):
        found = (await client.get(path)).json()["sbom"]
        if found == state:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"the SBOM is not {state}, but {found}")


async def test_the_sbom_of_a_build_that_is_not_there_is_refused(either: httpx.AsyncClient) -> None:
    assert (await either.put("/builds/4711/sbom", json=BOM)).status_code == 404


@pytest.mark.parametrize("body", [b"", b"[]", b'"{}"', b"<bom/>", b"{", b"  "])
async def test_what_is_no_json_object_is_refused(stored: httpx.AsyncClient, body: bytes) -> None:
    built = await told(stored, "/builds", build(1))
    answer = await stored.put(f"/builds/{built['id']}/sbom", content=body)
    assert answer.status_code == 422, answer.text
    kept = (await stored.get(f"/builds/{built['id']}")).json()["sbom"]
    assert kept["state"] == "none"


async def _in_pieces(text: bytes) -> AsyncIterator[bytes]:
    for byte in text:
        yield bytes([byte])


async def test_a_document_is_packed_in_whatever_pieces_it_comes() -> None:
    text = json.dumps(BOM, indent=1).encode()
    document = await pack(_in_pieces(b"\n " + text + b"\n\n"))
    assert gzip.decompress(document.gzip).strip() == text
    assert document == await pack(_in_pieces(b"\n " + text + b"\n\n"))
    with pytest.raises(NoDocumentError):
        await pack(_in_pieces(text + b"x"))

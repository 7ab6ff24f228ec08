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
from logbook.database.models import Content, Job, Sbom
from logbook.sboms import NoDocumentError, pack
from record import build, told

BOM: dict[str, Any] = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "components": [{"type": "library", "name": "openssl", "version": "3.0.17"}],
}
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
        assert len(list(await session.scalars(select(Job.id)))) == 1


async def test_another_sbom_takes_the_place_of_the_one_before_and_of_what_was_read_from_it(
    either: httpx.AsyncClient, either_engine: AsyncEngine
) -> None:
    built = await told(either, "/builds", build(1))
    await hold(either_engine, built["id"], [("openssl", "1.1")])
    path = f"/builds/{built['id']}"
    assert (await either.get(path)).json()["components"] == 1
    answer = await either.put(f"{path}/sbom", json=BOM)
    assert (answer.status_code, answer.json()) == (202, WAITING)
    assert (await either.get(path)).json()["components"] is None
    assert (await either.get(f"{path}/components")).json()["items"] == []
    async with AsyncSession(either_engine) as session:
        assert len(list(await session.scalars(select(Sbom.id)))) == 1
        assert list(await session.scalars(select(Content.sbom_id))) == []


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

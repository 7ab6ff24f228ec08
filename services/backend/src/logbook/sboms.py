"""SBOMs: kept as they come; the worker reads them."""

import hashlib
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from logbook.builds import SbomState
from logbook.database import models
from logbook.database.insertion import insert_into
from logbook.work.outbox import enqueue

JOB = "ingest_sbom"
_GZIP = 31
"""zlib's number for a gzip frame with the largest window."""


class NoDocumentError(ValueError):
    """What came is no JSON object."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document, packed, and the SHA-256 of what it was."""

    gzip: bytes
    sha256: str


async def pack(chunks: AsyncIterator[bytes]) -> Document:
    """Pack a document as it streams in; only the packed one is ever in memory.

    Raises `NoDocumentError` where it can be no JSON object; the worker sees what is in it.
    """
    digest, packer = hashlib.sha256(), zlib.compressobj(wbits=_GZIP)
    packed = bytearray()
    first = last = b""
    async for chunk in chunks:
        digest.update(chunk)
        packed += packer.compress(chunk)
        text = chunk.strip()
        first, last = first or text[:1], text[-1:] or last
    if (first, last) != (b"{", b"}"):
        raise NoDocumentError("The body is no JSON object.")
    packed += packer.flush()
    return Document(bytes(packed), digest.hexdigest())


async def is_build(session: AsyncSession, build_id: int) -> bool:
    """Tell whether there is a build of that number; no connection is kept afterwards."""
    async with session.begin():
        return await session.get(models.Build, build_id) is not None


async def record(
    session: AsyncSession, build_id: int, document: Document
) -> tuple[SbomState, bool] | None:
    """Keep the SBOM of a build and tell whether it is new; nothing where there is no such build.

    Another document takes the place of the one before: at once where that was not read, else when
    it is known to be good. Until then the build holds what the one before lists.
    """
    build, sbom, update = models.Build, models.Sbom, models.SbomUpdate
    async with session.begin():
        # One at a time for a build: else two might both delete before either inserts.
        locked = select(build.id).where(build.id == build_id).with_for_update()
        if await session.scalar(locked) is None:
            return None
        # Locked as the worker does that puts an update in its place.
        current = await session.scalar(select(sbom).filter_by(build_id=build_id).with_for_update())
        pending = await session.scalar(select(update).filter_by(build_id=build_id))
        if pending is not None and pending.sha256 == document.sha256:
            held = None if current is None else current.components
            return SbomState(state=_state(pending), components=held, error=pending.error), False
        await session.execute(delete(update).where(update.build_id == build_id))
        if current is not None and current.sha256 == document.sha256:
            return SbomState.model_validate(current), False
        if current is not None and current.state == "done":
            await _leave_update(session, current, document)
            return SbomState(state="waiting", components=current.components), True
        await session.execute(delete(sbom).where(sbom.build_id == build_id))
        number = await _insert(session, sbom, build_id, document)
        await enqueue(session, JOB, {"sbom_id": number})
        return SbomState(state="waiting"), True


async def _leave_update(session: AsyncSession, current: models.Sbom, document: Document) -> None:
    number = await _insert(session, models.SbomUpdate, current.build_id, document)
    job = {"sbom_id": current.id, "update_id": number, "sha256": document.sha256}
    await enqueue(session, JOB, job)


async def _insert(
    session: AsyncSession,
    table: type[models.Sbom | models.SbomUpdate],
    build_id: int,
    document: Document,
) -> int | None:
    number: int | None = await session.scalar(
        insert_into(session, table)
        .values(build_id=build_id, sha256=document.sha256, document=document.gzip, state="waiting")
        .returning(table.id)
    )
    return number


def _state(pending: models.SbomUpdate) -> Literal["waiting", "failed"]:
    return "failed" if pending.state == "failed" else "waiting"

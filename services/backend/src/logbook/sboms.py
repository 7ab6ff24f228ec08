"""SBOMs: kept as they come; the worker reads them."""

import hashlib
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

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

    Another document takes the place of the one before, with what was read from that.
    """
    build, sbom = models.Build, models.Sbom
    async with session.begin():
        # One at a time for a build: else two might both delete before either inserts.
        locked = select(build.id).where(build.id == build_id).with_for_update()
        if await session.scalar(locked) is None:
            return None
        same = select(sbom).where(sbom.build_id == build_id, sbom.sha256 == document.sha256)
        if known := await session.scalar(same):
            return SbomState.model_validate(known), False
        await session.execute(delete(sbom).where(sbom.build_id == build_id))
        number = await session.scalar(
            insert_into(session, sbom)
            .values(
                build_id=build_id, sha256=document.sha256, document=document.gzip, state="waiting"
            )
            .returning(sbom.id)
        )
        await enqueue(session, JOB, {"sbom_id": number}, key=f"{JOB}-{number}")
        return SbomState(state="waiting"), True

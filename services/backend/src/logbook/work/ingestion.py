"""Ingesting an SBOM: from a document to packages that can be searched."""

import asyncio
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from logbook.database.insertion import insert_into
from logbook.database.models import Content, Package, Sbom, SbomUpdate
from logbook.packages import LONGEST, key_of
from logbook.work.cyclonedx import Component, read_components
from logbook.work.task import Task

CHUNK = 1_000
"""Components in one transaction: few enough for a statement, and for others to wait."""
_MOST = {"type": LONGEST, "name": LONGEST, "version": LONGEST, "purl": 2_000}

Row = dict[str, Any]
_Item = TypeVar("_Item")


async def ingest(task: Task) -> None:
    """Find the packages that the SBOM `sbom_id` names and note that its build holds them.

    A package or a note that is there already stays: so what an attempt before this one did is
    kept, and what it did not is added.
    """
    if "update_id" in task.payload:
        await _take_update(task)
    async with task.step() as session:
        document = await session.scalar(select(Sbom.document).where(_is_meant(task.payload)))
    sbom_id: int = task.payload["sbom_id"]
    if document is not None:
        for rows in _chunks(_rows(read_components(document)), CHUNK):
            async with task.step() as session:
                await _keep(session, sbom_id, {row["key"]: row for row in rows})
            await asyncio.sleep(0)  # a signal or a beat of the heart may be waiting
    async with task.last_step() as session:  # where there is none, another has taken its place
        held = select(func.count()).where(Content.sbom_id == sbom_id).scalar_subquery()
        await _note(session, task.payload, state="done", components=held, error=None)


async def _take_update(task: Task) -> None:
    """Put the document `update_id` in the place of the one that was read, where it is a good one.

    All of it is looked through before: what is found out late would cost what the good one told.
    """
    is_meant = _is_meant_update(task.payload)
    async with task.step() as session:
        document = await session.scalar(select(SbomUpdate.document).where(is_meant))
    if document is None:  # an attempt before this one did it, or another took its place
        return
    for _ in _chunks(_rows(read_components(document)), CHUNK):
        async with task.step():  # it is still ours, for as long again
            pass
        await asyncio.sleep(0)
    async with task.step() as session:
        sbom_id: int = task.payload["sbom_id"]
        # Locked before the update is, as where one is recorded.
        await session.execute(select(Sbom.id).where(Sbom.id == sbom_id).with_for_update())
        taken = await session.execute(
            delete(SbomUpdate)
            .where(is_meant)
            .returning(SbomUpdate.id)
            .execution_options(synchronize_session=False)
        )
        if taken.one_or_none() is not None:
            await session.execute(delete(Content).where(Content.sbom_id == sbom_id))
            meant = {"sbom_id": sbom_id}
            new = {"sha256": task.payload["sha256"], "document": document}
            await _note(session, meant, **new, state="waiting", components=None, error=None)


async def give_up(session: AsyncSession, payload: Row, error: str) -> None:
    """Say at the SBOM why nothing became of it."""
    await _note_either(session, payload, state="failed", error=error)


async def again(session: AsyncSession, payload: Row) -> None:
    """Say at the SBOM that it is waiting once more."""
    await _note_either(session, payload, state="waiting", error=None)


async def _note_either(session: AsyncSession, payload: Row, **values: Any) -> None:
    """Note something at the update that a job is about, or at the SBOM that it has become."""
    if "update_id" in payload:
        noted = await session.scalar(
            update(SbomUpdate)
            .where(_is_meant_update(payload))
            .values(**values)
            .returning(SbomUpdate.id)
            .execution_options(synchronize_session=False)
        )
        if noted is not None:
            return
    await _note(session, payload, **values)


def _is_meant(payload: Row) -> ColumnElement[bool]:
    """Return what an SBOM must be to be the one that a job is about."""
    is_it: ColumnElement[bool] = Sbom.id == payload["sbom_id"]
    return and_(is_it, Sbom.sha256 == payload["sha256"]) if "sha256" in payload else is_it


def _is_meant_update(payload: Row) -> ColumnElement[bool]:
    # SQLite may give a number again.
    return and_(SbomUpdate.id == payload["update_id"], SbomUpdate.sha256 == payload["sha256"])


async def _note(session: AsyncSession, payload: Row, **values: Any) -> None:
    await session.execute(
        update(Sbom)
        .where(_is_meant(payload))
        .values(**values)
        .execution_options(synchronize_session=False)
    )


async def _keep(session: AsyncSession, sbom_id: int, rows: dict[str, Row]) -> None:
    # In one order everywhere: two workers that add the same packages wait, and never in a ring.
    ordered = [rows[key] for key in sorted(rows)]
    packages = insert_into(session, Package).on_conflict_do_nothing(index_elements=[Package.key])
    await session.execute(packages, ordered)
    held = select(literal(sbom_id), Package.id).where(Package.key.in_(rows))
    contents = insert_into(session, Content).from_select(["sbom_id", "package_id"], held)
    await session.execute(contents.on_conflict_do_nothing())


def _rows(components: Iterable[Component]) -> Iterator[Row]:
    for one in components:
        row: Row = {name: _stored(getattr(one, name))[:most] for name, most in _MOST.items()}
        if row["name"]:
            row["key"] = key_of(row["type"], row["name"], row["version"], row["purl"])
            yield {**row, "licenses": [_stored(text)[:LONGEST] for text in one.licenses]}


def _stored(text: str) -> str:
    """Return `text` as a database can hold it."""
    return text.replace("\x00", "").encode(errors="replace").decode()


def _chunks(items: Iterator[_Item], size: int) -> Iterator[list[_Item]]:
    while chunk := list(islice(items, size)):
        yield chunk

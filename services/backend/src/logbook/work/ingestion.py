"""Ingesting an SBOM: from a document to packages that can be searched."""

import asyncio
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from logbook.database.insertion import insert_into
from logbook.database.models import Content, Package, Sbom
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
    sbom_id: int = task.payload["sbom_id"]
    async with task.step() as session:
        document = await session.scalar(select(Sbom.document).where(Sbom.id == sbom_id))
    if document is not None:
        for rows in _chunks(_rows(read_components(document)), CHUNK):
            async with task.step() as session:
                await _keep(session, sbom_id, {row["key"]: row for row in rows})
            await asyncio.sleep(0)  # a signal or a beat of the heart may be waiting
    async with task.last_step() as session:  # where there is none, another has taken its place
        held = select(func.count()).where(Content.sbom_id == sbom_id).scalar_subquery()
        await _note(session, sbom_id, state="done", components=held, error=None)


async def give_up(session: AsyncSession, payload: Row, error: str) -> None:
    """Say at the SBOM why nothing became of it."""
    await _note(session, payload["sbom_id"], state="failed", error=error)


async def again(session: AsyncSession, payload: Row) -> None:
    """Say at the SBOM that it is waiting once more."""
    await _note(session, payload["sbom_id"], state="waiting", error=None)


async def _note(session: AsyncSession, sbom_id: int, **values: Any) -> None:
    await session.execute(
        update(Sbom)
        .where(Sbom.id == sbom_id)
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

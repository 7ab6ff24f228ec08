"""Images: what the builds of one name tell together."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from logbook.builds import BuildSummary, Verdict
from logbook.database import models
from logbook.paging import Page

HISTORY = 20
"""How many builds of an image are told of."""


class PastBuild(BaseModel):
    """One of the last builds of an image."""

    model_config = ConfigDict(from_attributes=True)

    build_id: int
    built_at: datetime
    size_bytes: int
    duration_seconds: float
    verdict: Verdict | None


class ImageSummary(BaseModel):
    """An image: how many builds it has, the one recorded last, and the last few, oldest first."""

    name: str
    builds: int
    latest: BuildSummary
    history: list[PastBuild]


class ImagePage(Page[ImageSummary]):
    """Some images, by name."""


async def page(session: AsyncSession, limit: int, after: str | None) -> ImagePage:
    """Return at most `limit` images, by name, of those after `after`."""
    build = models.Build
    statement = (
        select(build.image, func.count().label("builds"))
        .group_by(build.image)
        .order_by(build.image)
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(build.image > after)
    counts = {row.image: row.builds for row in await session.execute(statement)}
    return ImagePage.of(await _describe(session, counts), limit, lambda image: image.name)


async def find(session: AsyncSession, name: str) -> ImageSummary | None:
    """Return the image of that name, or nothing where no build of it is recorded."""
    statement = select(func.count()).where(models.Build.image == name)
    if count := await session.scalar(statement):
        return next(iter(await _describe(session, {name: count})), None)
    return None


async def _describe(session: AsyncSession, counts: dict[str, int]) -> list[ImageSummary]:
    histories = await _histories(session, list(counts))
    newest = [history[-1].build_id for history in histories.values()]
    found = await session.scalars(select(models.Build).where(models.Build.id.in_(newest)))
    latest = {build.image: BuildSummary.model_validate(build) for build in found}
    return [
        ImageSummary(name=name, builds=count, latest=latest[name], history=histories[name])
        for name, count in counts.items()
        if name in latest
    ]


async def _histories(session: AsyncSession, names: Sequence[str]) -> dict[str, list[PastBuild]]:
    """Return the last builds of each image, oldest first; the index on (image, id) numbers them."""
    build = models.Build
    age = func.row_number().over(partition_by=build.image, order_by=build.id.desc()).label("age")
    numbered = select(build.id, age).where(build.image.in_(names)).subquery()
    statement = (
        select(
            build.image,
            build.id.label("build_id"),
            build.built_at,
            build.size_bytes,
            build.duration_seconds,
            build.verdict,
        )
        .join(numbered, numbered.c.id == build.id)
        .where(numbered.c.age <= HISTORY)
        .order_by(build.id)
    )
    histories: dict[str, list[PastBuild]] = {}
    for row in await session.execute(statement):
        histories.setdefault(row.image, []).append(PastBuild.model_validate(row))
    return histories

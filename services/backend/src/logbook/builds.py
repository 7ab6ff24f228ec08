"""Builds: what may be recorded, and how it is kept."""

import base64
import math
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from logbook.database import models

MOST_STEPS = 2_000
DEEPEST = 16
"""Levels of lists and objects in a step: enough for any, few enough to be walked safely."""
_BIGGEST_INT = 2**31 - 1
_BIGGEST_BIGINT = 2**63 - 1

Name = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00]*$")]
Count = Annotated[int, Field(ge=0, le=_BIGGEST_INT)]
Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(9999, 1, 1, tzinfo=UTC)),
]


def _storable(step: dict[str, Any]) -> dict[str, Any]:
    """Refuse what JSON in Postgres cannot hold: NUL, half a surrogate pair, NaN, infinity."""
    left: list[tuple[int, Any]] = [(0, step)]
    while left:
        depth, value = left.pop()
        if depth > DEEPEST:
            raise ValueError(f"is nested deeper than {DEEPEST} levels")
        if isinstance(value, dict):
            left += [(depth + 1, part) for pair in value.items() for part in pair]
        elif isinstance(value, list):
            left += [(depth + 1, part) for part in value]
        elif not _is_storable(value):
            raise ValueError("holds a text or a number that JSON cannot carry")
    return step


def _is_storable(value: object) -> bool:
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
    return not isinstance(value, float) or math.isfinite(value)


class NewBuild(BaseModel):
    """A build to be recorded, as the one who built it tells it."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    image: Name
    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    tags: Annotated[list[Name], Field(max_length=64)] = []
    sha: Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]
    short_sha: Annotated[str, Field(pattern=r"^[0-9a-f]{4,64}$")]
    describe: Name
    dirty: bool
    built_at: Moment
    base_policy: Literal["registry", "stand-in"]
    size_bytes: Annotated[int, Field(ge=0, le=_BIGGEST_BIGINT)]
    duration_seconds: Annotated[float, Field(ge=0)]
    cached_steps: Count
    total_steps: Count
    steps: Annotated[
        list[Annotated[dict[str, Any], AfterValidator(_storable)]], Field(max_length=MOST_STEPS)
    ] = []

    @model_validator(mode="after")
    def _no_more_cached_than_all(self) -> Self:
        if self.cached_steps > self.total_steps:
            raise ValueError("cached_steps is more than total_steps")
        return self


class BuildSummary(BaseModel):
    """A recorded build without its steps, as lists show it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    image: str
    digest: str
    tags: list[str]
    sha: str
    short_sha: str
    describe: str
    dirty: bool
    built_at: datetime
    base_policy: str
    size_bytes: int
    duration_seconds: float
    cached_steps: int
    total_steps: int
    recorded_at: datetime


class Build(BuildSummary):
    """A recorded build with its steps."""

    steps: list[dict[str, Any]]


class BuildPage(BaseModel):
    """Some builds, newest first; `next` is the cursor of the page after, or nothing at the end."""

    items: list[BuildSummary]
    next: str | None


def to_cursor(build_id: int) -> str:
    """Return the cursor of the builds that were recorded before `build_id`."""
    return base64.urlsafe_b64encode(str(build_id).encode()).decode().rstrip("=")


def from_cursor(cursor: str) -> int:
    """Read what `to_cursor` gave; raises `ValueError` for anything else."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        digits = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except ValueError:
        raise ValueError("is no cursor of this list") from None
    if not digits.isdigit() or not 0 < int(digits[:20]) <= _BIGGEST_BIGINT or len(digits) > 19:
        raise ValueError("is no cursor of this list")
    return int(digits)


async def record(session: AsyncSession, new: NewBuild) -> tuple[models.Build, bool]:
    """Keep `new` and tell whether it is new; the first record of an image's digest stands."""
    build = models.Build
    async with session.begin():
        statement = (
            insert(build)
            .values(**new.model_dump())
            .on_conflict_do_nothing(index_elements=[build.image, build.digest])
            .returning(build)
        )
        if made := await session.scalar(statement):
            return made, True
        same = select(build).where(build.image == new.image, build.digest == new.digest)
        return (await session.scalars(same)).one(), False


async def page(session: AsyncSession, limit: int, before: int | None) -> BuildPage:
    """Return at most `limit` builds, newest first, of those recorded before the build `before`."""
    statement = select(models.Build).order_by(models.Build.id.desc()).limit(limit + 1)
    if before is not None:
        statement = statement.where(models.Build.id < before)
    found = list(await session.scalars(statement))
    items = [BuildSummary.model_validate(build) for build in found[:limit]]
    return BuildPage(items=items, next=to_cursor(items[-1].id) if len(found) > limit else None)


async def find(session: AsyncSession, build_id: int) -> models.Build | None:
    """Return the build of that number, or nothing."""
    return await session.get(models.Build, build_id)

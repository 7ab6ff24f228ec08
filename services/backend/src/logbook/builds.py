"""Builds: what may be recorded, and how it is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from logbook.database import models
from logbook.database.insertion import insert_into
from logbook.fields import Bytes, Count, Digest, Document, Moment, Name, Seconds, Sha, YesOrNo
from logbook.paging import Page, Paging

MOST_STEPS = 2_000
LONGEST_SHA = 64

Verdict = Literal["kept", "broken"]
ShaPrefix = Annotated[
    str, Field(pattern=r"^[0-9a-f]{7,64}$", description="The commit, or its first digits")
]


class NewBuild(BaseModel):
    """A build to be recorded, as the one who built it tells it."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    image: Name
    digest: Digest
    tags: Annotated[list[Name], Field(max_length=64)] = []
    sha: Sha
    short_sha: Annotated[str, Field(pattern=r"^[0-9a-f]{4,64}$")]
    describe: Name
    dirty: YesOrNo
    built_at: Moment
    base_policy: Literal["registry", "stand-in"]
    size_bytes: Bytes
    duration_seconds: Seconds
    cached_steps: Count
    total_steps: Count
    steps: Annotated[list[Document], Field(max_length=MOST_STEPS)] = []

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
    verdict: Verdict | None
    """Of the trial of this image and digest that began last; nothing before the first."""
    components: int | None
    """How many its SBOM lists; nothing before that is read."""


class SbomState(BaseModel):
    """What became of the SBOM of a build."""

    model_config = ConfigDict(from_attributes=True)

    state: Literal["none", "waiting", "done", "failed"] = "none"
    components: int | None = None
    error: str | None = None


class Build(BuildSummary):
    """A recorded build with its steps."""

    steps: list[dict[str, Any]]
    sbom: SbomState


class BuildPage(Page[BuildSummary]):
    """Some builds, the one recorded last first."""


@dataclass(frozen=True, slots=True)
class BuildFilter:
    """Which builds are asked for; what is nothing does not count."""

    image: Name | None = None
    digest: Digest | None = None
    sha: ShaPrefix | None = None
    verdict: Verdict | None = None

    def narrow(self, statement: Select[models.Build]) -> Select[models.Build]:
        """Return `statement` with what is asked for."""
        build = models.Build
        if self.image is not None:
            statement = statement.where(build.image == self.image)
        if self.digest is not None:
            statement = statement.where(build.digest == self.digest)
        if self.sha is not None:  # a range, not LIKE: any index serves it, in every collation
            last = self.sha.ljust(LONGEST_SHA, "f")
            statement = statement.where(build.sha.between(self.sha, last))
        if self.verdict is not None:
            statement = statement.where(build.verdict == self.verdict)
        return statement


async def record(session: AsyncSession, new: NewBuild) -> tuple[Build, bool]:
    """Keep `new` and tell whether it is new; the first record of an image's digest stands."""
    build = models.Build
    async with session.begin():
        made = await session.scalar(
            insert_into(session, build)
            .values(**dict(new))
            .on_conflict_do_nothing(index_elements=[build.image, build.digest])
            .returning(build.id)
        )
        found = await _load(session, build.image == new.image, build.digest == new.digest)
    assert found is not None  # noqa: S101 - for the type; this transaction has just seen it
    return found, made is not None


async def page(session: AsyncSession, wanted: BuildFilter, paging: Paging) -> BuildPage:
    """Return a page of the builds that are wanted, newest first."""
    statement = paging.newest_first(select(models.Build), models.Build.id)
    found = await session.scalars(wanted.narrow(statement))
    items = [BuildSummary.model_validate(build) for build in found]
    return BuildPage.of(items, paging.limit, lambda build: build.id)


async def find(session: AsyncSession, build_id: int) -> Build | None:
    """Return the build of that number, or nothing."""
    return await _load(session, models.Build.id == build_id)


async def _load(session: AsyncSession, *conditions: ColumnElement[bool]) -> Build | None:
    build, sbom = models.Build, models.Sbom
    statement = (
        select(build, sbom.state, sbom.error)
        .options(undefer(build.steps))
        .outerjoin(sbom, sbom.build_id == build.id)
        .where(*conditions)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return None
    found, state, error = row
    return Build(
        **BuildSummary.model_validate(found).model_dump(),
        steps=found.steps,
        sbom=SbomState(state=state or "none", components=found.components, error=error),
    )

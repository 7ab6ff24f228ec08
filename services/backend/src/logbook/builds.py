"""Builds: what may be recorded, and how it is kept."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import ColumnElement, Connection, Executable, Row, Select, bindparam, func, select

from logbook import rows
from logbook.database import models
from logbook.database.insertion import insert_by
from logbook.database.models.base import Id
from logbook.fields import Bytes, Count, Digest, EachStorable, Moment, Name, Seconds, Sha, YesOrNo
from logbook.paging import Page, Paging
from logbook.rows import Shown

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
    steps: Annotated[list[dict[str, Any]], Field(max_length=MOST_STEPS), EachStorable] = []

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

    def parameters(self) -> dict[str, object]:
        """Return what is asked for, under the names of `_CONDITIONS`."""
        asked = {name: getattr(self, name) for name in _CONDITIONS}
        asked = {name: value for name, value in asked.items() if value is not None}
        if self.sha is not None:
            asked["last_sha"] = self.sha.ljust(LONGEST_SHA, "f")
        return asked


_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "image": models.Build.image == bindparam("image"),
    "digest": models.Build.digest == bindparam("digest"),
    # A range, not LIKE: any index serves it, in every collation.
    "sha": models.Build.sha.between(bindparam("sha"), bindparam("last_sha")),
    "verdict": models.Build.verdict == bindparam("verdict"),
}


def record(connection: Connection, new: NewBuild) -> tuple[Shown, bool]:
    """Keep `new` and tell whether it is new; the first record of an image's digest stands.

    What is returned has the fields of `Build`.
    """
    place = {"of_image": new.image, "of_digest": new.digest}
    insertion = _insertion(connection.dialect.name)
    while True:
        if row := connection.execute(insertion, {**dict(new), **place}).one_or_none():
            made = {**dict(new), **row._asdict(), "components": None, "sbom": _NO_SBOM}
            return rows.ordered(Build, made), True
        # Else it may have been deleted between the two statements.
        if row := connection.execute(_OF_DIGEST, place).one_or_none():
            return _shown(row), False


def page(connection: Connection, wanted: BuildFilter, paging: Paging) -> bytes:
    """Return a page of the builds that are wanted, newest first: a `BuildPage` as JSON."""
    asked = wanted.parameters()
    statement = _page(frozenset(asked), is_first=paging.last is None)
    found = connection.execute(statement, {**asked, **rows.page_parameters(paging)})
    return rows.page(found.all(), paging)


def find(connection: Connection, build_id: int) -> Shown | None:
    """Return the build of that number with the fields of `Build`, or nothing."""
    row = connection.execute(_OF_NUMBER, {"number": build_id}).one_or_none()
    return None if row is None else _shown(row)


def _shown(row: Row[*tuple[Any, ...]]) -> Shown:
    build: Shown = row._asdict()
    state, error = build.pop("state"), build.pop("error")
    sbom = {"state": state or "none", "components": build["components"], "error": error}
    return {**build, "sbom": sbom}


_NO_SBOM: Shown = SbomState().model_dump()
_one = (
    select(
        *rows.shown(BuildSummary, models.Build),
        models.Build.steps,
        func.coalesce(models.SbomUpdate.state, models.Sbom.state).label("state"),
        func.coalesce(models.SbomUpdate.error, models.Sbom.error).label("error"),
    )
    .select_from(models.Build)
    .outerjoin(models.Sbom, models.Sbom.build_id == models.Build.id)
    .outerjoin(models.SbomUpdate, models.SbomUpdate.build_id == models.Build.id)
)
_OF_NUMBER = _one.where(models.Build.id == bindparam("number", type_=Id))
_OF_DIGEST = _one.where(
    models.Build.image == bindparam("of_image"), models.Build.digest == bindparam("of_digest")
)


@cache
def _page(asked: frozenset[str], *, is_first: bool) -> Select[Any]:
    conditions = [condition for name, condition in _CONDITIONS.items() if name in asked]
    statement = select(*rows.shown(BuildSummary, models.Build)).where(*conditions)
    return rows.newest_first(statement, models.Build.id, is_first=is_first)


@cache
def _insertion(dialect: str) -> Executable:
    """Insert a build and return what is not known before; an SBOM is none of that."""
    build, trial = models.Build, models.Trial
    # Not correlated with the row that is inserted: no INSERT ... RETURNING can say that.
    verdict = select(trial.verdict).where(
        trial.image == bindparam("of_image"), trial.digest == bindparam("of_digest")
    )
    newest = verdict.order_by(trial.started_at.desc(), trial.id.desc()).limit(1)
    return (
        insert_by(dialect, build)
        .values({name: bindparam(name) for name in NewBuild.model_fields})
        .on_conflict_do_nothing(index_elements=[build.image, build.digest])
        .returning(
            build.id,
            build.built_at,
            build.recorded_at,
            newest.scalar_subquery().label("verdict"),
        )
    )

"""Trials: what may be recorded, and how it is kept."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Connection, Executable, Select, and_, bindparam, select

from logbook import rows
from logbook.builds import Verdict
from logbook.database import models
from logbook.database.insertion import insert_by
from logbook.database.models.base import Id
from logbook.fields import Count, Digest, Document, Moment, Name, Number, Seconds, Word, YesOrNo
from logbook.paging import Page, Paging
from logbook.rows import Shown


class NewTrial(BaseModel):
    """A trial to be recorded, as the one who made it tells it."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    run: Word
    image: Name
    digest: Digest
    verdict: Verdict
    started_at: Moment
    duration_seconds: Seconds
    passed: Count
    failed: Count
    skipped: Count
    strict: YesOrNo
    report: Document
    observation: Document | None = None


class TrialSummary(BaseModel):
    """A recorded trial without its report, as lists show it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    run: str
    build_id: int | None
    """The build of this image and digest; nothing where none is recorded."""
    image: str
    digest: str
    verdict: Verdict
    started_at: datetime
    duration_seconds: float
    passed: int
    failed: int
    skipped: int
    strict: bool
    recorded_at: datetime


class Trial(TrialSummary):
    """A recorded trial with its report."""

    report: dict[str, Any]


class TrialPage(Page[TrialSummary]):
    """Some trials, the one recorded last first."""


@dataclass(frozen=True, slots=True)
class TrialFilter:
    """Which trials are asked for; what is nothing does not count."""

    image: Name | None = None
    digest: Digest | None = None
    build: Number | None = None
    verdict: Verdict | None = None

    def parameters(self) -> dict[str, object]:
        """Return what is asked for, under the names of `_CONDITIONS`."""
        asked = {name: getattr(self, name) for name in _CONDITIONS}
        return {name: value for name, value in asked.items() if value is not None}


_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "image": models.Trial.image == bindparam("image"),
    "digest": models.Trial.digest == bindparam("digest"),
    "build": models.Build.id == bindparam("build", type_=Id),
    "verdict": models.Trial.verdict == bindparam("verdict"),
}


def record(connection: Connection, new: NewTrial) -> tuple[Shown, bool]:
    """Keep `new` and tell whether it is new; the first record of a run stands.

    What is returned has the fields of `Trial`.
    """
    place = {"of_image": new.image, "of_digest": new.digest}
    insertion = _insertion(connection.dialect.name)
    while True:
        if row := connection.execute(insertion, {**dict(new), **place}).one_or_none():
            return rows.ordered(Trial, {**dict(new), **row._asdict()}), True
        # Else it may have been deleted between the two statements.
        if trial := find(connection, new.run):
            return trial, False


def page(connection: Connection, wanted: TrialFilter, paging: Paging) -> bytes:
    """Return a page of the trials that are wanted, newest first: a `TrialPage` as JSON."""
    asked = wanted.parameters()
    statement = _page(frozenset(asked), is_first=paging.last is None)
    found = connection.execute(statement, {**asked, **rows.page_parameters(paging)})
    return rows.page(found.all(), paging)


def find(connection: Connection, run: str) -> Shown | None:
    """Return the trial of that run with the fields of `Trial`, or nothing."""
    row = connection.execute(_OF_RUN, {"run": run}).one_or_none()
    return None if row is None else row._asdict()


def find_observation(connection: Connection, run: str) -> dict[str, Any] | None:
    """Return what was observed in that run, or nothing."""
    observation: dict[str, Any] | None = connection.scalar(_OBSERVATION, {"run": run})
    return observation


_is_run = models.Trial.run == bindparam("run")
_OF_RUN = select(*rows.shown(Trial, models.Trial)).where(_is_run)
_OBSERVATION = select(models.Trial.observation).where(_is_run)


@cache
def _page(asked: frozenset[str], *, is_first: bool) -> Select[Any]:
    build, trial = models.Build, models.Trial
    statement = select(*rows.shown(TrialSummary, trial))
    if "build" in asked:
        same = and_(build.image == trial.image, build.digest == trial.digest)
        statement = statement.join(build, same)
    conditions = [condition for name, condition in _CONDITIONS.items() if name in asked]
    return rows.newest_first(statement.where(*conditions), trial.id, is_first=is_first)


@cache
def _insertion(dialect: str) -> Executable:
    """Insert a trial and return what is not known before."""
    build, trial = models.Build, models.Trial
    # Not correlated with the row that is inserted: no INSERT ... RETURNING can say that.
    build_id = select(build.id).where(
        build.image == bindparam("of_image"), build.digest == bindparam("of_digest")
    )
    return (
        insert_by(dialect, trial)
        .values({name: bindparam(name) for name in NewTrial.model_fields})
        .on_conflict_do_nothing(index_elements=[trial.run])
        .returning(
            trial.id,
            trial.started_at,
            trial.recorded_at,
            build_id.scalar_subquery().label("build_id"),
        )
    )

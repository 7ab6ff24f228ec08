"""Trials: what may be recorded, and how it is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, undefer

from logbook.builds import Verdict
from logbook.database import models
from logbook.database.insertion import insert_into
from logbook.fields import Count, Digest, Document, Moment, Name, Number, Seconds, Word, YesOrNo
from logbook.paging import Page, Paging


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

    def narrow(self, statement: Select[models.Trial]) -> Select[models.Trial]:
        """Return `statement` with what is asked for."""
        build, trial = models.Build, models.Trial
        if self.image is not None:
            statement = statement.where(trial.image == self.image)
        if self.digest is not None:
            statement = statement.where(trial.digest == self.digest)
        if self.build is not None:
            same = and_(build.image == trial.image, build.digest == trial.digest)
            statement = statement.join(build, same).where(build.id == self.build)
        if self.verdict is not None:
            statement = statement.where(trial.verdict == self.verdict)
        return statement


async def record(session: AsyncSession, new: NewTrial) -> tuple[Trial, bool]:
    """Keep `new` and tell whether it is new; the first record of a run stands."""
    trial = models.Trial
    async with session.begin():
        made = await session.scalar(
            insert_into(session, trial)
            .values(**dict(new))
            .on_conflict_do_nothing(index_elements=[trial.run])
            .returning(trial.id)
        )
        found = await find(session, new.run)
    assert found is not None  # noqa: S101 - for the type; this transaction has just seen it
    return found, made is not None


async def page(session: AsyncSession, wanted: TrialFilter, paging: Paging) -> TrialPage:
    """Return a page of the trials that are wanted, newest first."""
    statement = paging.newest_first(select(models.Trial), models.Trial.id)
    found = await session.scalars(wanted.narrow(statement))
    items = [TrialSummary.model_validate(trial) for trial in found]
    return TrialPage.of(items, paging.limit, lambda trial: trial.id)


async def find(session: AsyncSession, run: str) -> Trial | None:
    """Return the trial of that run, or nothing."""
    trial = await session.scalar(
        select(models.Trial).options(undefer(models.Trial.report)).where(models.Trial.run == run)
    )
    return None if trial is None else Trial.model_validate(trial)


async def find_observation(session: AsyncSession, run: str) -> dict[str, Any] | None:
    """Return what was observed in that run, or nothing."""
    observation: InstrumentedAttribute[dict[str, Any] | None] = models.Trial.observation
    return await session.scalar(select(observation).where(models.Trial.run == run))

"""Jobs as the API shows them: what is left to do, what is done, and what nobody could do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from logbook.database import models
from logbook.database.clock import In
from logbook.fields import Word
from logbook.paging import Page, Paging
from logbook.work.outbox import wake

State = Literal["waiting", "running", "done", "dead"]


class Job(BaseModel):
    """One thing that the workers do, did, or could not do."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: str
    payload: dict[str, Any]
    state: State
    attempts: int
    error: str | None
    """Of the last attempt that failed; nothing once it is done."""
    environment: str | None
    generation: int
    """The deployment whose workers do it; 0 is anybody's."""
    worker: str | None
    """Who took it up last."""
    created_at: datetime
    due_at: datetime
    """Before this it is not taken up."""
    started_at: datetime | None
    finished_at: datetime | None


class JobPage(Page[Job]):
    """Some jobs, the newest first."""


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs are asked for; what is nothing does not count."""

    state: State | None = None
    kind: Word | None = None

    def narrow(self, statement: Select[models.Job]) -> Select[models.Job]:
        """Return `statement` with what is asked for."""
        if self.state is not None:
            statement = statement.where(models.Job.state == self.state)
        if self.kind is not None:
            statement = statement.where(models.Job.kind == self.kind)
        return statement


async def page(session: AsyncSession, wanted: JobFilter, paging: Paging) -> JobPage:
    """Return a page of the jobs that are wanted, newest first."""
    statement = paging.newest_first(select(models.Job), models.Job.id)
    found = await session.scalars(wanted.narrow(statement))
    jobs = [Job.model_validate(job) for job in found]
    return JobPage.of(jobs, paging.limit, lambda job: job.id)


async def retry(session: AsyncSession, number: int) -> tuple[Job | None, bool]:
    """Let a dead job wait for a worker again, with all its attempts, and tell whether it was dead.

    Returns the job as it is then, or nothing where there is none of that number.
    """
    from logbook.work.kinds import kinds_of  # noqa: PLC0415 - reading SBOMs comes with it

    job = models.Job
    again = {"state": "waiting", "attempts": 0, "due_at": In(), "error": None, "finished_at": None}
    async with session.begin():
        revived = await session.scalar(
            update(job).where(job.id == number, job.state == "dead").values(**again).returning(job)
        )
        if revived is not None:
            shown = Job.model_validate(revived)  # as it is now: soon somebody takes it up
            if kind := kinds_of(0).get(revived.kind):
                await kind.again(session, revived.payload)
            await wake(session)
            return shown, True
    found = await session.get(job, number)
    return (None if found is None else Job.model_validate(found)), False

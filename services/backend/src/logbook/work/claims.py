"""Claiming jobs, keeping them, and giving them up: each a statement of its own.

Who claims a job gets a token, and a lease that is over unless it is prolonged. Every later
statement names the token. So of two workers that take themselves for the owner of a job (one was
thought dead), only the later can still write anything.
"""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from logbook.database.clock import In
from logbook.database.models import Job
from logbook.generation import Generation
from logbook.work.generations import may_claim

VANISHED = "its worker vanished in the middle of it, {attempts} times"
LONGEST_ERROR = 2_000


class ClaimLostError(Exception):
    """The job is somebody else's by now: nothing of it may be written any more."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that is ours until the lease is over. `attempts` counts this one."""

    job: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    token: str


async def claim(
    engine: AsyncEngine, worker: str, generation: Generation, lease_seconds: float
) -> Claim | None:
    """Take a job whose worker vanished, or the one that is due longest; nothing where none is.

    Jobs that others are just claiming are passed over, so nobody waits for anybody.
    """
    abandoned = and_(Job.state == "running", Job.leased_until < In())
    due = and_(Job.state == "waiting", Job.due_at <= In())
    token = secrets.token_hex(16)
    async with engine.begin() as connection:
        # One after the other: each alone is read off the index, few rows or one.
        for condition in (abandoned, due):
            first = (
                select(Job.id)
                .where(condition, may_claim(generation))
                .order_by(Job.due_at, Job.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            statement = (
                update(Job)
                .where(Job.id == first.scalar_subquery())
                .values(
                    state="running",
                    claim=token,
                    worker=worker,
                    attempts=Job.attempts + 1,
                    leased_until=In(lease_seconds),
                    started_at=In(),
                )
                .returning(Job.id, Job.kind, Job.payload, Job.attempts)
            )
            if row := (await connection.execute(statement)).one_or_none():
                return Claim(row.id, row.kind, row.payload, row.attempts, token)
    return None


@asynccontextmanager
async def holding(
    engine: AsyncEngine, claim: Claim, lease_seconds: float
) -> AsyncIterator[AsyncSession]:
    """Open a transaction that can only be committed by the job's owner, and prolong the lease.

    The job's row is locked to its end: nobody can take the job over in between. Raises
    `ClaimLostError` where somebody has.
    """
    async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
        await _write(session, claim, leased_until=In(lease_seconds))
        yield session


async def finish(session: AsyncSession, claim: Claim) -> None:
    """Note in the caller's transaction that the job is done; raises `ClaimLostError`."""
    await _write(session, claim, state="done", finished_at=In(), error=None, **_NOBODYS)


async def retry_later(session: AsyncSession, claim: Claim, error: str, wait_seconds: float) -> None:
    """Let the job wait for its next attempt; raises `ClaimLostError`."""
    due = In(wait_seconds)
    await _write(session, claim, state="waiting", due_at=due, error=_kept(error), **_NOBODYS)


async def give_back(session: AsyncSession, claim: Claim) -> None:
    """Let somebody else have the job at once, as if it had never been claimed."""
    attempts = claim.attempts - 1
    await _write(session, claim, state="waiting", due_at=In(), attempts=attempts, **_NOBODYS)


async def bury(session: AsyncSession, claim: Claim, error: str) -> None:
    """Give the job up: somebody has to look at it; raises `ClaimLostError`."""
    await _write(session, claim, state="dead", finished_at=In(), error=_kept(error), **_NOBODYS)


_NOBODYS: dict[str, None] = {"claim": None, "leased_until": None}


def _kept(error: str) -> str:
    return error.replace("\x00", "")[:LONGEST_ERROR]


async def _write(session: AsyncSession, held: Claim, /, **values: Any) -> None:
    statement = (
        update(Job)
        .where(Job.id == held.job, Job.claim == held.token, Job.state == "running")
        .values(**values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    if await session.scalar(statement) is None:
        raise ClaimLostError(f"job {held.job}")

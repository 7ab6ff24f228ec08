"""A claimed job as the one sees it who does it, and what kinds of jobs there are."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from logbook.work import claims


class HopelessError(Exception):
    """No further attempt can go better; the text tells somebody why."""


class Task:
    """One attempt at a job.

    What is written in its steps is written by the job's owner or not at all. A job may be begun
    again at any time, so each step must bear to be done twice; the last one is done once.
    """

    def __init__(self, engine: AsyncEngine, claim: claims.Claim, lease_seconds: float) -> None:
        self._engine = engine
        self._lease_seconds = lease_seconds
        self.claim = claim
        self.is_finished = False

    @property
    def payload(self) -> dict[str, Any]:
        """What whoever left the job said about it."""
        return self.claim.payload

    def step(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Open a transaction; raises `ClaimLostError` where the job is somebody else's by now."""
        return claims.holding(self._engine, self.claim, self._lease_seconds)

    @asynccontextmanager
    async def last_step(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that also says that the job is done: both are there, or neither."""
        async with self.step() as session:
            yield session
            await claims.finish(session, self.claim)
        self.is_finished = True


Work = Callable[[Task], Awaitable[None]]
GiveUp = Callable[[AsyncSession, dict[str, Any], str], Awaitable[None]]
Again = Callable[[AsyncSession, dict[str, Any]], Awaitable[None]]


async def _nothing(*_: object) -> None:
    pass


class Kind(NamedTuple):
    """How a kind of job is done, and what is noted beside it.

    `give_up` notes something in the transaction that buries a job, `again` in the one that revives
    it.
    """

    work: Work
    give_up: GiveUp = _nothing
    again: Again = _nothing

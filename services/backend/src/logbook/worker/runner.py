"""The worker: takes up jobs one after the other until it is told to stop."""

import asyncio
import logging
import os
import random
import socket
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from logbook.database.connection import is_unmigrated
from logbook.settings import WorkerSettings
from logbook.work import claims
from logbook.work.claims import Claim, ClaimLostError
from logbook.work.outbox import enqueue
from logbook.work.task import HopelessError, Kind, Task
from logbook.worker.bell import Bell

SQLITE_POLL_SECONDS = 1.0
ANSWER_SECONDS = 10.0
"""How long the database may take for what is not a job's own."""

_Result = TypeVar("_Result")

_log = logging.getLogger(__name__)
_random = random.SystemRandom()


def wait_before(attempt: int, settings: WorkerSettings) -> float:
    """Return the seconds before the attempt after `attempt` (1, 2, …).

    Twice as long each time, with as much chance in it as sense, so that what failed together does
    not come back together.
    """
    longest = settings.longest_wait_seconds
    return min(settings.first_wait_seconds * 2.0 ** (attempt - 1), longest) * _random.uniform(
        0.5, 1
    )


class Runner:
    """One worker, which does one job at a time."""

    def __init__(
        self, engine: AsyncEngine, settings: WorkerSettings, kinds: Mapping[str, Kind]
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._kinds = kinds
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._bell = Bell(engine)
        self._stop = asyncio.Event()
        self._day = ""
        self._last_reason = ""
        is_file = engine.dialect.name == "sqlite"
        self._poll_seconds = SQLITE_POLL_SECONDS if is_file else settings.poll_seconds

    def stop(self) -> None:
        """Take up no more jobs; the one under way has `drain_seconds`."""
        self._stop.set()
        self._bell.ring()

    async def run(self) -> None:
        """Work until stopped."""
        listening = asyncio.create_task(self._bell.listen())
        while not self._stop.is_set():
            job = await self._attempt(self._next)
            if job is not None:
                await self._do(job)
            elif not self._stop.is_set():
                await self._bell.wait(self._poll_seconds)
        listening.cancel()
        await asyncio.wait([listening])

    async def _next(self) -> Claim | None:
        await self._plan()
        generation, lease = self._settings.generation, self._settings.lease_seconds
        return await claims.claim(self._engine, self._name, generation, lease)

    async def _plan(self) -> None:
        """Leave today's pruning, once among all workers."""
        today = datetime.now(UTC).date().isoformat()
        if today != self._day:
            # Anybody's: who leaves it may be of a generation that is not deployed yet.
            async with AsyncSession(self._engine) as session, session.begin():
                await enqueue(session, "prune", {}, key=f"prune {today}")
            self._day = today

    async def _do(self, job: Claim) -> None:
        if job.attempts > self._settings.max_attempts:
            vanished = claims.VANISHED.format(attempts=job.attempts - 1)
            await self._attempt(lambda: self._bury(job, vanished))
            return
        task = Task(self._engine, job, self._settings.lease_seconds)
        working = asyncio.create_task(self._work(task))
        keeping = asyncio.create_task(self._keep(job))
        draining = asyncio.create_task(self._drain())
        await asyncio.wait({working, keeping, draining}, return_when=asyncio.FIRST_COMPLETED)
        is_lost, is_late = keeping.done(), draining.done()
        for other in (keeping, draining):
            other.cancel()
        if is_lost:  # or it has just been finished, and hears of it in a moment
            await asyncio.wait({working}, timeout=1)
        if not working.done():
            working.cancel()
            await asyncio.wait({working})
        if is_late and working.cancelled() and not task.is_finished:
            await self._attempt(lambda: self._write(job, claims.give_back))
            _log.warning("job %s (%s) is given back: no time is left", job.job, job.kind)
            return
        await self._settle(task, working)

    async def _work(self, task: Task) -> None:
        kind = self._kinds.get(task.claim.kind)
        if kind is None:
            raise LookupError(f"this release knows no jobs of the kind {task.claim.kind}")
        await kind.work(task)
        if not task.is_finished:
            async with task.last_step():
                pass

    async def _keep(self, job: Claim) -> None:
        """Prolong the lease; return when the job is lost."""
        while True:
            await asyncio.sleep(self._settings.lease_seconds / 3)
            try:
                async with claims.holding(self._engine, job, self._settings.lease_seconds):
                    pass
            except ClaimLostError:
                return
            except Exception as error:  # noqa: BLE001 - the next time may go better
                _log.debug("the lease of job %s is not prolonged: %s", job.job, error)

    async def _drain(self) -> None:
        await self._stop.wait()
        await asyncio.sleep(self._settings.drain_seconds)

    async def _settle(self, task: Task, working: "asyncio.Task[None]") -> None:
        """Write down how the attempt went, where the attempt has not done so itself."""
        job = task.claim
        error = None if working.cancelled() else working.exception()
        if task.is_finished:
            _log.info("job %s (%s) is done", job.job, job.kind)
        elif error is None or isinstance(error, ClaimLostError):
            _log.warning("job %s (%s) is somebody else's by now", job.job, job.kind)
        elif isinstance(error, HopelessError):
            await self._attempt(lambda: self._bury(job, str(error)))
        elif job.attempts >= self._settings.max_attempts:
            await self._attempt(lambda: self._bury(job, _told(error)))
        else:
            await self._attempt(lambda: self._retry(job, error))

    async def _retry(self, job: Claim, error: BaseException) -> None:
        seconds = wait_before(job.attempts, self._settings)
        _log.warning(
            "job %s (%s) failed, attempt %s of %s, the next in %.0f s: %s",
            *(job.job, job.kind, job.attempts, self._settings.max_attempts, seconds, _told(error)),
        )
        await self._write(job, claims.retry_later, _told(error), seconds)

    async def _bury(self, job: Claim, error: str) -> None:
        kind = self._kinds.get(job.kind)
        async with claims.holding(self._engine, job, self._settings.lease_seconds) as session:
            if kind is not None:
                await kind.give_up(session, job.payload, error)
            await claims.bury(session, job, error)
        _log.error("job %s (%s) is given up: %s", job.job, job.kind, error)

    async def _write(
        self, job: Claim, write: Callable[..., Coroutine[Any, Any, None]], *more: object
    ) -> None:
        async with AsyncSession(self._engine) as session, session.begin():
            await write(session, job, *more)

    async def _attempt(self, action: Callable[[], Coroutine[Any, Any, _Result]]) -> _Result | None:
        """Do what needs the database; where that fails, say so once and go on with nothing."""
        try:
            # Who hangs on a network that swallows everything could not be stopped.
            async with asyncio.timeout(ANSWER_SECONDS):
                result = await action()
        except ClaimLostError as error:
            _log.warning("%s is somebody else's by now", error)
            return None
        except Exception as error:  # noqa: BLE001 - a worker outlives whatever its database does
            self._say(error)
            return None
        self._last_reason = ""
        return result

    def _say(self, error: Exception) -> None:
        is_early = is_unmigrated(error)  # whoever migrates may have begun when we did
        reason = "the database is not migrated yet" if is_early else _told(error)
        if reason != self._last_reason:  # once a reason, not once an attempt
            level = logging.INFO if is_early else logging.WARNING
            _log.log(level, "cannot work now, trying on: %s", reason)
            self._last_reason = reason


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"

"""Migrating while the API already answers: the database may come later than we do."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing, suppress

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from logbook.database.connection import is_away
from logbook.database.migration import upgrade

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0

_log = logging.getLogger(__name__)


class Migrator:
    """Tries until the database answers, then migrates once.

    A migration that fails will fail again, so `end` is called and no further attempt is made.
    `engine` is its own, and closed afterwards: a migration may take longer than a request.
    """

    def __init__(self, engine: AsyncEngine, end: Callable[[], None]) -> None:
        self._engine = engine
        self._end = end
        self._last_reason = ""
        self._hurried = asyncio.Event()

    def hurry(self) -> None:
        """End the pause between two attempts: somebody has just reached the database."""
        self._hurried.set()

    async def run(self) -> None:
        """Return when the database is migrated, or when that has failed for good."""
        try:
            await self._try_on()
        finally:
            await self._engine.dispose()

    async def _try_on(self) -> None:
        wait = FIRST_WAIT_SECONDS
        while not await self._attempt():
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._hurried.wait()
            self._hurried.clear()
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    async def _attempt(self) -> bool:
        """Tell whether this is over, well or badly."""
        connection = await self._connect()
        if connection is None:
            return False
        try:
            async with aclosing(connection):
                await upgrade(connection)
        except Exception as error:  # noqa: BLE001 - migrations are code: anything can come out
            return self._judge(error)
        _log.info("the database is migrated")
        return True

    async def _connect(self) -> AsyncConnection | None:
        try:
            return await self._engine.connect()
        except Exception as error:  # noqa: BLE001 - whatever stops a connection may pass
            self._say_away(error)
            return None

    def _judge(self, error: Exception) -> bool:
        if is_away(error):
            self._say_away(error)
            return False
        _log.error("the migration failed, ending", exc_info=error)
        self._end()
        return True

    def _say_away(self, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"
        if reason != self._last_reason:  # once a reason, not once an attempt
            _log.warning("the database cannot be reached, trying on: %s", reason)
            self._last_reason = reason

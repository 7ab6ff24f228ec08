"""The bell: Postgres rings it when a job has come, so that nobody need look all the time."""

import asyncio
import logging

from sqlalchemy.ext.asyncio import AsyncEngine

from logbook.work.outbox import CHANNEL

AGAIN_SECONDS = 5.0

_log = logging.getLogger(__name__)


class Bell:
    """Listens on a connection of its own, and on another one when that is lost.

    What it does not hear, a look at the clock finds; so no failure of it matters much.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._rung = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Return when it has rung since the last time, or after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return
        self._rung.clear()

    def ring(self) -> None:
        """End the wait."""
        self._rung.set()

    async def listen(self) -> None:
        """Listen until cancelled."""
        while self._engine.dialect.name == "postgresql":
            try:
                await self._listen_once()
            except Exception as error:  # noqa: BLE001 - whatever stops a connection may pass
                _log.debug("the bell is not heard: %s: %s", type(error).__name__, error)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _listen_once(self) -> None:
        lost = asyncio.Event()
        async with self._engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None  # noqa: S101 - for the type: it is connected
            try:
                await driver.add_listener(CHANNEL, lambda *_: self.ring())
                driver.add_termination_listener(lambda *_: lost.set())
                self.ring()  # something may have come before
                await lost.wait()
            finally:
                await connection.invalidate()  # it listens: of no use to anybody else

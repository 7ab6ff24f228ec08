"""The worker as a process: its signals, its connections, its heartbeat."""

import asyncio
from contextlib import suppress

from logbook.database.connection import CLOSE_SECONDS, connect_lazily
from logbook.settings import WorkerSettings
from logbook.signals import STOP_SIGNALS
from logbook.work.kinds import kinds_of
from logbook.worker import heartbeat
from logbook.worker.runner import Runner


async def work_until_stopped(settings: WorkerSettings) -> None:
    """Work until a stop signal comes and what is under way is done or given back."""
    engine = connect_lazily(settings.database)
    runner = Runner(engine, settings, kinds_of(settings.retention_days))
    for number in STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, runner.stop)
    path = heartbeat.heartbeat_file()
    heartbeat.beat(path)
    beating = asyncio.create_task(_beat())
    try:
        await runner.run()
    finally:
        beating.cancel()
        path.unlink(missing_ok=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await engine.dispose()


async def _beat() -> None:
    """Beat in the loop that does the work: where that is stuck, the heart stands still."""
    while True:
        await asyncio.sleep(heartbeat.BEAT_SECONDS)
        heartbeat.beat(heartbeat.heartbeat_file())

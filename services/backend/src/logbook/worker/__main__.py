"""`python -m logbook.worker` works; `python -m logbook.worker --healthy` asks whether it does."""

import sys
from typing import TYPE_CHECKING

from logbook.signals import leave, on_stop
from logbook.worker import healthy

if TYPE_CHECKING:
    from logbook.settings import WorkerSettings

on_stop(leave)  # before the slow imports: a stop signal that comes during them must not be lost


def main() -> int:
    """Run what the command line asks for and return the exit code; 2 is a wrong setting."""
    return healthy.main() if sys.argv[1:] == ["--healthy"] else _work()


def _work() -> int:
    from logbook.database.alone import hold_alone  # noqa: PLC0415 - after the handler is in place
    from logbook.settings import SettingsError, load_worker_settings  # noqa: PLC0415
    from logbook.stamp import read_stamp  # noqa: PLC0415

    try:
        settings = load_worker_settings()
        stamp = read_stamp(settings.version_file)
        hold_alone(settings.database_url.reveal())
    except SettingsError as error:
        sys.stderr.write(f"logbook: {error}\n")
        return 2
    return _run(settings, str(stamp.get("describe", stamp)))


def _run(settings: "WorkerSettings", stamp: str) -> int:
    import asyncio  # noqa: PLC0415
    import logging  # noqa: PLC0415

    from logbook.logs import configure_logging  # noqa: PLC0415
    from logbook.worker.process import work_until_stopped  # noqa: PLC0415

    configure_logging(settings.log_level)
    log = logging.getLogger("logbook.worker")
    log.info("the worker is alive, built from %s", stamp)
    try:
        # Not asyncio.run: it would wait for the resolver's thread at the end, see `leave`.
        asyncio.new_event_loop().run_until_complete(work_until_stopped(settings))
    except Exception:
        log.exception("the worker fails")
        return 1
    log.info("the worker ends")
    return 0


if __name__ == "__main__":
    leave(main())

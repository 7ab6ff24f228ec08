"""`python -m logbook.worker` works; `python -m logbook.worker --healthy` asks whether it does."""

import logging
import sys
import threading

from logbook.signals import leave, on_stop
from logbook.worker import heartbeat

on_stop(leave)  # before the slow imports: a stop signal that comes during them must not be lost


def main() -> int:
    """Run what the command line asks for and return the exit code; 2 is a wrong setting."""
    return _healthy() if sys.argv[1:] == ["--healthy"] else _work()


def _healthy() -> int:
    silence = heartbeat.silence(heartbeat.heartbeat_file())
    if silence is not None and silence <= heartbeat.DEAD_AFTER_SECONDS:
        return 0
    told = "no heartbeat" if silence is None else f"the last heartbeat is {silence:.0f} s old"
    sys.stderr.write(f"unhealthy: {told}\n")
    return 1


def _work() -> int:
    from logbook.logs import configure_logging  # noqa: PLC0415 - after the handler is in place
    from logbook.settings import SettingsError, load_worker_settings  # noqa: PLC0415
    from logbook.stamp import read_stamp  # noqa: PLC0415

    try:
        settings = load_worker_settings()
        stamp = read_stamp(settings.version_file)
    except SettingsError as error:
        sys.stderr.write(f"logbook: {error}\n")
        return 2
    configure_logging(settings.log_level)
    log = logging.getLogger("logbook.worker")
    stop = threading.Event()
    on_stop(stop.set)
    log.info("the worker is alive, built from %s; it has no work yet", stamp.get("describe", stamp))
    _beat_until(stop)
    log.info("the worker ends")
    return 0


def _beat_until(stop: threading.Event) -> None:
    path = heartbeat.heartbeat_file()
    while True:
        heartbeat.beat(path)
        if stop.wait(heartbeat.BEAT_SECONDS):
            break
    path.unlink(missing_ok=True)


if __name__ == "__main__":
    leave(main())

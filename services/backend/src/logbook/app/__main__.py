"""`python -m logbook.app` runs API and worker; with `--healthy` it asks whether both are well."""

import os
import sys

from logbook.signals import leave, on_stop

on_stop(leave)  # until the supervisor takes the signals over

DRAIN_SECONDS = 25.0
"""A little more than either child takes, and less than an engine's grace of 30 s."""

_NOT_THE_WORKERS = ("JWT_", "OWNER_", "LOGIN_")


def main() -> int:
    """Run what the command line asks for and return the exit code; 2 is a wrong setting."""
    if sys.argv[1:] == ["--healthy"]:
        from logbook.api import healthy  # noqa: PLC0415 - the check needs none of the rest
        from logbook.worker import healthy as worker_healthy  # noqa: PLC0415

        return healthy.main() or worker_healthy.main()
    return _supervise()


def _supervise() -> int:
    from logbook.app.supervisor import Program, Supervisor  # noqa: PLC0415 - see above
    from logbook.database.alone import INHERITED, hold_alone  # noqa: PLC0415
    from logbook.logs import configure_logging  # noqa: PLC0415
    from logbook.settings import SettingsError, load_settings, load_worker_settings  # noqa: PLC0415

    try:
        settings = load_settings()
        load_worker_settings()
        lock = hold_alone(settings.database_url.reveal())
    except SettingsError as error:
        sys.stderr.write(f"logbook: {error}\n")
        return 2
    configure_logging(settings.log_level)
    environment = dict(os.environ)
    if lock is not None:  # the lock is the replica's, so the children have it as well
        os.set_inheritable(lock, True)
        environment[INHERITED] = str(lock)
    scoped = {
        name: value for name, value in environment.items() if not name.startswith(_NOT_THE_WORKERS)
    }
    programs = [
        Program("API", [sys.executable, "-m", "logbook.api"], environment),
        Program("worker", [sys.executable, "-m", "logbook.worker"], scoped),
    ]
    return Supervisor(programs, DRAIN_SECONDS).run()


if __name__ == "__main__":
    leave(main())

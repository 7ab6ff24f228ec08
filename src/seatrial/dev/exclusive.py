"""One `invoke dev` a project, and none beside the composed stack: they share ports and database."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from seatrial.errors import ComposeFailedError, DevFailedError

LOCK = "dev.lock"


@contextlib.contextmanager
def held(state: Path) -> Iterator[None]:
    """Hold the project for `invoke dev`; the lock goes with the process, however that ends.

    Raises:
        DevFailedError: When another holds it.
    """
    state.mkdir(parents=True, exist_ok=True)
    with (state / LOCK).open("a+") as lock:
        if not _locked(lock.fileno()):
            raise DevFailedError(
                f"invoke dev runs already{_who(state)}", hint="end that one first: Ctrl-C"
            )
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def require_no_dev(state: Path) -> None:
    """Do nothing where no `invoke dev` runs.

    Raises:
        ComposeFailedError: When one does.
    """
    try:
        lock = (state / LOCK).open()
    except OSError:
        return
    with lock:
        if _locked(lock.fileno()):
            return
    raise ComposeFailedError(
        f"invoke dev runs{_who(state)}, on the ports and the database of the stack",
        hint="end it with Ctrl-C, then bring the stack up",
    )


def _locked(number: int) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _who(state: Path) -> str:
    try:
        return f" (pid {int((state / LOCK).read_text())})"
    except (OSError, ValueError):
        return ""

"""A database that is a file belongs to one replica: whoever holds the lock beside it."""

import fcntl
import os
from collections.abc import Mapping
from pathlib import Path

from logbook.environment import SettingsError

INHERITED = "LOGBOOK_LOCK"
"""Tells a child which file descriptor is the lock that its parent holds for it."""


_SCHEME = "sqlite+aiosqlite:///"


def hold_alone(url: str, variables: Mapping[str, str] = os.environ) -> int | None:
    """Take the file of the address `url` for this process and its children; return the lock.

    The lock is a file descriptor and the kernel's own: it goes with the last process that has it,
    whatever happens. A database that is no file needs none. Raises `SettingsError` where another
    replica has it.
    """
    if not url.startswith(_SCHEME):
        return None
    file = url.removeprefix(_SCHEME).partition("?")[0]
    path = Path(f"{file}.lock")
    lock = _open(path, variables.get(INHERITED, ""))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise SettingsError(
            f"cannot start, another process works on {file} (it holds {path.name}); "
            "a SQLite database serves one replica only: stop the other, or use Postgres"
        ) from None
    return lock


def _open(path: Path, inherited: str) -> int:
    try:
        if inherited.isdecimal() and path.samefile(f"/proc/self/fd/{inherited}"):
            return int(inherited)
    except OSError:
        pass  # another file's, or closed: then it says nothing
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        reason = error.strerror
        raise SettingsError(
            f"cannot start, DATABASE_URL names a file where none can be made: {path}: {reason}"
        ) from None

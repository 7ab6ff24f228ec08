"""How the worker shows that it is alive, in a place that is writable in every container."""

import os
import tempfile
import time
from pathlib import Path

BEAT_SECONDS = 5.0
DEAD_AFTER_SECONDS = 20.0


def heartbeat_file() -> Path:
    """Return where the worker of this machine or container leaves its last beat."""
    return Path(tempfile.gettempdir()) / "logbook-worker.heartbeat"


def beat(path: Path) -> None:
    """Note that the worker is alive now, by the clock that nobody sets (seconds since boot)."""
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(str(time.monotonic()))
    fresh.replace(path)


def silence(path: Path) -> float | None:
    """Return the seconds since the last beat, or nothing where there was none."""
    try:
        return time.monotonic() - float(path.read_text())
    except (OSError, ValueError):
        return None

"""Reads what a container wrote from its overlay: the engine's own comparison reads every file."""

from __future__ import annotations

import os
import re
from pathlib import Path

PROC = Path("/proc")
LARGEST_WALK = 50_000
_OCTAL = re.compile(r"\\([0-7]{3})")


def written_paths(first: int) -> list[str] | None:
    """Return the paths in which a container's root differs from its image, deleted ones included.

    Args:
        first: The container's first process, as its host sees it.

    Returns:
        None where that cannot be read: the engine is elsewhere or not on overlayfs, or this user
        may not look.
    """
    upper = upper_folder(_mountinfo(first))
    if upper is None:
        return None
    found: list[str] = []
    try:
        # A folder that cannot be read is an error, not an empty folder.
        for folder, folders, files in os.walk(upper, onerror=_refuse):
            place = f"/{os.path.relpath(folder, upper)}".replace("/.", "", 1)
            found += [f"{place}/{name}" for name in (*folders, *files)]
            if len(found) > LARGEST_WALK:
                return None
    except OSError:
        return None
    return [path.encode("utf-8", "backslashreplace").decode() for path in found]


def upper_folder(mountinfo: str) -> str | None:
    """Return the folder that holds what was written to the root, by a `/proc/PID/mountinfo`."""
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.partition(" ")
        if kind == "overlay" and before.split()[4:5] == ["/"]:
            found = re.search(r"(?:^|[ ,])upperdir=([^,]+)", options)
            return _OCTAL.sub(lambda code: chr(int(code[1], 8)), found[1]) if found else None
    return None


def _mountinfo(first: int) -> str:
    try:
        return (PROC / str(first) / "mountinfo").read_text(errors="replace") if first > 0 else ""
    except OSError:
        return ""


def _refuse(error: OSError) -> None:
    raise error

"""Notices that files changed: looks at their times, twice a second, at no cost worth a library."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

# What tools leave there; no source of anybody's.
_PASSED_OVER = {"__pycache__", "node_modules", ".git", ".venv", ".mypy_cache", ".ruff_cache"}
_LEFTOVERS = (".pyc", ".swp", "~", ".tmp")


class Watch:
    """The files below some folders, as they were when they were last looked at."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folders)
        self._seen = self._look()

    def changed(self) -> str | None:
        """Return a file that came, went or changed since the last look, or None."""
        now = self._look()
        before, self._seen = self._seen, now
        return next((path for path, _ in sorted(before.items() ^ now.items())), None)

    def _look(self) -> dict[str, tuple[int, int]]:
        return {
            entry.path: (status.st_mtime_ns, status.st_size)
            for folder in self._folders
            for entry, status in _files(str(folder))
        }


def _files(folder: str) -> Iterator[tuple[os.DirEntry[str], os.stat_result]]:
    try:
        with os.scandir(folder) as entries:
            found = list(entries)
    except OSError:  # it went away
        return
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in _PASSED_OVER:
                yield from _files(entry.path)
        elif not entry.name.startswith(".") and not entry.name.endswith(_LEFTOVERS):
            try:
                yield entry, entry.stat()
            except OSError:  # it went away
                continue

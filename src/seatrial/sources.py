"""Reads `/proc` of the engine's host: who in a container watches its own source.

A server for developers starts again when its source changes. It must notice that somehow: by
watches that the kernel knows of, by a variable that it gives to the process that it starts again,
or by looking at the files now and then, which shows when one is touched.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
# Set by a reloader for the process that it starts again; each with the values that say so.
_MARKS = {
    "WERKZEUG_RUN_MAIN": {"true"},
    "RUN_MAIN": {"true"},
    "WATCHFILES_CHANGES": None,
    "WATCH_REPORT_DEPENDENCIES": {"1"},
    "TS_NODE_DEV": {"true"},
    "DOTNET_WATCH": {"1"},
}
_CODE = {".py", ".rb", ".php", ".go", ".rs", ".java", ".kt", ".ex", ".ts", ".tsx", ".jsx"}
# What pages are made of lies beside many servers; it is source only to who runs it.
_SCRIPTS = {".js", ".mjs", ".cjs"}
_RUNS_SCRIPTS = ("node", "bun", "deno")
_NOT_OURS = {"node_modules", ".venv", "venv", "site-packages", "dist-packages", ".git"}
_WATCH = re.compile(r"^inotify wd:\S+ ino:([0-9a-f]+) ", re.MULTILINE)
LARGEST_WALK = 2000
TOUCHED = 40
PATHS_KEPT = 5


def marks_of(pid: int) -> tuple[str, ...]:
    """Return the variables by which a reloader marks what it starts again, as process has them."""
    try:
        told = (PROC / str(pid) / "environ").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    found = (one.partition("=") for one in told.split("\0"))
    return tuple(
        f"{name}={value}"[:80]
        for name, _, value in found
        if name in _MARKS and value in (_MARKS[name] or {value})
    )


def watches_of(pid: int) -> tuple[str, ...]:
    """Return source files, and folders of such, that a process has the kernel watch; at most 5."""
    inodes = set(_watched_inodes(pid))
    if not inodes:
        return ()
    found = []
    for folder, names in _sources(pid):
        for path in (folder, *(folder / name for name in names)):
            if _inode(path) in inodes:
                found.append(_inside(pid, path))
                if len(found) == PATHS_KEPT:
                    return tuple(found)
    return tuple(found)


def touch_sources(pid: int) -> tuple[str, ...]:
    """Write the first byte of each source file over by itself, and return those files.

    Only files below the folder that the process stands in, and none of packages.
    """
    touched: list[str] = []
    for folder, names in _sources(pid):
        for name in names:
            if len(touched) == TOUCHED:
                return tuple(touched)
            if _touch(folder / name):
                touched.append(_inside(pid, folder / name))
    return tuple(touched)


def _touch(path: Path) -> bool:
    try:
        with path.open("r+b") as file:
            first = file.read(1)
            file.seek(0)
            file.write(first)
    except OSError:
        return False
    return bool(first)


def _watched_inodes(pid: int) -> Iterator[int]:
    folder = PROC / str(pid)
    try:
        entries = [entry.name for entry in (folder / "fd").iterdir()]
    except OSError:
        return
    for name in entries:
        try:
            if str((folder / "fd" / name).readlink()) != "anon_inode:inotify":
                continue
            told = (folder / "fdinfo" / name).read_text()
        except OSError:
            continue
        yield from (int(inode, 16) for inode in _WATCH.findall(told))


def _sources(pid: int) -> Iterator[tuple[Path, list[str]]]:
    """Yield the folders below that of a process which hold source, each with its source files."""
    top = PROC / str(pid) / "cwd"
    try:
        if str(top.readlink()) == "/":  # all of the image is no source of anybody's
            return
        program = (PROC / str(pid) / "comm").read_text().strip().lower()
    except OSError:
        return
    endings = _CODE | (_SCRIPTS if program.startswith(_RUNS_SCRIPTS) else set())
    seen = 0
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(set(folders) - _NOT_OURS)
        seen += len(folders) + len(names)
        if seen > LARGEST_WALK:
            return
        source = sorted(name for name in names if Path(name).suffix in endings)
        if source:
            yield Path(folder), source


def _inside(pid: int, path: Path) -> str:
    top = PROC / str(pid) / "cwd"
    try:
        return str(top.readlink() / path.relative_to(top))
    except OSError:
        return path.name


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except OSError:
        return None

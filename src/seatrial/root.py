"""Finds the project's root. Reads no more than it must: every verb begins here."""

from __future__ import annotations

import re
from pathlib import Path

from seatrial.errors import ConfigurationError

SETTINGS_FILE = "pyproject.toml"
_TABLE = re.compile(r"^\s*\[\s*tool\s*\.\s*seatrial\s*[.\]]", re.MULTILINE)


def find_root(start: Path | None = None) -> Path:
    """Return the nearest folder whose `pyproject.toml` has `[tool.seatrial]`, from `start` upward.

    Args:
        start: Folder to begin at; the current one by default.

    Raises:
        ConfigurationError: When there is none, or the file cannot be read.
    """
    root = root_above(start or Path.cwd())
    if root is not None:
        return root
    raise ConfigurationError(
        f"no project found at {(start or Path.cwd()).resolve()} or above it",
        expected="a pyproject.toml with a [tool.seatrial] table",
        hint='add one: [tool.seatrial] with name = "…" and bake_file = "…"; '
        "contract-init, verify and judge need none",
    )


def root_above(start: Path) -> Path | None:
    """Return the project's root that a folder is in, or None where it is in none.

    Raises:
        ConfigurationError: When a `pyproject.toml` on the way cannot be read.
    """
    begin = start.resolve()
    for folder in (begin, *begin.parents):
        path = folder / SETTINGS_FILE
        if path.is_file() and _TABLE.search(read_text(path)):
            return folder
    return None


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        ConfigurationError: When it cannot be read or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigurationError(f"{path} cannot be read: {reason}") from error

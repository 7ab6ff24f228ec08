"""The stamp: which commit this process was built from, read from version.json."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from logbook.environment import SettingsError

if TYPE_CHECKING:
    from pydantic import JsonValue

UNSTAMPED: "dict[str, JsonValue]" = {"describe": "unstamped"}


def read_stamp(path: Path) -> "dict[str, JsonValue]":
    """Return what version.json holds; a process outside an image has none and is unstamped.

    Raises `SettingsError` for a file that is there and is no JSON object: an image that cannot
    say what it is must not serve.
    """
    try:
        stamp = json.loads(path.read_bytes())
    except FileNotFoundError:
        return dict(UNSTAMPED)
    except (OSError, ValueError) as error:
        raise SettingsError(f"cannot start, {path} cannot be read: {error}") from None
    if not isinstance(stamp, dict):
        raise SettingsError(f"cannot start, {path} holds no JSON object")
    return stamp

"""The image's stamp, as seatrial writes it into version.json."""

import json
from pathlib import Path
from typing import Any

from logbook_mcp.settings import SettingsError

UNSTAMPED: dict[str, Any] = {"describe": "unstamped"}


def read_version(path: Path) -> dict[str, Any]:
    """The stamp in `path`; a process outside an image has none and says `unstamped`.

    Raises:
        SettingsError: The file is there and holds no JSON object. An image that cannot say what
            it is must not serve.
    """
    try:
        stamp = json.loads(path.read_bytes())
    except FileNotFoundError:
        return dict(UNSTAMPED)
    except (OSError, ValueError) as error:
        raise SettingsError(f"VERSION_FILE cannot be read: {error}") from None
    if not isinstance(stamp, dict):
        raise SettingsError("VERSION_FILE holds no JSON object")
    return stamp

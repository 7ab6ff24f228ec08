"""One log of several processes: a line each, with the process's name before it."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

_COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "bright_cyan", "bright_magenta")


class DevLog:
    """Prints lines from any thread, none through another."""

    def __init__(self, names: Sequence[str], console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._width = max(map(len, names), default=0)
        self._styles = {name: _COLOURS[place % len(_COLOURS)] for place, name in enumerate(names)}
        self._lock = threading.Lock()

    def tell(self, name: str, line: str) -> None:
        """Print a line of the process `name`; its own colours stay where there is a terminal."""
        style = self._styles.get(name) or _COLOURS[zlib.crc32(name.encode()) % len(_COLOURS)]
        shown = Text.assemble((f"{name:<{self._width}} │ ", style), Text.from_ansi(line))
        with self._lock:
            self._console.print(shown, soft_wrap=True)

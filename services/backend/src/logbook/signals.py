"""Stop signals: a process with number 1 ignores those that it has no handler for."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import NoReturn

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def on_stop(action: Callable[[], None]) -> None:
    """Call `action` in place of the default for each stop signal, also as process number 1."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        action()

    for number in STOP_SIGNALS:
        signal.signal(number, handle)


def leave(code: int = 0) -> NoReturn:
    """End the process now with `code`, after what was written is out.

    A plain exit waits for every worker thread, and a thread that resolves the name of a database
    that is away can hang for longer than the engine's grace.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(RuntimeError):  # the signal came in the middle of a write to this stream
            stream.flush()
    os._exit(code)

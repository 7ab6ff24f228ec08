"""What every verb shares: errors end in words and an exit code, Ctrl-C in 130."""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

from invoke.exceptions import Exit
from invoke.tasks import task

BROKEN_PIPE = 128 + 13

Body = TypeVar("Body", bound=Callable[..., Any])


def verb(**options: Any) -> Callable[[Body], Any]:
    """Make an Invoke task of a function; takes what `invoke.task` takes.

    A `SeatrialError` is printed on stderr and becomes its exit code. SIGINT and SIGTERM raise
    KeyboardInterrupt in the body, so that what it holds is cleaned up, and end in 130.
    """

    def decorate(body: Body) -> Any:
        @functools.wraps(body)
        def run(*args: Any, **kwargs: Any) -> Any:
            previous = signal.signal(signal.SIGTERM, _interrupt)
            try:
                return body(*args, **kwargs)
            except KeyboardInterrupt:
                raise Exit("interrupted", code=130) from None
            except BrokenPipeError:
                # Whoever read us has enough (`| head`): end as a shell tool would, without words.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                raise Exit(code=BROKEN_PIPE) from None
            except Exception as error:
                _explain(error)
                raise
            finally:
                signal.signal(signal.SIGTERM, previous)

        return task(**options)(run)

    return decorate


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _explain(error: Exception) -> None:
    """Turn an error of ours into `Exit`; leave any other to be seen whole: it is a bug."""
    # Imported here: on the way of success nothing needs it.
    from seatrial.errors import SeatrialError

    if isinstance(error, SeatrialError):
        sys.stdout.flush()
        raise Exit("\n".join(error.lines()), code=error.exit_code) from None

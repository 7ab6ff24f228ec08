"""The supervisor: starts some processes, passes signals on, and ends when one of them ends.

It is process number 1 of its container. So it also reaps processes that it did not start: whoever
loses its parent becomes its child.
"""

import logging
import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from logbook.signals import STOP_SIGNALS

_log = logging.getLogger(__name__)
_WOKEN_BY = frozenset({*STOP_SIGNALS, signal.SIGCHLD})


@dataclass(frozen=True, slots=True)
class Program:
    """What one child is called and how it is started; the first word is a path."""

    name: str
    words: list[str]
    environment: Mapping[str, str]


@dataclass(slots=True)
class Supervisor:
    """Runs programs side by side; a stop signal gives them `drain_seconds` to end."""

    programs: Sequence[Program]
    drain_seconds: float
    _left: dict[int, str] = field(default_factory=dict)
    _code: int = 0
    _deadline: float | None = None

    def run(self) -> int:
        """Return 0 after a stop signal that all obeyed, else the code of the first that failed.

        128 and the signal's number stand for a child that was killed, 1 for one that ended with 0
        though nobody had asked for that.
        """
        # Blocked, they wait to be fetched: none is lost between two looks at them.
        signal.pthread_sigmask(signal.SIG_BLOCK, _WOKEN_BY)
        for program in self.programs:
            self._start(program)
        while self._left:
            self._take(signal.sigtimedwait(_WOKEN_BY, self._patience()))
        return self._code

    def _start(self, program: Program) -> None:
        pid = os.posix_spawn(program.words[0], program.words, program.environment, setsigmask=())
        self._left[pid] = program.name

    def _take(self, told: signal.struct_siginfo | None) -> None:
        if told is None:
            if self._deadline is not None and time.monotonic() >= self._deadline:
                self._kill()
        elif told.si_signo in STOP_SIGNALS:
            self._stop()
        self._reap()

    def _patience(self) -> float:
        """Return how long to wait for a signal; SIGCHLD may stand for many ends, so never long."""
        if self._deadline is None:
            return 60.0
        return max(0.0, min(1.0, self._deadline - time.monotonic()))

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG)) != (0, 0):
                self._note(ended[0], os.waitstatus_to_exitcode(ended[1]))

    def _note(self, pid: int, code: int) -> None:
        name = self._left.pop(pid, None)
        if name is None:
            return  # an orphan
        was_asked = self._deadline is not None
        if was_asked and code in {0, -signal.SIGTERM}:  # the latter where it had hardly begun
            return
        told = f"was killed by signal {-code}" if code < 0 else f"ended with {code}"
        _log.error("the %s %s, all end", name, told)
        self._code = self._code or (128 - code if code < 0 else code or 1)
        self._stop()

    def _stop(self) -> None:
        """Ask all to end; a second stop signal asks nothing again and shortens nothing."""
        if self._deadline is None:
            self._deadline = time.monotonic() + self.drain_seconds
            self._send(signal.SIGTERM)

    def _kill(self) -> None:
        names = ", ".join(self._left.values())
        _log.error("no end within %.0f s, killed: %s", self.drain_seconds, names)
        self._code = self._code or 1
        self._deadline = float("inf")
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        for pid in self._left:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

"""Places for probes: as many run at once as the machine bears, those that take longest first."""

from __future__ import annotations

import heapq
import itertools
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

# Containers wait more than they work: some a core keep the cores busy.
PROBES_A_CORE = 3
# A start that takes longer than this waits for something, and would keep others waiting.
TURN_SECONDS = 3.0


class Places:
    """Places that several trials share; whoever waits with the lowest rank gets the next one.

    Attributes:
        turns: At what keeps a core busy, for the same trials.
    """

    def __init__(self, count: int | None = None) -> None:
        self._free = count or (os.cpu_count() or 1) * PROBES_A_CORE
        self._waiting: list[tuple[int, int]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self.turns = Turns()

    @contextmanager
    def taken(self, rank: int) -> Iterator[None]:
        """Wait for a place and keep it while the block runs."""
        with self._changed:
            mine = (rank, next(self._numbers))
            heapq.heappush(self._waiting, mine)
            self._changed.wait_for(lambda: self._free > 0 and self._waiting[0] == mine)
            heapq.heappop(self._waiting)
            self._free -= 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()


class Turns:
    """Turns at what keeps a core busy: more of it at once than cores makes each of it slower.

    A turn ends by itself after some seconds: what takes longer mostly waits.
    """

    def __init__(self, count: int | None = None, seconds: float = TURN_SECONDS) -> None:
        self._count = count or os.cpu_count() or 1
        self._seconds = seconds
        self._ends: dict[int, float] = {}
        self._numbers = itertools.count()
        self._changed = threading.Condition()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a turn and keep it while the block runs, or until it ends by itself."""
        with self._changed:
            while (patience := self._patience()) > 0:
                self._changed.wait(patience)
            number = next(self._numbers)
            self._ends[number] = time.monotonic() + self._seconds
        try:
            yield
        finally:
            with self._changed:
                del self._ends[number]
                self._changed.notify_all()

    def _patience(self) -> float:
        """Return in how many seconds a turn is free at the latest; 0 when one is."""
        now = time.monotonic()
        left = sorted(end - now for end in self._ends.values() if end > now)
        return left[-self._count] if len(left) >= self._count else 0.0

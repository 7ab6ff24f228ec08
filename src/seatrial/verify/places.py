"""Places for probes: as many run at once as the machine bears, those that take longest first."""

from __future__ import annotations

import heapq
import itertools
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Containers wait more than they work: some a core keep the cores busy.
PROBES_A_CORE = 3


class Places:
    """Places that several trials share; whoever waits with the lowest rank gets the next one."""

    def __init__(self, count: int | None = None) -> None:
        self._free = count or (os.cpu_count() or 1) * PROBES_A_CORE
        self._waiting: list[tuple[int, int]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()

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

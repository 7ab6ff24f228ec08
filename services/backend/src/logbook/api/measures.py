"""Counting requests and their time: a few additions each, so that nothing need be imported.

`exposition` makes of it what Prometheus reads.
"""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds: the upper bounds of the buckets; what takes longer is in one more."""


@dataclass(slots=True)
class Durations:
    """How many requests took how long; `buckets` hold those between two bounds."""

    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    seconds: float = 0.0


@dataclass(slots=True)
class Measures:
    """What was measured since the start, by method, route template and status."""

    requests: dict[tuple[str, str, int], int] = field(default_factory=lambda: defaultdict(int))
    durations: dict[tuple[str, str], Durations] = field(
        default_factory=lambda: defaultdict(Durations)
    )

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request that was answered with `status` after so many seconds."""
        self.requests[method, route, status] += 1
        durations = self.durations[method, route]
        durations.buckets[bisect_left(BOUNDS, seconds)] += 1
        durations.seconds += seconds

"""Facts of what becomes of a container when something happens to it: parts of the observation.

Durations are in seconds.
"""

from __future__ import annotations

from seatrial.model.base import Model


class KilledChild(Model):
    """What became of a container when a child of its process 1 was killed.

    Attributes:
        command: The child's command line.
        ended: Whether the container ended.
        exit_code: With which code it did.
        replaced: Whether process 1 made a new child.
        after: From the kill to that end or that new child; None where neither came.
    """

    command: str
    ended: bool = False
    exit_code: int | None = None
    replaced: bool = False
    after: float | None = None


class OrphanFacts(Model):
    """What became of a process whose parent had ended.

    Attributes:
        made_by: The program that made it.
        reaped: Whether it was gone soon after its end.
        after: From its making until it was gone.
    """

    made_by: str
    reaped: bool
    after: float | None = None


class TouchFacts(Model):
    """What came of touching the source in a running container.

    Attributes:
        files: Files that were touched.
        replaced: Command lines of processes that were replaced each time.
    """

    files: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()

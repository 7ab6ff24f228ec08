"""What a running build tells: one event a change of a step, one a piece of its log.

Plain dataclasses: a build makes thousands of them, and none comes from outside unparsed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StepChanged:
    """A step started, ended, was found in the cache, or failed.

    Attributes:
        image: The bake target; empty for what belongs to the whole run.
        stage: Stage of the Dockerfile; `internal` and the like for BuildKit's own work.
        number: The step's number, from 1; 0 where BuildKit gives none.
        total: How many numbered steps the stage's chain has; 0 where BuildKit gives none.
        instruction: The instruction, on one line.
        started: Seconds since the epoch, or None when it waits.
        ended: Seconds since the epoch, or None when it runs.
        cached: Whether its result came from the cache.
        error: Its error, or None.
    """

    image: str
    stage: str
    number: int
    total: int
    instruction: str
    started: float | None = None
    ended: float | None = None
    cached: bool = False
    error: str | None = None

    @property
    def cancelled(self) -> bool:
        """Whether it was only stopped, because another step failed."""
        return "context canceled" in (self.error or "")


@dataclass(frozen=True, slots=True)
class StepLogged:
    """A step printed something.

    Attributes:
        image: The bake target.
        stage: Stage of the Dockerfile.
        number: The step's number.
        instruction: The step's instruction.
        text: What it printed; may end in mid-line.
    """

    image: str
    stage: str
    number: int
    instruction: str
    text: str


BuildEvent = StepChanged | StepLogged

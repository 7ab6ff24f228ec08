"""Facts of what an image holds and how it is built: parts of the observation."""

from __future__ import annotations

from typing import Any, Literal

from seatrial.model.base import Model
from seatrial.model.plan import Step
from seatrial.model.stamp import Stamp


class Sighting(Model):
    """Something that looks like a secret; `excerpt` is masked."""

    where: str
    kind: str
    excerpt: str = ""
    layer: int | None = None


class Distribution(Model):
    """An installed Python distribution; its name is normalised."""

    name: str
    version: str
    path: str
    layer: int


class LayerFacts(Model):
    """What the image's layers hold; deleted files of ours included.

    Attributes:
        count: How many there are.
        base_layers: How many, from the bottom, belong to the base and were not read.
        files: How many entries were read.
        sightings: What looks like a secret in ours.
        distributions: Python distributions of ours in the final file system.
        forbidden: Paths of the final file system that the contract wants absent.
        version: The version file, parsed; None where it is not there or not JSON.
    """

    count: int
    base_layers: int = 0
    files: int = 0
    sightings: tuple[Sighting, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    forbidden: tuple[str, ...] = ()
    version: Any = None


class LockFacts(Model):
    """What the lock allows: version by name. `production` is without groups and extras."""

    production: dict[str, tuple[str, ...]]
    known: dict[str, tuple[str, ...]]


class RebuildFacts(Model):
    """One rebuild after one edit. `edited` says of what; `error` why it could not be looked at.

    Attributes:
        steps: Numbered steps that were gone through, in order.
        complaint: The build's own last words, where it failed.
    """

    edited: str
    steps: tuple[Step, ...] = ()
    failed: bool = False
    complaint: tuple[str, ...] = ()
    error: str | None = None

    @property
    def ran(self) -> tuple[Step, ...]:
        """Steps that did not come from the cache."""
        return tuple(step for step in self.steps if not step.cached)


class StampFacts(Model):
    """The identity that the image should have, and who says so.

    Attributes:
        committed_at: When git says that the commit was made, in seconds since the epoch; None where
            git does not know the commit.
    """

    source: Literal["build record", "git"]
    stamp: Stamp
    committed_at: int | None = None

"""Facts of what an image holds and how it is built: parts of the observation."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

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


PATHS_KEPT = 1000  # of each kind that LayerFacts tells of with modes


class PathMode(Model):
    """A path and its mode, as people write it."""

    path: str
    mode: str


class ImmutableFacts(Model):
    """Whether a user can change what is to stay as it is.

    Attributes:
        user: Who.
        groups: Its groups.
        unmatched: Globs that match no path.
        count: How many paths match.
        changeable: Those that it can change or replace, each with the reason.
    """

    user: int
    groups: tuple[int, ...] = ()
    unmatched: tuple[str, ...] = ()
    count: int = 0
    changeable: tuple[str, ...] = ()


class LayerFacts(Model):
    """What the image's layers hold; deleted files of ours included.

    Attributes:
        count: How many there are.
        base_layers: How many, from the bottom, are the base's; what they hold is not ours.
        files: How many entries ours have.
        sizes: Bytes of the files of each layer, from the bottom.
        largest: The largest files, the base's included, each with its layer and size.
        sightings: What looks like a secret in ours.
        cut_off: What of ours was not read wholly, and why.
        distributions: Python distributions of ours in the final file system.
        unclaimed: Top-level modules of ours in site-packages that no distribution claims.
        forbidden: Paths of the final file system that the contract wants absent.
        privileged: Programs with setuid or setgid bit or capabilities, the base's included.
        world_writable: What everybody may write, of ours.
        immutable: Whether the user can change what is to stay as it is; None where the contract
            does not ask, or nobody knows the user's number.
        version: The version file, parsed; None where it is not there or not JSON.
    """

    count: int
    base_layers: int = 0
    files: int = 0
    sizes: tuple[int, ...] = ()
    largest: tuple[str, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    cut_off: tuple[str, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    unclaimed: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    privileged: tuple[PathMode, ...] = ()
    world_writable: tuple[PathMode, ...] = ()
    immutable: ImmutableFacts | None = None
    version: Any = None

    @property
    def size(self) -> int:
        """Bytes of the files of all layers: what the image is, unpacked."""
        return sum(self.sizes)


class BuildSecretFacts(Model):
    """Whether the image kept what its build was given in secret. Values are nowhere in here.

    Attributes:
        source: What tells which secrets there were.
        given: Their ids.
        unread: Those whose value could not be read or searched for, each with the reason.
        kept: Where one was found.
    """

    source: Literal["build record", "Dockerfile"]
    given: tuple[str, ...] = ()
    unread: dict[str, str] = Field(default_factory=dict)
    kept: tuple[Sighting, ...] = ()


class LockFacts(Model):
    """What the lock allows: version by name. `production` is without groups and extras.

    Attributes:
        groups: What each group, and each extra of the lock's own projects, asks for.
    """

    production: dict[str, tuple[str, ...]]
    known: dict[str, tuple[str, ...]]
    groups: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class RebuildFacts(Model):
    """One rebuild after one edit. `edited` says of what; `error` why it could not be looked at.

    Attributes:
        steps: Numbered steps that were gone through, in order.
        complaint: The build's own last words, where it failed.
        duration: Seconds that it took, where that was asked for.
    """

    edited: str
    steps: tuple[Step, ...] = ()
    failed: bool = False
    complaint: tuple[str, ...] = ()
    duration: float | None = None
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

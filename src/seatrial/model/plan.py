"""The plan: all that a build will do, decided before anything is done."""

from __future__ import annotations

from typing import Any, Literal

from seatrial.model.base import Model
from seatrial.model.stamp import Stamp

ResolvedPolicy = Literal["registry", "stand-in"]


class Base(Model):
    """An image that a `FROM` or a `COPY --from` names.

    Attributes:
        reference: As written, tag and digest included; the key of its named context.
        dockerfile: The Dockerfile, relative to the project's root.
        line: Line in it, from 1.
        stand_in: Local image that takes its place, or None where the registry's is used.
    """

    reference: str
    dockerfile: str
    line: int
    stand_in: str | None = None


class PlannedImage(Model):
    """One image of a build.

    Attributes:
        name: The bake target.
        repository: What its tags begin with.
        tags: Every `repository:tag` it gets, in order.
        context: Build context, relative to the project's root.
        dockerfile: Dockerfile, relative to the project's root.
        target: Stage that is built, or None for the last.
        platforms: Platforms, empty for the builder's own.
        bases: What its Dockerfile is built on.
    """

    name: str
    repository: str
    tags: tuple[str, ...]
    context: str
    dockerfile: str
    target: str | None = None
    platforms: tuple[str, ...] = ()
    bases: tuple[Base, ...] = ()


class Plan(Model):
    """Everything one bake run needs.

    Attributes:
        stamp: Identity of the build.
        policy: Base policy in force.
        images: What is built, in the bake file's order.
        definition: The bake file to run, as JSON (`docker buildx bake --print` with our overrides).
    """

    stamp: Stamp
    policy: ResolvedPolicy
    images: tuple[PlannedImage, ...]
    definition: dict[str, Any]


class Step(Model):
    """One step of a build.

    Attributes:
        stage: Stage it belongs to, empty for what belongs to none (exporting, contexts).
        number: Its number in the image's Dockerfile, from 1; 0 where BuildKit gives none.
        total: How many there are.
        instruction: The instruction as BuildKit names it.
        started: Seconds since the epoch; None when it never ran.
        ended: Seconds since the epoch; None when it never ended.
        cached: Whether its result came from the cache.
        error: Its error, or None.
    """

    stage: str
    number: int = 0
    total: int = 0
    instruction: str
    started: float | None = None
    ended: float | None = None
    cached: bool = False
    error: str | None = None


class BuiltImage(Model):
    """What a build made of one image.

    Attributes:
        name: The bake target.
        tags: Tags it got.
        digest: Digest of the manifest (or index) as the engine stores it.
        size: Bytes, as the engine reports them.
        duration: Seconds from its first step's start to its last step's end.
        steps: Its steps, in the order in which they started.
    """

    name: str
    tags: tuple[str, ...]
    digest: str
    size: int
    duration: float
    steps: tuple[Step, ...] = ()

    @property
    def cached_steps(self) -> int:
        """How many numbered steps came from the cache."""
        return sum(step.cached for step in self.steps if step.number)

    @property
    def total_steps(self) -> int:
        """How many numbered steps there were."""
        return sum(1 for step in self.steps if step.number)


class BuildRecord(Model):
    """`dist/build.json`: one run of `build-prod`.

    Attributes:
        schema_version: Of this file.
        started: Seconds since the epoch.
        duration: Seconds.
        plan: What was planned.
        images: What came out.
    """

    schema_version: Literal[1] = 1
    started: float
    duration: float
    plan: Plan
    images: tuple[BuiltImage, ...]

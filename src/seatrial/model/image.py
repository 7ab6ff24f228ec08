"""What the engine says of an image and of itself."""

from __future__ import annotations

from pydantic import Field

from seatrial.model.base import Model
from seatrial.model.plan import ResolvedPolicy


class Healthcheck(Model):
    """The image's own HEALTHCHECK; durations are None where the engine's default holds."""

    command: tuple[str, ...]
    interval: float | None = None
    timeout: float | None = None
    start_period: float | None = None
    retries: int | None = None


class ImageFacts(Model):
    """What the image's configuration says.

    Attributes:
        id: As the engine calls it.
        size: Bytes.
        user: As written in the configuration.
        env: Variables that the image sets.
        history: Instructions it was built by, oldest first.
        on_build: Instructions that wait for whoever builds on it.
        sizes: Bytes that each of them added, in the same order.
        created: When it was made, as it says itself, in seconds since the epoch.
        base_policy: Label `seatrial.base-policy`, or None where the image has none.
    """

    id: str
    size: int
    user: str = ""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    env: dict[str, str] = Field(default_factory=dict)
    labels: dict[str, str] = Field(default_factory=dict)
    exposed: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    workdir: str = ""
    stop_signal: str = "SIGTERM"
    healthcheck: Healthcheck | None = None
    history: tuple[str, ...] = ()
    on_build: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    created: float | None = None
    base_policy: ResolvedPolicy | None = None


class EngineFacts(Model):
    """The engine that the image was tried on."""

    version: str
    system: str
    architecture: str

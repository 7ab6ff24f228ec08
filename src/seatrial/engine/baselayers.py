"""The layers of a base: from the engine where it holds the base, else from its registry."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from typing import Any

from seatrial.engine.calls import call
from seatrial.engine.client import Engine
from seatrial.engine.facts import image_layers
from seatrial.errors import NoEngineError

REGISTRY_SECONDS = 15.0


def layers_of_base(engine: Engine, reference: str) -> list[tuple[str, ...]]:
    """Return the digests of the contents of a base's layers, a tuple a platform.

    BuildKit fetches a base for itself; the engine's own store need not have it.
    """
    held = image_layers(engine, reference)
    if held:
        return [held]
    words = ("buildx", "imagetools", "inspect", reference, "--format", "{{json .Image}}")
    # A registry that hangs is no reason to end a trial: the base is then unknown.
    with contextlib.suppress(NoEngineError):
        answer = call(engine, *words, seconds=REGISTRY_SECONDS)
        return layers_told(answer.stdout) if answer.code == 0 else []
    return []


def layers_told(text: str) -> list[tuple[str, ...]]:
    """Return the layers that buildx tells: of one image, or of one a platform."""
    try:
        told: dict[str, Any] = json.loads(text)
    except ValueError:
        return []
    images: Iterable[Any] = [told] if "rootfs" in told else told.values()
    return [
        tuple(image["rootfs"]["diff_ids"])
        for image in images
        if isinstance(image, dict) and image.get("rootfs", {}).get("diff_ids")
    ]


def longest_base(contents: tuple[str, ...], bases: Iterable[tuple[str, ...]]) -> int:
    """Return how many of an image's layers, from the bottom, are those of one of the bases."""
    return max((len(base) for base in bases if contents[: len(base)] == base), default=0)

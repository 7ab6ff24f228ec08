"""Where things stand in the page's two pictures: the probes in time, and the layers by size."""

from __future__ import annotations

import math
from typing import NamedTuple

from seatrial.model.image import ImageFacts
from seatrial.model.observation import Observation
from seatrial.model.units import show_duration, show_size

# A bar that would be too thin to be seen.
THINNEST = 0.4
STEPS = (1, 2, 5)


class Bar(NamedTuple):
    """A probe; left and width are per cent of the trial's duration."""

    name: str
    left: float
    width: float
    took: str
    error: str
    labelled_right: bool


class Tick(NamedTuple):
    """A mark of the time axis; `at` is per cent."""

    at: float
    label: str


class Layer(NamedTuple):
    """An instruction that added to the image; `share` is per cent of all."""

    instruction: str
    size: str
    share: float
    is_base: bool


def bars(seen: Observation) -> list[Bar]:
    """Return the probes in the order in which they began."""
    total = _total(seen)
    found = sorted(seen.probes.items(), key=lambda item: (item[1].started, item[1].ended))
    return [
        Bar(
            name=name,
            left=round(100 * one.started / total, 2),
            width=round(max(100 * (one.ended - one.started) / total, THINNEST), 2),
            took=show_duration(one.ended - one.started),
            error=one.error or "",
            # Its words then have at least half of the picture to stand in.
            labelled_right=(one.started + one.ended) / 2 > total / 2,
        )
        for name, one in found
    ]


def ticks(seen: Observation) -> list[Tick]:
    """Return marks of the time axis: five at most, at round seconds."""
    total = _total(seen)
    power = 10 ** math.floor(math.log10(total / 5))
    step = next((s * power for s in STEPS if s * power * 5 >= total), 10 * power)
    count = int(total / step)
    return [Tick(round(100 * n * step / total, 2), f"{n * step:g} s") for n in range(count + 1)]


def layers(image: ImageFacts, base_layers: int) -> list[Layer]:
    """Return the instructions that added bytes, the base's first; none where sizes are unknown.

    Args:
        image: The image's configuration.
        base_layers: How many layers, from the bottom, are the base's.
    """
    told = zip(image.history, image.sizes, strict=False)
    added = [(instruction, size) for instruction, size in told if size > 0]
    total = sum(size for _, size in added)
    return [
        Layer(
            instruction=instruction.removesuffix(" # buildkit"),
            size=show_size(size),
            share=round(max(100 * size / total, THINNEST), 2),
            is_base=number < base_layers,
        )
        for number, (instruction, size) in enumerate(added)
    ]


def _total(seen: Observation) -> float:
    return max([seen.duration, *(one.ended for one in seen.probes.values()), 0.001])

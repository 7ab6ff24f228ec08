"""The verdict on a failed build: which image, stage, line; what to do. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from seatrial.errors import BuildFailedError
from seatrial.model.plan import Plan, PlannedImage
from seatrial.model.progress import StepChanged

_PLACE = re.compile(r"^(?:.*/)?[^/\s]*Dockerfile[^/\s:]*:(\d+)$")
_MARKED = re.compile(r"^\s*(\d+) \| >>> ")
_PARSE_LINE = re.compile(r"parse error on line (\d+)")
_TARGET = re.compile(r"^ERROR: target ([\w.-]+):")
# What BuildKit calls the place it looked in changes from run to run and means nothing to anybody.
_CHECKSUM = re.compile(r"^.*failed to calculate checksum of ref [^\s\"]+: ")
_FULL = ("no space left on device", "disk quota exceeded")


@dataclass(frozen=True)
class Failure:
    """What a failed bake run left behind.

    Attributes:
        failed: Steps that failed; empty when it failed before any step.
        tails: Last log lines of each.
        complaint: What bake itself printed.
    """

    failed: Sequence[StepChanged]
    tails: Sequence[Sequence[str]]
    complaint: Sequence[str]


def verdict(plan: Plan, failure: Failure, command: str) -> BuildFailedError:
    """Return the error that explains a failed build.

    Args:
        plan: What was being built.
        failure: What bake left behind.
        command: What builds one image again, up to its name.
    """
    if any(sign in line.lower() for line in failure.complaint for sign in _FULL):
        return BuildFailedError(
            "the disk is full",
            hint="free some space: docker system df shows what the engine holds",
            detail=tuple(failure.complaint[-6:]),
        )
    named = _named(failure.complaint)
    tails = [*failure.tails, *((),) * len(failure.failed)]
    # The line that bake shows belongs to the target that bake names.
    own = [
        pair for pair in zip(failure.failed, tails, strict=False) if named in {None, pair[0].image}
    ]
    if not own:
        return _without_a_step(plan, failure.complaint, command)
    step, tail = own[0]
    image = _image(plan, step.image)
    stage = f"stage {step.stage}" if step.stage else "step"
    place = f", {stage} {step.number}/{step.total}" if step.number else ""
    others = sorted({other.image for other in failure.failed} - {step.image, ""})
    also = f" (as did {', '.join(others)})" if others else ""
    return BuildFailedError(
        f"{_name(image)}{also}{_where(image, failure.complaint)}{place}",
        at=step.instruction,
        found=_CHECKSUM.sub("", step.error or "") or None,
        hint=_again(image, command),
        detail=tuple(tail),
    )


def _without_a_step(plan: Plan, complaint: Sequence[str], command: str) -> BuildFailedError:
    last = next((text for text in reversed(complaint) if text.startswith("ERROR")), "")
    image = _image(plan, _named(complaint) or "")
    return BuildFailedError(
        f"{_name(image)}{_where(image, complaint)}",
        found=_TARGET.sub("", last).removeprefix("ERROR:").strip() or None,
        hint=_again(image, command),
        detail=tuple(complaint[-12:]),
    )


def _named(complaint: Sequence[str]) -> str | None:
    """Return the target that bake blames, or None: of one target alone it names none."""
    matches = (_TARGET.match(text) for text in reversed(complaint))
    return next((match[1] for match in matches if match), None)


def _name(image: PlannedImage | None) -> str:
    return f"{image.name} failed to build" if image else "the build failed"


def _where(image: PlannedImage | None, complaint: Sequence[str]) -> str:
    line = _line(complaint)
    return "" if image is None else f": {image.dockerfile}" + (f":{line}" if line else "")


def _again(image: PlannedImage | None, command: str) -> str | None:
    return f"to build only it again: {command} {image.name}" if image else None


def _image(plan: Plan, name: str) -> PlannedImage | None:
    alone = plan.images[0] if len(plan.images) == 1 else None
    return next((image for image in plan.images if image.name == name), alone)


def _line(complaint: Sequence[str]) -> int | None:
    for pattern in (_PARSE_LINE, _MARKED, _PLACE):
        for text in complaint:
            if match := pattern.search(text):
                return int(match[1])
    return None

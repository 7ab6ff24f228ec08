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
_TARGET = re.compile(r"\btarget ([\w.-]+):")
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
    if any(sign in line for line in failure.complaint for sign in _FULL):
        return BuildFailedError(
            "the disk is full",
            hint="free some space: docker system df shows what the engine holds",
            detail=tuple(failure.complaint[-6:]),
        )
    if not failure.failed:
        return _without_a_step(plan, failure.complaint, command)
    step, tail = failure.failed[0], failure.tails[0] if failure.tails else ()
    image = _image(plan, step.image)
    name = image.name if image else "the build"
    dockerfile = image.dockerfile if image else "Dockerfile"
    line = _line(failure.complaint)
    where = f"{dockerfile}:{line}" if line else dockerfile
    stage = f", stage {step.stage} {step.number}/{step.total}" if step.number else ""
    others = sorted({other.image for other in failure.failed[1:]} - {step.image, ""})
    also = f" (as did {', '.join(others)})" if others else ""
    return BuildFailedError(
        f"{name} failed to build{also}: {where}{stage}",
        at=step.instruction,
        found=step.error,
        hint=f"to build only it again: {command} {name}",
        detail=tuple(tail),
    )


def _without_a_step(plan: Plan, complaint: Sequence[str], command: str) -> BuildFailedError:
    last = next((text for text in reversed(complaint) if text.startswith("ERROR")), "")
    match = _TARGET.search(last)
    image = _image(plan, match[1] if match else "")
    line = _line(complaint)
    where = f": {image.dockerfile}:{line}" if image and line else ""
    return BuildFailedError(
        f"{image.name if image else 'the build'} failed to build{where}",
        found=last.removeprefix("ERROR: ") or None,
        hint=f"to build only it again: {command} {image.name}" if image else None,
        detail=tuple(complaint[-12:]),
    )


def _image(plan: Plan, name: str) -> PlannedImage | None:
    alone = plan.images[0] if len(plan.images) == 1 else None
    return next((image for image in plan.images if image.name == name), alone)


def _line(complaint: Sequence[str]) -> int | None:
    for pattern in (_PARSE_LINE, _MARKED, _PLACE):
        for text in complaint:
            if match := pattern.search(text):
                return int(match[1])
    return None

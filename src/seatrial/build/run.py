"""Runs a plan: one bake run, then the tags, to all images or to none."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from seatrial.build.verdict import Failure, verdict
from seatrial.engine.builds import BakeResult, run_bake
from seatrial.engine.client import Engine
from seatrial.engine.images import StoredImage, inspect_images, remove_tags, tag_images
from seatrial.errors import BuildFailedError
from seatrial.files import write_atomic
from seatrial.model.plan import BuildRecord, BuiltImage, Plan, Step
from seatrial.model.progress import BuildEvent


def run_plan(
    engine: Engine,
    plan: Plan,
    *,
    root: Path,
    command: str,
    no_cache: bool = False,
    builder: str | None = None,
    on_event: Callable[[BuildEvent], None] | None = None,
) -> BuildRecord:
    """Build every image of a plan, then give all of them their tags.

    Args:
        engine: Where to build.
        plan: What to build.
        root: The project's root.
        command: The verb as it was called, for the hint of a failure.
        no_cache: Build every step anew.
        builder: Another builder than the default one.
        on_event: Called with every event.

    Raises:
        BuildFailedError: When an image does not build. No tag was moved.
        KeyboardInterrupt: When interrupted. No tag was moved.
    """
    started = time.time()
    result = run_targets(
        engine,
        plan,
        root=root,
        command=command,
        no_cache=no_cache,
        builder=builder,
        on_event=on_event,
    )
    sizes = give_tags(engine, plan, result.digests)
    return BuildRecord(
        started=started,
        duration=time.time() - started,
        plan=plan,
        images=tuple(_built(plan, name, result, sizes[name]) for name in sizes),
    )


def run_targets(
    engine: Engine,
    plan: Plan,
    *,
    root: Path,
    command: str,
    option: str = "--image",
    no_cache: bool = False,
    builder: str | None = None,
    on_event: Callable[[BuildEvent], None] | None = None,
) -> BakeResult:
    """Build the targets of a plan and give no tags.

    Raises:
        BuildFailedError: When one does not build.
        KeyboardInterrupt: When interrupted.
    """
    result = run_bake(
        engine,
        plan.definition,
        [image.name for image in plan.images],
        root=root,
        no_cache=no_cache,
        builder=builder,
        environ={"SOURCE_DATE_EPOCH": str(plan.stamp.epoch)},
        on_event=on_event,
    )
    if not result.ok:
        failure = Failure(result.failed, result.tails, result.complaint)
        raise verdict(plan, failure, f"{command} {option}")
    return result


def give_tags(engine: Engine, plan: Plan, digests: dict[str, str]) -> dict[str, int]:
    """Give each image of a plan its tags; when one cannot be given, take all of them back.

    Args:
        engine: Where the images are.
        plan: Which tags they get.
        digests: What was built, by image.

    Returns:
        Size in bytes by image.

    Raises:
        BuildFailedError: When an image is not where the build should have put it.
    """
    wanted = {tag: digests.get(image.name, "") for image in plan.images for tag in image.tags}
    held = inspect_images(engine, [*filter(None, digests.values()), *wanted])
    lost = [image.name for image in plan.images if digests.get(image.name) not in held]
    if lost:
        raise BuildFailedError(
            f"{lost[0]} was built, but the engine does not hold it",
            expected="a builder that loads its result into the engine",
            hint="build with the engine's own builder (leave --builder out)",
        )
    before = {tag: held[tag] for tag in wanted if tag in held}
    moved = {tag: image for tag, image in wanted.items() if _id(before.get(tag)) != held[image].id}
    try:
        tag_images(engine, ((image, tag) for tag, image in moved.items()))
    except BaseException:
        _restore(engine, list(moved), before)
        raise
    return {image.name: held[digests[image.name]].size for image in plan.images}


def write_record(record: BuildRecord, dist: Path) -> None:
    """Write `build.json` into `dist`; `version.json` is there since before the build."""
    write_atomic(dist / "build.json", record.model_dump_json(indent=2) + "\n")


def _id(image: StoredImage | None) -> str | None:
    return image.id if image else None


def _restore(engine: Engine, moved: list[str], before: dict[str, StoredImage]) -> None:
    remove_tags(engine, [tag for tag in moved if tag not in before])
    tag_images(engine, ((before[tag].id, tag) for tag in moved if tag in before))


def _built(plan: Plan, name: str, result: BakeResult, size: int) -> BuiltImage:
    steps = result.steps[name]
    return BuiltImage(
        name=name,
        tags=next(image.tags for image in plan.images if image.name == name),
        digest=result.digests[name],
        size=size,
        duration=_duration(steps),
        steps=steps,
    )


def _duration(steps: tuple[Step, ...]) -> float:
    starts = [step.started for step in steps if step.started is not None]
    ends = [step.ended for step in steps if step.ended is not None]
    return round(max(ends) - min(starts), 3) if starts and ends else 0.0

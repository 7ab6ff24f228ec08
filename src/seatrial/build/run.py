"""Runs a plan: one bake run, then the tags, to all images or to none."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from seatrial.build.verdict import Failure, verdict
from seatrial.engine.builds import BakeResult, follow_bake
from seatrial.engine.client import Engine
from seatrial.engine.images import StoredImage, inspect_images, remove_tags, tag_images
from seatrial.engine.launch import Launch, RunningBake
from seatrial.errors import BuildFailedError, SeatrialError
from seatrial.files import write_atomic
from seatrial.model.plan import BuildRecord, BuiltImage, Plan, Step
from seatrial.model.progress import BuildEvent


def launch_of(
    plan: Plan, root: Path, *, no_cache: bool = False, builder: str | None = None
) -> Launch:
    """Return what bake is asked to do for a plan."""
    return Launch(
        definition=plan.definition,
        targets=[image.name for image in plan.images],
        root=root,
        environ={"SOURCE_DATE_EPOCH": str(plan.stamp.epoch)},
        no_cache=no_cache,
        builder=builder,
    )


def run_plan(
    engine: Engine,
    plan: Plan,
    running: RunningBake,
    *,
    command: str,
    on_event: Callable[[BuildEvent], None] | None = None,
) -> BuildRecord:
    """Follow the build of every image of a plan, then give all of them their tags.

    Args:
        engine: Where it builds.
        plan: What is built.
        running: The bake run.
        command: What builds one image again, up to its name.
        on_event: Called with every event.

    Raises:
        BuildFailedError: When an image does not build. No tag was moved.
        KeyboardInterrupt: When interrupted. No tag was moved.
    """
    # Asked while bake runs, so that little is left to ask when it has ended.
    tags = [tag for image in plan.images for tag in image.tags]
    before = in_background(lambda: inspect_images(engine, tags))
    result = run_targets(plan, running, command=command, on_event=on_event)
    sizes = give_tags(engine, plan, result.digests, before())
    return BuildRecord(
        started=running.started,
        duration=time.time() - running.started,
        plan=plan,
        images=tuple(_built(plan, name, result, sizes[name], running.started) for name in sizes),
    )


def run_targets(
    plan: Plan,
    running: RunningBake,
    *,
    command: str,
    on_event: Callable[[BuildEvent], None] | None = None,
) -> BakeResult:
    """Follow the build of the targets of a plan; give no tags.

    Raises:
        BuildFailedError: When one does not build.
        KeyboardInterrupt: When interrupted.
    """
    result = follow_bake(running, [image.name for image in plan.images], on_event)
    if not result.ok:
        raise verdict(plan, Failure(result.failed, result.tails, result.complaint), command)
    return result


def give_tags(
    engine: Engine, plan: Plan, digests: Mapping[str, str], before: Mapping[str, StoredImage]
) -> dict[str, int]:
    """Give each image of a plan its tags; when one cannot be given, take all of them back.

    Args:
        engine: Where the images are.
        plan: Which tags they get.
        digests: What was built, by image.
        before: What each tag named before the build; a tag that named nothing is not there.

    Returns:
        Size in bytes by image.

    Raises:
        BuildFailedError: When an image is not where the build should have put it.
        NoEngineError: When a tag cannot be given.
    """
    named = {image.id: image for image in before.values()}
    new = [digest for digest in digests.values() if digest not in named]
    held = named | inspect_images(engine, new)
    lost = [image.name for image in plan.images if digests.get(image.name) not in held]
    if lost:
        raise BuildFailedError(
            f"{lost[0]} was built, but the engine does not hold it",
            expected="a builder that loads its result into the engine",
            hint="build with the engine's own builder (leave --builder out)",
        )
    wanted = {tag: digests[image.name] for image in plan.images for tag in image.tags}
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


def in_background(
    ask: Callable[[], dict[str, StoredImage]],
) -> Callable[[], dict[str, StoredImage]]:
    """Begin to ask; return what waits for the answer, and asks again when there was none."""
    answers: list[dict[str, StoredImage]] = []

    def work() -> None:
        with contextlib.suppress(SeatrialError):
            answers.append(ask())

    thread = threading.Thread(target=work, daemon=True)
    thread.start()

    def wait() -> dict[str, StoredImage]:
        thread.join()
        return answers[0] if answers else ask()

    return wait


def _id(image: StoredImage | None) -> str | None:
    return image.id if image else None


def _restore(engine: Engine, moved: list[str], before: Mapping[str, StoredImage]) -> None:
    remove_tags(engine, [tag for tag in moved if tag not in before])
    tag_images(engine, ((before[tag].id, tag) for tag in moved if tag in before))


def _built(plan: Plan, name: str, result: BakeResult, size: int, since: float) -> BuiltImage:
    steps = result.steps[name]
    return BuiltImage(
        name=name,
        tags=next(image.tags for image in plan.images if image.name == name),
        digest=result.digests[name],
        size=size,
        duration=_duration(steps, since),
        steps=steps,
    )


def _duration(steps: tuple[Step, ...], since: float) -> float:
    """Return seconds from the first step to the last.

    A step that another build had begun already has that one's start; it counts from ours.
    """
    starts = [max(step.started, since) for step in steps if step.started is not None]
    ends = [step.ended for step in steps if step.ended is not None]
    return round(max(0.0, max(ends) - min(starts)), 3) if starts and ends else 0.0

"""The verbs that plan and build."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

from invoke.context import Context

from seatrial.tasks.verb import verb

if TYPE_CHECKING:
    from seatrial.catalog import Project
    from seatrial.engine.client import Engine
    from seatrial.model.plan import BuildRecord, Plan

HELP = {
    "image": "Build only this image; may be given more than once.",
    "tag": "Give this tag (TAG or REPOSITORY:TAG) alone, not latest and the commit's.",
    "bases": "Base policy: auto (default), registry or stand-in.",
    "platform": "Platform to build for, as linux/arm64; may be given more than once.",
    "no_cache": "Build every step anew.",
    "builder": "Name of another builder than the default one (docker buildx ls).",
    "push": "Refused for now: images are pushed only once they can be proven and signed.",
    "json": "Print JSON on standard output in place of the table.",
}


@verb(name="build-prod", help=HELP, iterable=["image", "platform"])
def build_prod(
    c: Context,
    image: list[str] | None = None,
    tag: str | None = None,
    bases: str | None = None,
    platform: list[str] | None = None,
    no_cache: bool = False,
    builder: str | None = None,
    push: bool = False,
    json: bool = False,
) -> None:
    """Build every image, stamped with version.json."""
    if push:
        _refuse_push()
    build_images(
        image or (),
        tag=tag,
        bases=bases,
        platforms=platform or (),
        no_cache=no_cache,
        builder=builder,
        as_json=json,
    )


@verb(
    help={name: HELP[name] for name in ("image", "tag", "bases", "platform", "json")},
    iterable=["image", "platform"],
)
def plan(
    c: Context,
    image: list[str] | None = None,
    tag: str | None = None,
    bases: str | None = None,
    platform: list[str] | None = None,
    json: bool = False,
) -> None:
    """Show what build-prod would build; needs no engine."""
    from seatrial.catalog import read_project
    from seatrial.report.plan_view import print_plan

    planned, reason = _offline_plan(read_project(), image or (), tag, bases, platform or ())
    if json:
        print(planned.model_dump_json(indent=2))
    else:
        print_plan(planned, reason)


@verb(
    help={
        "target": "Target of the bake file; may be given more than once.",
        "bases": HELP["bases"],
        "no_cache": HELP["no_cache"],
    },
    iterable=["target"],
)
def bake(
    c: Context, target: list[str] | None = None, bases: str | None = None, no_cache: bool = False
) -> None:
    """Run any target of the bake file, with its own output, on seatrial's bases; no tags."""
    from seatrial.build.plan import Request, make_plan
    from seatrial.build.run import run_targets
    from seatrial.catalog import read_project
    from seatrial.engine.client import find_engine
    from seatrial.report.build_view import PlainView

    project, engine = read_project(), find_engine()
    chosen, ground = _ground(project, engine, target or (), bases, targets=True)
    planned = make_plan(Request(chosen, as_written=True), ground)
    _write_stamp(project, planned)
    print(f"bases: {planned.policy}", file=sys.stderr, flush=True)
    run_targets(
        engine,
        planned,
        root=project.root,
        command="invoke bake",
        option="--target",
        no_cache=no_cache,
        on_event=PlainView(chosen).take,
    )


def build_images(
    images: Any,
    *,
    tag: str | None = None,
    bases: str | None = None,
    platforms: Any = (),
    no_cache: bool = False,
    builder: str | None = None,
    as_json: bool = False,
) -> BuildRecord:
    """Plan, build, tag, record and show; what every verb that builds does.

    Raises:
        SeatrialError: As its steps do.
    """
    from seatrial.build.plan import Request, make_plan
    from seatrial.build.run import run_plan, write_record
    from seatrial.catalog import read_project
    from seatrial.engine.client import find_engine
    from seatrial.report import build_view

    project = read_project()
    engine = find_engine()
    chosen, ground = _ground(project, engine, images, bases)
    planned = make_plan(Request(chosen, tag, tuple(platforms)), ground)
    _write_stamp(project, planned)
    view = build_view.choose_view(chosen)
    print(f"bases: {planned.policy}", file=sys.stderr, flush=True)
    threading.Thread(target=build_view.preload, daemon=True).start()
    with view.shown():
        record = run_plan(
            engine,
            planned,
            root=project.root,
            command="invoke build-prod",
            no_cache=no_cache,
            builder=builder,
            on_event=view.take,
        )
    write_record(record, project.dist)
    if as_json:
        print(record.model_dump_json(indent=2))
    else:
        build_view.print_table(record)
    return record


def _write_stamp(project: Project, planned: Plan) -> None:
    from seatrial.files import write_atomic

    write_atomic(project.dist / "version.json", planned.stamp.model_dump_json(indent=2) + "\n")


def _ground(
    project: Project, engine: Engine, asked: Any, bases: str | None, *, targets: bool = False
) -> tuple[Any, Any]:
    """Return what is built, images or any targets, and the ground that its plan stands on."""
    from seatrial.build import ground as grounds
    from seatrial.build.policy import decide, require_stand_ins

    printed = grounds.read_bake(project, engine.client)
    if targets:
        others = grounds.read_bake(project, engine.client, tuple(asked))
        chosen = grounds.choose_targets(others, tuple(asked))
        printed = {**printed, "target": {**printed["target"], **others["target"]}}
    else:
        chosen = grounds.choose_images(printed, tuple(asked))
    grounds.check_sources(project, printed, chosen)
    every = grounds.read_all_bases(project, printed)
    references = sorted({base.reference for found in every.values() for base in found})
    decision = decide(_asked(project, bases), engine, references, project.state)
    found = grounds.read_ground(project, printed, decision.policy)
    require_stand_ins(engine, found.stand_ins.values())
    return chosen, found


def _offline_plan(
    project: Project, images: Any, tag: str | None, bases: str | None, platforms: Any
) -> tuple[Plan, str]:
    """Return the plan without asking an engine or a registry, and why its policy is what it is."""
    from seatrial.build import ground as grounds
    from seatrial.build.plan import Request, make_plan
    from seatrial.build.policy import Decision, remembered
    from seatrial.engine.client import find_client

    printed = grounds.read_bake(project, find_client())
    chosen = grounds.choose_images(printed, tuple(images))
    grounds.check_sources(project, printed, chosen)
    asked = _asked(project, bases)
    unknown = Decision("registry", "the registry was not asked of late; a build asks it")
    decision = (
        Decision(asked, "it was asked for")
        if asked != "auto"
        else remembered(project.state) or unknown
    )
    found = grounds.read_ground(project, printed, decision.policy)
    return make_plan(Request(chosen, tag, tuple(platforms)), found), decision.reason


def _asked(project: Project, bases: str | None) -> Any:
    from seatrial.errors import ConfigurationError

    if bases is None:
        return project.settings.bases
    if bases not in {"auto", "registry", "stand-in"}:
        raise ConfigurationError(
            f"{bases!r} is no base policy", expected="auto, registry or stand-in"
        )
    return bases


def _refuse_push() -> None:
    from seatrial.errors import ConfigurationError

    raise ConfigurationError(
        "--push is refused for now",
        hint="an image is pushed only with its proof and a signature, which is not built yet; "
        "until then docker push the tag that build-prod printed",
    )

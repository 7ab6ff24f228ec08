"""What the verbs that build do: wire plan, bake run, tags, record and view together.

Whatever a remembered plan does not need is imported only after bake was started: a no-op build
spends its time in BuildKit, and imports fit beside it.
"""

from __future__ import annotations

import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.build import memo
from seatrial.engine.client import find_client, find_engine
from seatrial.engine.launch import Launch, launch_bake
from seatrial.files import write_atomic
from seatrial.git import Answers, ask_git
from seatrial.root import find_root

if TYPE_CHECKING:
    from seatrial.catalog import Project
    from seatrial.engine.client import Engine
    from seatrial.engine.launch import RunningBake
    from seatrial.model.plan import BuildRecord, Plan

VERSION_FILE = "dist/version.json"


def build_images(
    options: memo.Options,
    *,
    no_cache: bool = False,
    builder: str | None = None,
    as_json: bool = False,
    send: bool = True,
) -> BuildRecord:
    """Plan, build, tag, record and show.

    Args:
        options: What is built.
        no_cache: Whether every step is built anew.
        builder: Name of another builder than the default one.
        as_json: Whether the record is printed as JSON in place of the table.
        send: Whether the logbook is told now; else the entry waits for whoever tells it later.

    Raises:
        SeatrialError: As its steps do.
        KeyboardInterrupt: When interrupted; BuildKit's work is stopped and no tag was moved.
    """
    root, engine = find_root(), find_engine()
    git = ask_git(root)
    key = memo.key_of(root, git, options, engine.client)
    known = memo.recall(root, key)
    with ExitStack() as stack:
        running = None
        if known is not None:
            running = stack.enter_context(_launch_known(engine, root, known, no_cache, builder))
        from seatrial.build.run import launch_of

        plan = _plan(engine, options, git, known)
        if running is None:
            _write_version(root, plan)
            launch = launch_of(plan, root, no_cache=no_cache, builder=builder)
            running = stack.enter_context(launch_bake(engine, launch))
            _remember(root, key, plan)
        record = _followed(engine, plan, running)
    _show(record, root, as_json=as_json)
    _record(record, root, send=send)
    return record


def build_targets(targets: tuple[str, ...], *, bases: str | None, no_cache: bool) -> None:
    """Run any targets of the bake file, with their own outputs.

    Raises:
        SeatrialError: As its steps do.
    """
    from seatrial.build.plan import Request, make_plan
    from seatrial.build.run import launch_of, run_targets
    from seatrial.catalog import read_project
    from seatrial.report.build_view import PlainView

    project, engine = read_project(), find_engine()
    chosen, ground = _ground(project, engine, targets, bases, any_target=True)
    plan = make_plan(Request(chosen, as_written=True), ground)
    _write_version(project.root, plan)
    print(f"bases: {plan.policy}", file=sys.stderr, flush=True)
    with launch_bake(engine, launch_of(plan, project.root, no_cache=no_cache)) as running:
        view = PlainView(chosen)
        with view.shown():
            run_targets(plan, running, command="invoke bake --target", on_event=view.take)


def offline_plan(project: Project, options: memo.Options) -> tuple[Plan, str]:
    """Return the plan without asking an engine or a registry, and why its policy is what it is.

    Raises:
        SeatrialError: As its steps do.
    """
    from seatrial.build import ground as grounds
    from seatrial.build.plan import Request, make_plan
    from seatrial.build.policy import Decision, remembered
    from seatrial.git import read_git

    printed = grounds.read_bake(project, find_client())
    chosen = grounds.choose_images(printed, options.images)
    grounds.check_sources(project, printed, chosen)
    asked = _asked(project, options.bases)
    unknown = Decision("registry", "the registry was not asked of late; a build asks it")
    decision = (
        Decision(asked, "it was asked for")
        if asked != "auto"
        else remembered(project.state) or unknown
    )
    found = grounds.read_ground(project, printed, decision.policy, read_git(project.root))
    return make_plan(Request(chosen, options.tag, options.platforms), found), decision.reason


def _launch_known(
    engine: Engine, root: Path, known: memo.Remembered, no_cache: bool, builder: str | None
) -> Any:
    """Start bake for a remembered plan."""
    if memo.read(root / VERSION_FILE) != known.version_json:
        write_atomic(root / VERSION_FILE, known.version_json)
    environ = {"SOURCE_DATE_EPOCH": str(known.epoch)}
    definition = known.plan["definition"]
    return launch_bake(engine, Launch(definition, known.targets, root, environ, no_cache, builder))


def _plan(
    engine: Engine, options: memo.Options, git: Answers, known: memo.Remembered | None
) -> Plan:
    from seatrial.model.plan import Plan

    if known is not None:
        return Plan.model_validate(known.plan)
    from seatrial.build.plan import Request, make_plan
    from seatrial.catalog import read_project

    project = read_project()
    chosen, ground = _ground(project, engine, options.images, options.bases, git=git)
    return make_plan(Request(chosen, options.tag, options.platforms), ground)


def _followed(engine: Engine, plan: Plan, running: RunningBake) -> BuildRecord:
    """Follow the run, showing it; give the tags."""
    from seatrial.build.policy import require_stand_ins
    from seatrial.build.run import run_plan
    from seatrial.errors import BuildFailedError
    from seatrial.report import build_view

    view = build_view.choose_view([image.name for image in plan.images])
    print(f"bases: {plan.policy}", file=sys.stderr, flush=True)
    threading.Thread(target=build_view.preload, daemon=True).start()
    command = "invoke build-prod --image"
    try:
        with view.shown():
            return run_plan(engine, plan, running, command=command, on_event=view.take)
    except BuildFailedError:
        # A remembered plan did not look for them, and BuildKit's own words would mislead.
        used = [base.stand_in for image in plan.images for base in image.bases if base.stand_in]
        require_stand_ins(engine, used)
        raise


def _show(record: BuildRecord, root: Path, *, as_json: bool) -> None:
    from seatrial.build.run import write_record
    from seatrial.report import build_view

    write_record(record, root / "dist")
    if as_json:
        print(record.model_dump_json(indent=2))
    else:
        build_view.print_table(record)


def _record(record: BuildRecord, root: Path, *, send: bool) -> None:
    """Tell the logbook, where there is one; the verdict is out by now."""
    from seatrial.logbook import recording

    def entries() -> list[Any]:
        from seatrial.logbook.entries import build_entries

        return build_entries(record)

    sys.stdout.flush()
    tell = recording.record if send else recording.keep
    tell(root, root / "dist", entries)


def _remember(root: Path, key: str | None, plan: Plan) -> None:
    facts = plan.model_dump(mode="json")
    memo.keep(root, key, facts, plan.stamp.epoch, plan.stamp.version_json())


def _write_version(root: Path, plan: Plan) -> None:
    write_atomic(root / VERSION_FILE, plan.stamp.version_json())


def _ground(
    project: Project,
    engine: Engine,
    asked: tuple[str, ...],
    bases: str | None,
    *,
    git: Answers | None = None,
    any_target: bool = False,
) -> tuple[Any, Any]:
    """Return what is built, images or any targets, and the ground that its plan stands on."""
    from seatrial.build import ground as grounds
    from seatrial.build.policy import decide, require_stand_ins
    from seatrial.git import read_git

    printed = grounds.read_bake(project, engine.client)
    if any_target:
        others = grounds.read_bake(project, engine.client, asked)
        chosen = grounds.choose_targets(others, asked)
        printed = {**printed, "target": {**printed["target"], **others["target"]}}
    else:
        chosen = grounds.choose_images(printed, asked)
    grounds.check_sources(project, printed, chosen)
    every = grounds.read_all_bases(project, printed)
    references = sorted({base.reference for found in every.values() for base in found})
    decision = decide(_asked(project, bases), engine, references, project.state)
    found = grounds.read_ground(project, printed, decision.policy, read_git(project.root, git))
    require_stand_ins(engine, found.stand_ins.values())
    return chosen, found


def _asked(project: Project, bases: str | None) -> Any:
    from seatrial.errors import ConfigurationError

    if bases is None:
        return project.settings.bases
    if bases not in {"auto", "registry", "stand-in"}:
        raise ConfigurationError(
            f"{bases!r} is no base policy", expected="auto, registry or stand-in"
        )
    return bases

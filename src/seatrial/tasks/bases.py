"""The verb that makes the stand-ins of bases."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from invoke.context import Context

from seatrial.tasks.verb import verb

if TYPE_CHECKING:
    from seatrial.catalog import Project
    from seatrial.engine.client import Engine
    from seatrial.model.plan import ResolvedPolicy


@verb(
    help={
        "clean": "Remove the stand-ins of this project's bases from the engine, old ones too.",
        "if_needed": "Do nothing where the registry answers, or the stand-ins are there.",
        "no_cache": "Build them anew even where their recipes did not change.",
    }
)
def bases(c: Context, clean: bool = False, if_needed: bool = False, no_cache: bool = False) -> None:
    """Build the stand-ins that take the bases' place where no registry answers."""
    from seatrial.build import ground as grounds
    from seatrial.build.policy import missing_stand_ins, remember
    from seatrial.catalog import read_project
    from seatrial.engine.client import find_engine

    project, engine = read_project(), find_engine()
    if clean:
        _clean(project, engine)
        return
    tags = grounds.stand_in_tags(project)
    policy = _policy(project, engine)
    if if_needed and policy == "registry":
        remember(project.state, "registry", ())
        _say("bases: the registry is used; no stand-in is needed")
        return
    wanted = list(tags.values()) if no_cache else missing_stand_ins(engine, tags.values())
    for reference, tag in tags.items():
        if tag in wanted:
            _make(project, engine, reference, tag)
        else:
            _say(f"bases: {tag} is there")
    # Made by hand beside a registry that answers, they are there, and builds go on without them.
    remember(project.state, policy, tags.values() if policy == "stand-in" else ())


def _policy(project: Project, engine: Engine) -> ResolvedPolicy:
    from seatrial.build import ground as grounds
    from seatrial.build.policy import ask

    if project.settings.bases != "auto":
        return project.settings.bases
    every = grounds.read_all_bases(project, grounds.read_bake(project, engine.client))
    references = sorted({base.reference for found in every.values() for base in found})
    decision = ask(engine, references, project.state)
    _say(f"bases: {decision.policy}; {decision.reason}")
    return decision.policy


def _make(project: Project, engine: Engine, reference: str, tag: str) -> None:
    import tempfile
    import time

    from seatrial.engine.images import RECIPE_LABEL, STAND_IN_LABEL, build_context
    from seatrial.recipes import make_context

    began = time.monotonic()
    _say(f"bases: making {tag} …")
    with tempfile.TemporaryDirectory(prefix="seatrial-base-") as folder:
        make_context(project.root / project.settings.stand_ins[reference], Path(folder))
        labels = {STAND_IN_LABEL: reference, RECIPE_LABEL: tag.rpartition("-")[2]}
        build_context(engine, Path(folder), tag, labels)
    _say(f"bases: made {tag} in {time.monotonic() - began:.0f} s")


def _clean(project: Project, engine: Engine) -> None:
    """Remove what was ever made for this project's bases, by any recipe; leave other projects'."""
    from seatrial.build.policy import STAMP
    from seatrial.engine.images import remove_images, stand_ins_held
    from seatrial.recipes import stand_in_place

    places = {stand_in_place(reference) for reference in project.settings.stand_ins}
    found = [
        tag
        for repository, version in sorted(places)
        for tag in stand_ins_held(engine, repository)
        if tag.startswith(f"{repository}:{version}-")
    ]
    remove_images(engine, found)
    (project.state / STAMP).unlink(missing_ok=True)
    _say(f"bases: removed {len(found)} stand-ins" if found else "bases: there are no stand-ins")


def _say(text: Any) -> None:
    print(text, file=sys.stderr, flush=True)

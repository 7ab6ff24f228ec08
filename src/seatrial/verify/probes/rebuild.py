"""Rebuilds a copy of the build context after one edit, to see which steps run again.

No image is made: the build is cut off after the steps that the question is about.
"""

from __future__ import annotations

import copy
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seatrial.engine.builds import follow_bake
from seatrial.engine.launch import Launch, launch_bake
from seatrial.errors import SeatrialError
from seatrial.model.contract import Contract
from seatrial.model.holding_facts import RebuildFacts
from seatrial.model.plan import Step
from seatrial.model.progress import BuildEvent, StepLogged
from seatrial.verify.cutting import cut_after
from seatrial.verify.lab import Lab

# Names that people keep secrets under; none of them belongs into a build.
PLANTED = (".env", ".env.local", ".env.production", "id_rsa", ".netrc")
STEPS_KEPT = 200
ASKED_AGAIN = 2


@dataclass(frozen=True)
class Site:
    """A copy of what an image is built from, to be edited.

    Attributes:
        context: The copied context.
        dockerfile: The copied Dockerfile.
        target: The bake target, with paths of the copies.
    """

    context: Path
    dockerfile: Path
    target: dict[str, Any]


def look_at_rebuilds(lab: Lab) -> dict[str, RebuildFacts]:
    """Edit the source, version.json and the surroundings, and rebuild each in one run of bake.

    A step also runs when the cache has lost it, or while somebody else's build goes without the
    cache: BuildKit joins the two. So a surprising answer is asked for again, with other edits: a
    later rebuild finds the step in the cache; one that depends on the edit runs every time.
    """
    asked = _edits(lab.contract)
    facts = _asked(lab, asked)
    if any(one.failed for one in facts.values()):
        # One that fails ends the others as well: each by itself then.
        for what, edit in asked.items():
            facts |= _asked(lab, {what: edit})
    for _ in range(ASKED_AGAIN):
        again = {what: asked[what] for what in surprising(lab.contract, facts)}
        if not again:
            break
        facts |= _asked(lab, again)
    return facts


def look_at_lock_rebuild(lab: Lab) -> dict[str, RebuildFacts]:
    """Edit the lock and rebuild through the dependencies, until they are installed again."""
    cache = lab.contract.cache
    assert cache is not None and cache.lock is not None  # noqa: S101, PT018 - asked for by it
    with tempfile.TemporaryDirectory(prefix="seatrial-rebuild-") as folder:
        site = copy_site(lab, Path(folder))
        edit_file(site.context / cache.lock)
        _cut(site, cache.step, and_copy=False)
        # Once the step says something, it runs: all that is asked is known.
        facts = build_copies(lab, Path(folder), {"lock": site}, enough=cache.step_is)["lock"]
    return {"lock": facts.model_copy(update={"edited": cache.lock})}


def surprising(contract: Contract, facts: Mapping[str, RebuildFacts]) -> list[str]:
    """Return the rebuilds in which something ran that should come from the cache."""
    cache = contract.cache
    if cache is None:
        return []
    found = []
    for what, one in facts.items():
        ran = one.ran if what == "planted" else [s for s in one.ran if cache.step_is(s.instruction)]
        found += [what] if ran else []
    return found


Edit = Callable[[Lab, Site], str]


def _edits(contract: Contract) -> dict[str, Edit]:
    """Return how the copies are edited, by what each shows; an edit returns what it was."""
    cache = contract.cache
    found: dict[str, Edit] = {}
    if cache and cache.source:
        found["source"] = _edit_source
    if cache and cache.version_context:
        found["version"] = _edit_version
    if cache and contract.secrets is not None:
        found["planted"] = _plant
    return found


def _edit_source(lab: Lab, site: Site) -> str:
    """Edit a source file; go through the copy that follows the dependencies, where there is."""
    cache = lab.contract.cache
    assert cache is not None and cache.source is not None  # noqa: S101, PT018 - asked for by it
    edit_file(site.context / cache.source)
    _cut(site, cache.step, and_copy=True)
    return cache.source


def _edit_version(lab: Lab, site: Site) -> str:
    """Give the build another version.json."""
    cache = lab.contract.cache
    assert cache is not None and cache.version_context is not None  # noqa: S101, PT018
    contexts = site.target.setdefault("contexts", {})
    name = cache.version_context
    if name not in contexts:
        raise SeatrialError(f"the build has no named context {name}")
    other = site.context.parent / "version"
    shutil.copytree(_place(lab, contexts[name]), other)
    for path in other.rglob("*.json"):
        edit_file(path)
    contexts[name] = str(other)
    return "version.json"


def _plant(_lab: Lab, site: Site) -> str:
    """Put files that hold secrets into the context; no step may see them."""
    for name in PLANTED:
        (site.context / name).write_text(f"SECRET={secrets.token_hex(16)}\n", encoding="utf-8")
    return ", ".join(PLANTED)


def _asked(lab: Lab, edits: Mapping[str, Edit]) -> dict[str, RebuildFacts]:
    """Make a copy for each edit and rebuild them all."""
    sites: dict[str, Site] = {}
    edited: dict[str, str] = {}
    facts: dict[str, RebuildFacts] = {}
    if not edits:
        return facts
    with tempfile.TemporaryDirectory(prefix="seatrial-rebuild-") as folder:
        for what, edit in edits.items():
            site = copy_site(lab, Path(folder, what))
            try:
                edited[what] = edit(lab, site)
                sites[what] = site
            except SeatrialError as error:
                facts[what] = RebuildFacts(edited=what, error=error.message)
        seen = build_copies(lab, Path(folder), sites) if sites else {}
    for what, one in seen.items():
        facts[what] = one.model_copy(update={"edited": edited[what]})
    return facts


def copy_site(lab: Lab, folder: Path) -> Site:
    """Copy what the image is built from.

    Raises:
        SeatrialError: When there is no build record that tells what that is.
    """
    record, root, name = lab.record, lab.order.root, lab.contract.image
    target = record.plan.definition.get("target", {}).get(name) if record else None
    if target is None or root is None:
        raise SeatrialError(f"dist/build.json does not tell how this image {name} was built")
    context = _place(lab, target.get("context", "."))
    dockerfile = (context / target.get("dockerfile", "Dockerfile")).resolve()
    copied, beside = folder / "context", folder / "recipe"
    shutil.copytree(context, copied, symlinks=True, ignore=_not_built)
    beside.mkdir()
    for path in (dockerfile, dockerfile.with_name(f"{dockerfile.name}.dockerignore")):
        if path.is_file():
            shutil.copy2(path, beside / path.name)
    changed = copy.deepcopy(target)
    if (inline := changed.pop("dockerfile-inline", None)) is not None:
        (beside / dockerfile.name).write_text(inline, encoding="utf-8")
    changed |= {"context": str(copied), "dockerfile": str(beside / dockerfile.name)}
    changed |= {"tags": [], "output": ["type=cacheonly"]}
    changed["contexts"] = {
        key: _absolute(lab, place) for key, place in changed.get("contexts", {}).items()
    }
    return Site(copied, beside / dockerfile.name, changed)


def build_copies(
    lab: Lab,
    folder: Path,
    sites: Mapping[str, Site],
    enough: Callable[[str], bool] | None = None,
) -> dict[str, RebuildFacts]:
    """Build every copy in one run of bake and return what was seen of each.

    Args:
        lab: The trial.
        folder: Where the copies are.
        sites: The copies, by their names.
        enough: Tells of an instruction that ends the build once it prints something.
    """
    targets = {name: site.target for name, site in sites.items()}
    # As the image was built: with another time, or none, no step of that build is found again.
    environ = {"SOURCE_DATE_EPOCH": str(lab.record.plan.stamp.epoch)} if lab.record else {}
    launch = Launch({"target": targets}, list(targets), folder, environ)
    with (
        lab.turns.taken(),
        launch_bake(lab.engine, launch) as running,
        lab.stoppable(running.stop),
    ):
        ended: list[str] = []

        def listen(event: BuildEvent) -> None:
            if enough and not ended and isinstance(event, StepLogged) and enough(event.instruction):
                ended.append(event.instruction)
                running.stop()

        done = follow_bake(running, list(targets), listen)
    lab.check()
    failed = not done.ok and not ended
    tails = [line for tail in done.tails for line in tail]
    complaint = tuple((tails or list(done.complaint))[-10:]) if failed else ()
    return {
        name: RebuildFacts(
            edited=name,
            steps=own_steps(done.steps.get(name, ()))[:STEPS_KEPT],
            failed=failed,
            complaint=complaint,
        )
        for name in targets
    }


def own_steps(told: Iterable[Step]) -> tuple[Step, ...]:
    """Return the numbered steps, one each, cached unless they ran for this build.

    BuildKit joins builds that run at the same time and have steps in common. Such a step is told
    twice, or told as it was when another build ran it: before this one began.
    """
    told = list(told)
    begin = min((s.started for s in told if s.stage == "internal" and s.started), default=0.0)
    steps: dict[tuple[str, int], Step] = {}
    for step in told:
        key = (step.stage, step.number)
        ours = not step.cached and (step.started or 0.0) >= begin
        before = steps.get(key)
        if step.number and (before is None or not ours):
            steps[key] = step.model_copy(update={"cached": not ours})
    return tuple(steps.values())


def edit_file(path: Path) -> None:
    """Change a file's bytes and nothing that they mean.

    Blanks at the end mean nothing in Python, TOML, JSON, TypeScript, CSS and HTML; which ones
    are there is chance, so that no earlier trial's cache holds the same edit.

    Raises:
        SeatrialError: When there is no such file.
    """
    if not path.is_file():
        raise SeatrialError(f"{path.name} is not in the build context: is the contract right?")
    blanks = "".join(secrets.choice(" \t") for _ in range(64))
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{blanks}\n")


def _cut(site: Site, step: str, *, and_copy: bool) -> None:
    text = site.dockerfile.read_text(encoding="utf-8")
    shorter = cut_after(text, step, and_copy=and_copy)
    if shorter is not None:
        site.dockerfile.write_text(shorter, encoding="utf-8")
        # The stage that was asked for may have been cut off; the last one is what we look at.
        site.target.pop("target", None)


def _not_built(_folder: str, names: list[str]) -> set[str]:
    """Leave out what no build reads and what is large."""
    return {".git", ".venv", "node_modules", "__pycache__"} & set(names)


def _place(lab: Lab, path: str) -> Path:
    return ((lab.order.root or Path()) / path).resolve()


def _absolute(lab: Lab, place: str) -> str:
    return place if ":" in place else str(_place(lab, place))

"""Rebuilds a copy of the build context after one edit, to see which steps run again.

No image is made: the build is cut off after the steps that the question is about.
"""

from __future__ import annotations

import copy
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
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


def questions(contract: Contract) -> dict[str, Callable[[Lab], RebuildFacts]]:
    """Return the rebuilds that a contract asks for, by what is edited."""
    cache = contract.cache
    if cache is None:
        return {}

    def dependencies_ran(facts: RebuildFacts) -> bool:
        return any(cache.step_is(step.instruction) and not step.cached for step in facts.steps)

    asked: dict[str, Callable[[Lab], RebuildFacts]] = {}
    if cache.source:
        asked["source"] = ask_again_if(dependencies_ran, _after_source)
    if cache.lock:
        asked["lock"] = _after_lock
    if cache.version_context:
        asked["version"] = ask_again_if(dependencies_ran, _after_version)
    if contract.secrets is not None:
        asked["planted"] = ask_again_if(lambda facts: bool(facts.ran), _after_planting)
    return {edited: alone(question) for edited, question in asked.items()}


def ask_again_if(
    surprising: Callable[[RebuildFacts], bool], question: Callable[[Lab], RebuildFacts]
) -> Callable[[Lab], RebuildFacts]:
    """Ask again, with another edit each time, while the answer is surprising.

    A step also runs when the cache has lost it, or while somebody else's build goes without the
    cache: BuildKit joins the two. Then a later rebuild finds it; a step that depends on the edit
    runs every time.
    """

    def ask(lab: Lab) -> RebuildFacts:
        facts = question(lab)
        for _ in range(ASKED_AGAIN):
            if not surprising(facts):
                break
            facts = question(lab)
        return facts

    return ask


def alone(question: Callable[[Lab], RebuildFacts]) -> Callable[[Lab], RebuildFacts]:
    """Ask while no other rebuild of the trial is under way.

    Builds share steps that run at the same time; such a step looks as if it had not been cached.
    """

    def ask(lab: Lab) -> RebuildFacts:
        with lab.building:
            return question(lab)

    return ask


def _after_source(lab: Lab) -> RebuildFacts:
    """Edit a source file; build through the copy that follows the dependencies, where there is."""
    cache = lab.contract.cache
    assert cache is not None and cache.source is not None  # noqa: S101, PT018 - asked for by it
    with _site(lab) as site:
        _edit(site.context / cache.source)
        _cut(site, cache.step, and_copy=True)
        return _rebuilt(lab, site, cache.source)


def _after_lock(lab: Lab) -> RebuildFacts:
    """Edit the lock; build just through the dependencies."""
    cache = lab.contract.cache
    assert cache is not None and cache.lock is not None  # noqa: S101, PT018 - asked for by it
    with _site(lab) as site:
        _edit(site.context / cache.lock)
        _cut(site, cache.step, and_copy=False)
        # Once the step says something, it runs: all that is asked is known.
        return _rebuilt(lab, site, cache.lock, enough=cache.step_is)


def _after_version(lab: Lab) -> RebuildFacts:
    """Give the build another version.json."""
    cache = lab.contract.cache
    assert cache is not None and cache.version_context is not None  # noqa: S101, PT018
    with _site(lab) as site:
        contexts = site.target.setdefault("contexts", {})
        name = cache.version_context
        if name not in contexts:
            return RebuildFacts(edited=name, error=f"the build has no named context {name}")
        other = site.context.parent / "version"
        shutil.copytree(_place(lab, contexts[name]), other)
        for path in other.rglob("*.json"):
            _edit(path)
        contexts[name] = str(other)
        return _rebuilt(lab, site, "version.json")


def _after_planting(lab: Lab) -> RebuildFacts:
    """Put files that hold secrets into the context; no step may see them."""
    with _site(lab) as site:
        for name in PLANTED:
            (site.context / name).write_text(f"SECRET={secrets.token_hex(16)}\n", encoding="utf-8")
        return _rebuilt(lab, site, ", ".join(PLANTED))


@contextmanager
def _site(lab: Lab) -> Iterator[Site]:
    """Copy what the image is built from.

    Raises:
        SeatrialError: When there is no build record that tells what that is.
    """
    record, root, name = lab.record, lab.order.root, lab.contract.image
    target = record.plan.definition.get("target", {}).get(name) if record else None
    if target is None or root is None:
        raise SeatrialError(f"dist/build.json does not tell how this image {name} was built")
    with tempfile.TemporaryDirectory(prefix="seatrial-rebuild-") as folder:
        context = _place(lab, target.get("context", "."))
        dockerfile = (context / target.get("dockerfile", "Dockerfile")).resolve()
        copied = Path(folder, "context")
        shutil.copytree(context, copied, symlinks=True, ignore=_not_built)
        beside = Path(folder, "recipe")
        beside.mkdir()
        for path in (dockerfile, dockerfile.with_name(f"{dockerfile.name}.dockerignore")):
            if path.is_file():
                shutil.copy2(path, beside / path.name)
        changed = copy.deepcopy(target)
        changed |= {"context": str(copied), "dockerfile": str(beside / dockerfile.name)}
        changed |= {"tags": [], "output": ["type=cacheonly"]}
        changed["contexts"] = {
            key: _absolute(lab, place) for key, place in changed.get("contexts", {}).items()
        }
        yield Site(copied, beside / dockerfile.name, changed)


def _rebuilt(
    lab: Lab, site: Site, edited: str, *, enough: Callable[[str], bool] | None = None
) -> RebuildFacts:
    """Build and return what was gone through.

    Args:
        lab: The trial.
        site: What is built.
        edited: What was edited, in words.
        enough: Tells by its instruction a step that ends the build once it prints something.
    """
    name = lab.contract.image
    launch = Launch({"target": {name: site.target}}, [name], site.context.parent, {})
    with launch_bake(lab.engine, launch) as running, lab.stoppable(running.stop):
        ended: list[str] = []

        def listen(event: BuildEvent) -> None:
            if enough and not ended and isinstance(event, StepLogged) and enough(event.instruction):
                ended.append(event.instruction)
                running.stop()

        done = follow_bake(running, [name], listen)
    lab.check()
    steps = own_steps(done.steps.get(name, ()))
    tails = [line for tail in done.tails for line in tail]
    return RebuildFacts(
        edited=edited,
        steps=steps[:STEPS_KEPT],
        failed=not done.ok and not ended,
        complaint=() if done.ok or ended else tuple((tails or list(done.complaint))[-10:]),
    )


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


def _edit(path: Path) -> None:
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

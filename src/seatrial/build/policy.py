"""The base policy in force: the registry's bases, or stand-ins."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from seatrial.engine.client import Engine
from seatrial.engine.images import inspect_images, registry_answers
from seatrial.errors import ConfigurationError
from seatrial.files import write_atomic
from seatrial.model.plan import ResolvedPolicy
from seatrial.model.settings import BasePolicy

STAMP = "bases.stamp"
# A registry that answered is believed for a day: asking costs as much as a no-op build.
BELIEVED_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Decision:
    """A base policy and why.

    Attributes:
        policy: What is in force.
        reason: Why, in words.
    """

    policy: ResolvedPolicy
    reason: str


def remembered(state: Path) -> Decision | None:
    """Return the last decision while it is fresh, else None."""
    path = state / STAMP
    try:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        fresh = time.time() - path.stat().st_mtime < BELIEVED_SECONDS
    except (OSError, IndexError, UnicodeDecodeError):
        return None
    if not fresh:
        return None
    if first == "registry":
        return Decision("registry", "the registry answered a while ago")
    if first == "stand-in":
        return Decision("stand-in", "the registry did not answer a while ago")
    return None


def remember(state: Path, policy: ResolvedPolicy, tags: Iterable[str]) -> None:
    """Write the decision down: the policy on the first line, then the stand-ins' tags."""
    write_atomic(state / STAMP, "\n".join((policy, *tags)) + "\n")


def decide(asked: BasePolicy, engine: Engine, references: Iterable[str], state: Path) -> Decision:
    """Return the policy in force; `auto` asks the registries unless they were asked of late."""
    if asked != "auto":
        return Decision(asked, "it was asked for")
    if known := remembered(state):
        return known
    return ask(engine, references, state)


def ask(engine: Engine, references: Iterable[str], state: Path) -> Decision:
    """Ask the registries now, and remember a yes."""
    silence = registry_answers(engine, references)
    if silence is None:
        remember(state, "registry", ())
        return Decision("registry", "the registry answers")
    return Decision("stand-in", f"the registry does not answer: {silence}")


def missing_stand_ins(engine: Engine, tags: Iterable[str]) -> list[str]:
    """Return the stand-ins that the engine does not hold."""
    wanted = list(tags)
    held = inspect_images(engine, wanted)
    return [tag for tag in wanted if tag not in held]


def require_stand_ins(engine: Engine, tags: Iterable[str]) -> None:
    """Refuse to begin a build whose stand-ins are not there.

    Raises:
        ConfigurationError: When one is missing.
    """
    if missing := missing_stand_ins(engine, tags):
        raise ConfigurationError(
            f"the stand-in {missing[0]} is not built",
            hint="build it: invoke bases",
        )

"""What happens to the running container after all others have looked at it: each changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from seatrial.engine.containers import ContainerState
from seatrial.errors import NoEngineError, SeatrialError, StoppedError
from seatrial.model.observation import RunningFacts
from seatrial.model.serving import Process
from seatrial.verify.lab import Lab
from seatrial.verify.probes.processes import look_at_children, look_at_orphan, look_at_touch


def look_at_changes(
    lab: Lab, name: str, state: ContainerState, facts: RunningFacts
) -> RunningFacts:
    """Return the facts of a healthy container, and what it does when something changes around it.

    What cannot be looked at leaves its reason in `unseen`.
    """
    processes = facts.processes
    looks: dict[str, Callable[[], Any]] = {}
    if processes and lab.contract.process != Process():
        looks["touch"] = lambda: look_at_touch(lab, state, processes)
    if lab.contract.process.orphans:
        looks["orphan"] = lambda: look_at_orphan(lab, name, state)
    return _looked(facts, looks)


def look_at_deaths(lab: Lab, name: str, facts: RunningFacts) -> RunningFacts:
    """Return the facts of a container, and what it does when a child of process 1 is killed.

    It may have ended before, and it may have ended after.
    """
    if lab.contract.process.children not in {"fatal", "replaced"}:
        return facts
    processes = facts.processes or ()
    return _looked(facts, {"killed": lambda: look_at_children(lab, name, processes)})


def _looked(facts: RunningFacts, looks: Mapping[str, Callable[[], Any]]) -> RunningFacts:
    found: dict[str, Any] = {}
    unseen = dict(facts.unseen)
    for what, look in looks.items():
        try:
            found[what] = look()
        except (NoEngineError, StoppedError):
            raise
        except SeatrialError as error:
            unseen[what] = error.message
    return facts.model_copy(update={**found, "unseen": unseen})

"""What the checks of rebuilds share."""

from __future__ import annotations

from seatrial.model.contract import Contract
from seatrial.model.holding_facts import RebuildFacts
from seatrial.model.observation import Observation
from seatrial.model.plan import Step
from seatrial.verify.checks.registry import UnseenError

# By what is edited, where it is not the probe of most.
PROBES = {"lock": "rebuild-lock", "whole": "rebuild-whole"}


def rebuild(observation: Observation, edited: str) -> RebuildFacts:
    """Return the facts of one rebuild.

    Raises:
        UnseenError: When it was not done, or went wrong before any step.
    """
    facts = (observation.rebuilds or {}).get(edited)
    if facts is None or facts.error or not facts.steps:
        time = observation.probes.get(PROBES.get(edited, "rebuild"))
        told = facts.error if facts else None
        complaint = facts.complaint[-1] if facts and facts.complaint else None
        raise UnseenError(
            told or (time.error if time else None) or complaint or f"no rebuild after {edited}"
        )
    return facts


def dependency_step(contract: Contract, facts: RebuildFacts) -> Step:
    """Return the step that installs the dependencies.

    Raises:
        UnseenError: When no step is it, or it was not reached.
    """
    cache = contract.cache
    steps = [step for step in facts.steps if cache and cache.step_is(step.instruction)]
    if not steps:
        wanted = cache.step if cache else ""
        reason = f"the rebuild reached no step with “{wanted}”; is cache.step right?"
        raise UnseenError(reason)
    return steps[-1]

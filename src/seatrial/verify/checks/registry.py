"""How a check is declared, and what it may say besides findings: that it could not look."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from seatrial.model.contract import Contract
from seatrial.model.observation import Observation, RunningFacts, Start
from seatrial.model.report import Finding
from seatrial.verify.plugin import FAMILIES

Judge = Callable[[Contract, Observation], Iterable[Finding]]
_CHECKS: list[Check] = []
Fact = TypeVar("Fact")


class UnseenError(Exception):
    """The observation lacks what a check needs; the check is skipped with this reason."""


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes:
        name: Its name, kebab-case: what is so when it passes.
        family: Its family.
        page: What it proves, why that matters, how to mend it.
        is_asked_by: Whether a contract asks for it.
        judge: Yields a finding for each broken promise.

    """

    name: str
    family: str
    page: str
    is_asked_by: Callable[[Contract], object]
    judge: Judge


def check(family: str, asked_by: Callable[[Contract], object]) -> Callable[[Judge], Judge]:
    """Register a check; its name is the function's, its page the function's docstring."""

    def register(judge: Judge) -> Judge:
        name = getattr(judge, "__name__", "").replace("_", "-")
        _CHECKS.append(Check(name, family, inspect.getdoc(judge) or "", asked_by, judge))
        return judge

    return register


def all_checks() -> list[Check]:
    """Return every check, by family and in the order in which they were declared."""
    return sorted(_CHECKS, key=lambda one: FAMILIES.index(one.family))


def checks_for(contract: Contract) -> list[Check]:
    """Return the checks that a contract asks for."""
    return [one for one in all_checks() if one.is_asked_by(contract)]


def need(fact: Fact | None, observation: Observation, probe: str) -> Fact:
    """Return a fact that a probe should have gathered.

    Raises:
        UnseenError: When it has not.
    """
    if fact is None:
        time = observation.probes.get(probe)
        reason = time.error if time and time.error else f"the probe {probe} did not look"
        raise UnseenError(reason)
    return fact


def need_running(observation: Observation) -> RunningFacts:
    """Return what the running container showed.

    Raises:
        UnseenError: When it never became healthy.
    """
    running = need(observation.running, observation, "running")
    if running.start.healthy_after is None:
        reason = "the container never became healthy"
        raise UnseenError(reason)
    return running


def need_restricted(observation: Observation, restriction: str) -> Start:
    """Return how it came up with a restriction.

    Raises:
        UnseenError: When that was not tried, or it does not even come up without.
    """
    starts = need(observation.restricted, observation, "restricted")
    start = need(starts.get(restriction), observation, "restricted")
    if start.healthy_after is None:
        # Without restrictions it came up, or there is nothing to compare with.
        need_running(observation)
    return start

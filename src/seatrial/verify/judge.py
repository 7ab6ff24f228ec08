"""Judges an observation against a contract. Pure: needs no engine, takes milliseconds."""

from __future__ import annotations

from typing import Any

from seatrial.model.contract import Contract
from seatrial.model.observation import Observation
from seatrial.model.report import CheckResult, Report
from seatrial.verify.checks import Check, checks_for
from seatrial.verify.checks.registry import UnseenError
from seatrial.verify.conditions import differing
from seatrial.verify.promises import promise_of


def judge(contract: Contract, observation: Observation) -> Report:
    """Return the outcome of every check that the contract asks for."""
    return Report(
        image=contract.image,
        reference=observation.reference,
        image_id=observation.image.id,
        base_policy=observation.image.base_policy,
        engine=observation.engine.version,
        run=observation.run,
        started=observation.started,
        duration=observation.duration,
        results=tuple(_result(one, contract, observation) for one in checks_for(contract)),
    )


def _result(one: Check, contract: Contract, observation: Observation) -> CheckResult:
    told: dict[str, Any] = {
        "name": one.name,
        "family": one.family,
        "page": one.page,
        "promise": promise_of(one, contract),
    }
    if other := differing(one.name, observation.tried, contract):
        reason = f"it was tried with another {', '.join(other)}; try it again"
        return CheckResult(**told, outcome="skip", reason=reason)
    try:
        findings = tuple(one.judge(contract, observation))
    except UnseenError as unseen:
        return CheckResult(**told, outcome="skip", reason=str(unseen))
    return CheckResult(**told, outcome="fail" if findings else "pass", findings=findings)

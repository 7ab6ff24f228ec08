"""Judges an observation against a contract. Pure: needs no engine, takes milliseconds."""

from __future__ import annotations

from seatrial.model.contract import Contract
from seatrial.model.observation import Observation
from seatrial.model.report import CheckResult, Report
from seatrial.verify.checks import Check, checks_for
from seatrial.verify.checks.registry import UnseenError


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
    try:
        findings = tuple(one.judge(contract, observation))
    except UnseenError as unseen:
        return CheckResult(name=one.name, family=one.family, outcome="skip", reason=str(unseen))
    outcome = "fail" if findings else "pass"
    return CheckResult(name=one.name, family=one.family, outcome=outcome, findings=findings)

"""The report: the outcome of every check that a contract asks for."""

from __future__ import annotations

from typing import Literal

from seatrial.model.base import Model
from seatrial.model.plan import ResolvedPolicy

Outcome = Literal["pass", "fail", "skip"]


class Finding(Model):
    """One broken promise: expected, found, what to do, and the evidence that shows it."""

    expected: str
    found: str
    hint: str = ""
    evidence: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Return the finding as the lines that are shown to a person."""
        labelled = (("expected", self.expected), ("found", self.found), ("to do", self.hint))
        return [
            *(f"{label + ':':<10}{text}" for label, text in labelled if text),
            *(f"| {line}" for line in self.evidence),
        ]


class CheckResult(Model):
    """The outcome of one check.

    Attributes:
        page: What the check proves, why that matters, how to mend it; its first line is what is
            so when it passes.
        promise: Field of the contract that asks for it, dotted; empty where none does alone.
        reason: Why it was skipped.
    """

    name: str
    family: str
    outcome: Outcome
    page: str = ""
    promise: str = ""
    reason: str = ""
    findings: tuple[Finding, ...] = ()


class Report(Model):
    """`report.json`.

    Attributes:
        image: The image's name in its contract.
        reference: What was tried.
        image_id: As the engine calls it.
        base_policy: What it was built on, where it says so.
        started: Seconds since the epoch.
        duration: Seconds.
        results: One a check that the contract asks for, in a fixed order.
    """

    schema_version: Literal[1] = 1
    image: str
    reference: str
    image_id: str
    base_policy: ResolvedPolicy | None = None
    engine: str
    run: str
    started: float
    duration: float
    results: tuple[CheckResult, ...]

    def count(self, outcome: Outcome) -> int:
        """Return how many checks ended so."""
        return sum(result.outcome == outcome for result in self.results)

    def is_kept(self, *, strict: bool) -> bool:
        """Return whether the contract is kept. No check at all is no proof.

        Args:
            strict: Whether a skip counts as a failure.
        """
        looked = self.count("pass") > 0
        return looked and not self.count("fail") and not (strict and self.count("skip"))

"""Trials: what was found when an image was tried against its contract."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from logbook_mcp.builds import NEXT, Next, Verdict
from logbook_mcp.record import Record

MOST_EVIDENCE = 20
"""Lines of evidence of one finding; the report has them all."""
LONGEST_LINE = 500


class Trial(Record):
    """One recorded trial of one image."""

    run: str = Field(description="Give it to trial_findings")
    image: str
    digest: str = Field(description="Of the image that was tried")
    build_id: int | None = Field(default=None, description="Its build, where that is recorded")
    verdict: Verdict
    strict: bool = Field(default=False, description="Whether a check that was skipped broke it")
    started_at: datetime | None = None
    duration_seconds: float | None = None
    passed: int | None = Field(default=None, description="How many checks passed")
    failed: int | None = None
    skipped: int | None = None
    recorded_at: datetime | None = None


class TrialList(Record):
    """Recorded trials, newest first."""

    items: list[Trial]
    next: Next = NEXT


class Finding(Record):
    """One broken promise."""

    expected: str = ""
    found: str = ""
    hint: str = Field(default="", description="What to do")
    evidence: list[str] = Field(default=[], description="Lines that show it, the first few")


class Check(Record):
    """One check of a trial."""

    name: str = Field(description="Such as runs-as-promised-user")
    family: str = ""
    outcome: Literal["pass", "fail", "skip"]
    proves: str = Field(default="", description="What is so when it passes")
    promise: str = Field(default="", description="Field of the contract that asks for it")
    reason: str = Field(default="", description="Why it was skipped")
    findings: list[Finding] = Field(default=[])


class TrialFindings(Record):
    """A trial and the checks of it that did not pass."""

    trial: Trial
    failed: list[Check] = Field(description="The broken promises, with what was found")
    skipped: list[Check] = Field(description="What could not be looked at, with the reason")
    notes: list[str] = Field(description="What this answer leaves out, and what to do about it")


class RecordedCheck(Check):
    """A check as the report has it."""

    page: str = ""


class Report(Record):
    """As much of a trial's report as the findings need."""

    results: list[RecordedCheck] = Field(default=[])


class RecordedTrial(Trial):
    """A trial with its report."""

    report: Report


def findings_of(recorded: RecordedTrial) -> TrialFindings:
    """What of a trial's report did not pass, without what a reader can do without."""
    checks = [_shown(result) for result in recorded.report.results]
    failed = [check for check in checks if check.outcome == "fail"]
    notes = []
    if len(failed) < (recorded.failed or 0):
        notes.append(
            f"{recorded.failed} checks failed and the recorded report tells of {len(failed)}: look "
            "into dist/trials where the trial ran, or try the image again"
        )
    if any(_is_cut(finding) for result in recorded.report.results for finding in result.findings):
        notes.append(
            f"evidence is cut to {MOST_EVIDENCE} lines of {LONGEST_LINE} characters a finding; the "
            "logbook's page of this build has all of it"
        )
    return TrialFindings(
        trial=Trial.model_validate(recorded.model_dump()),
        failed=failed,
        skipped=[check for check in checks if check.outcome == "skip"],
        notes=notes,
    )


def _is_cut(finding: Finding) -> bool:
    return len(finding.evidence) > MOST_EVIDENCE or any(
        len(line) > LONGEST_LINE for line in finding.evidence
    )


def _shown(result: RecordedCheck) -> Check:
    told = result.model_dump(exclude={"page", "findings", "proves"})
    findings = [
        finding.model_copy(
            update={"evidence": [line[:LONGEST_LINE] for line in finding.evidence[:MOST_EVIDENCE]]}
        )
        for finding in result.findings
    ]
    return Check(**told, proves=result.page.partition("\n")[0], findings=findings)

"""All that a report of one trial is made of."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from seatrial.model.contract import Contract
from seatrial.model.observation import Observation
from seatrial.model.report import CheckResult, Report
from seatrial.root import read_text
from seatrial.toml import Statement, line_in, statements

HIDDEN = "•••"


@dataclass(frozen=True)
class Dossier:
    """One trial, judged.

    Attributes:
        report: What follows from contract and observation.
        observation: What was seen.
        contract: What was promised.
        contract_path: Where that is written, as people and machines may name it.
        contract_text: As it is written; values of secrets are hidden.
        strict: Whether a check that could not look counts as failed.
    """

    report: Report
    observation: Observation
    contract: Contract
    contract_path: str
    contract_text: str
    strict: bool

    @property
    def is_kept(self) -> bool:
        """Whether the contract is kept."""
        return self.report.is_kept(strict=self.strict)

    @property
    def verdict(self) -> str:
        """The verdict in one line."""
        counts = [f"{self.report.count('pass')} passed", f"{self.report.count('fail')} failed"]
        if skipped := self.report.count("skip"):
            counts.append(f"{skipped} skipped" + (", which counts as failed" * self.strict))
        return f"contract {'kept' if self.is_kept else 'broken'}: {', '.join(counts)}"

    @property
    def families(self) -> Iterator[tuple[str, list[CheckResult]]]:
        """Each family with its results, in the report's order."""
        for family, results in itertools.groupby(self.report.results, lambda one: one.family):
            yield family, list(results)

    @property
    def blind(self) -> dict[str, list[CheckResult]]:
        """What could not look, by the reason: one probe that failed makes many checks blind."""
        found: dict[str, list[CheckResult]] = {}
        for one in self.report.results:
            if one.outcome == "skip":
                found.setdefault(one.reason, []).append(one)
        return found

    def counts_as_failed(self, result: CheckResult) -> bool:
        """Return whether the contract is broken by this result."""
        # Where no check could look at all, nothing was proven.
        blind = self.strict or not self.report.count("pass")
        return result.outcome == "fail" or (result.outcome == "skip" and blind)

    def line(self, result: CheckResult) -> int:
        """Return the line of the contract, from 1, that asks for a check."""
        return line_in(self._statements, result.promise.split("."))

    @functools.cached_property
    def _statements(self) -> tuple[Statement, ...]:
        return tuple(statements(self.contract_text))


def open_dossier(
    path: Path,
    root: Path | None,
    contract: Contract,
    observation: Observation,
    report: Report,
    *,
    strict: bool,
) -> Dossier:
    """Put together what reports are made of.

    Args:
        path: The contract's file.
        root: Root of the project that it is part of; it is then named relative to that.
        contract: What it says.
        observation: What was seen.
        report: What follows.
        strict: Whether a check that could not look counts as failed.

    Raises:
        ConfigurationError: When the contract's file cannot be read any more.
    """
    whole, place = path.resolve(), (root or Path.cwd()).resolve()
    shown = whole.relative_to(place) if whole.is_relative_to(place) else whole
    text = without_secrets(read_text(path), contract)
    return Dossier(report, observation, contract, shown.as_posix(), text, strict)


def without_secrets(text: str, contract: Contract) -> str:
    """Return a contract's text without the values of its secret variables.

    A value with `{canary}` in it is a pattern, not a secret. One that cannot be found as it is, for
    it is written with escapes, takes its line with it.
    """
    lines, found = text.split("\n"), tuple(statements(text))
    for kind in ("required", "optional"):
        for name, variable in getattr(contract.env, kind).items():
            if variable.secret and variable.value and "{canary}" not in variable.value:
                at = line_in(found, ("env", kind, name, "value")) - 1
                lines[at:] = _hidden(lines[at:], variable.value)
    return "\n".join(lines)


def _hidden(lines: list[str], value: str) -> list[str]:
    if any(value in line for line in lines):
        return [line.replace(value, HIDDEN) for line in lines]
    key = lines[0].partition("=")[0].rstrip()
    return [f'{key} = "{HIDDEN}"', *lines[1:]]

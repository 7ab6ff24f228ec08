"""A trial on the console: a line a probe while it runs, then a line a family and its findings."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from seatrial.model.report import CheckResult, Outcome, Report
from seatrial.report.escaping import visible

SIGNS: dict[Outcome, str] = {"pass": "✓", "fail": "✗", "skip": "?"}
FAMILY_WIDTH = 14
STYLES: dict[Outcome, str] = {"pass": "green", "fail": "bold red", "skip": "yellow"}


class TrialProgress:
    """Says what the probes do: one live line on a terminal, nothing elsewhere."""

    def __init__(self, console: Console, image: str) -> None:
        self._console = console
        self._image = image
        self._states: dict[str, str] = {}
        self._lock = threading.Lock()
        self._begin = time.monotonic()
        self._status = console.status(f"{image}: …") if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._status:
            self._status.stop()

    def tell(self, probe: str, state: str) -> None:
        """Take in what a probe does now; from any thread."""
        with self._lock:
            self._states[probe] = state
            if self._status is None:
                return
            busy = [name for name, now in self._states.items() if now != "done"]
            done = len(self._states) - len(busy)
            passed = f"{time.monotonic() - self._begin:.0f} s"
            text = f"{self._image}: {done} probes done, {passed}: {', '.join(busy)}"
            self._status.update(escape(text[: self._console.width - 4]))


def print_report(console: Console, report: Report, *, strict: bool) -> None:
    """Print the outcome of every check, findings at length, and the verdict."""
    base = f", base {report.base_policy}" if report.base_policy else ""
    console.print(
        f"[bold]{escape(report.image)}[/]  {escape(visible(report.reference))}  "
        f"{escape(visible(report.image_id).removeprefix('sha256:')[:12])}{base}",
        highlight=False,
    )
    for family, results in itertools.groupby(report.results, key=lambda one: one.family):
        found = list(results)
        for line in _rows(family, found, console.width):
            console.print(line, soft_wrap=True)
        _explain(console, found)
    console.print(verdict(report, strict=strict), highlight=False)


def verdict(report: Report, *, strict: bool) -> str:
    """Return the last line: kept or broken, and how many of what."""
    kept = report.is_kept(strict=strict)
    word = "[bold green]kept[/]" if kept else "[bold red]broken[/]"
    counts = [f"{report.count('pass')} passed", f"{report.count('fail')} failed"]
    if skipped := report.count("skip"):
        counts.append(f"{skipped} skipped" + (", which counts as failed" if strict else ""))
    return f"  contract {word}: {', '.join(counts)}, in {report.duration:.1f} s"


def _rows(family: str, results: list[CheckResult], width: int) -> Iterator[Text]:
    """Yield the lines of a family: as many checks on each as there is room for."""
    row = Text(f"  {family:<{FAMILY_WIDTH}}")
    for one in results:
        if row.cell_len + len(one.name) + 4 > width and row.cell_len > FAMILY_WIDTH + 2:
            yield row
            row = Text(" " * (FAMILY_WIDTH + 2))
        row.append(f"{SIGNS[one.outcome]} ", STYLES[one.outcome]).append(f"{one.name}  ")
    yield row


def _explain(console: Console, results: list[CheckResult]) -> None:
    for one in results:
        if one.findings:
            console.print(f"    [bold red]✗ {escape(one.name)}[/]", highlight=False)
        for finding in one.findings:
            for line in finding.lines():
                console.print(f"      {escape(visible(line))}", highlight=False, soft_wrap=True)
    for reason in dict.fromkeys(one.reason for one in results if one.outcome == "skip"):
        console.print(f"      skipped:  {escape(visible(reason))}", highlight=False, soft_wrap=True)

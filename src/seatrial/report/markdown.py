"""Markdown for a pull request: the verdict, a table by family, findings folded."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from seatrial.model.report import CheckResult, Outcome
from seatrial.report.dossier import Dossier
from seatrial.report.escaping import as_code, in_markdown, visible

SIGNS: dict[Outcome, str] = {"pass": "✅", "fail": "❌", "skip": "⚠️"}


def markdown(dossier: Dossier) -> str:
    """Return the report as GitHub's and GitLab's Markdown."""
    report = dossier.report
    sign = SIGNS["pass" if dossier.is_kept else "fail"]
    facts = [
        as_code(report.reference),
        as_code(report.image_id.removeprefix("sha256:")[:12]),
        *([f"base policy {report.base_policy}"] if report.base_policy else []),
        f"engine {as_code(report.engine)}",
        f"{report.duration:.1f} s",
    ]
    lines = [
        f"### {sign} {in_markdown(report.image)}: {dossier.verdict}",
        "",
        " · ".join(facts),
        "",
        "| family | passed | failed | skipped |",
        "|:--|--:|--:|--:|",
        *(_row(family, results) for family, results in dossier.families),
        "",
    ]
    for result in report.results:
        if result.findings:
            lines += _broken(result)
    for reason, results in dossier.blind.items():
        lines += _blind(reason, results)
    return "\n".join(lines)


def _row(family: str, results: list[CheckResult]) -> str:
    cells = []
    for outcome, sign in (("pass", ""), ("fail", "❌ "), ("skip", "⚠️ ")):
        count = sum(one.outcome == outcome for one in results)
        cells.append(f"{sign}{count}" if count else "")
    return f"| {in_markdown(family)} | {' | '.join(cells)} |"


def _broken(result: CheckResult) -> Iterator[str]:
    """Yield a check's findings as HTML: there Markdown leaves anybody's words alone."""
    found = " ".join(visible(result.findings[0].found).split())[:160]
    more = f" (and {len(result.findings) - 1} more)" if len(result.findings) > 1 else ""
    yield "<details>"
    # As code, so that nobody is called by an @name in a log.
    words = f"<b>{escape(result.name)}</b>: <code>{escape(found)}</code>{more}"
    yield f"<summary>{SIGNS['fail']} {words}</summary>"
    yield f"<p>{escape(visible(result.page).partition(chr(10))[0])}</p>"
    for one in result.findings:
        # Only a <pre> that follows a blank line may hold blank lines.
        yield f"\n<pre>{escape(visible(chr(10).join(one.lines())))}</pre>\n"
    yield "</details>\n"


def _blind(reason: str, results: list[CheckResult]) -> Iterator[str]:
    count = "1 check" if len(results) == 1 else f"{len(results)} checks"
    told = " ".join(visible(reason).split())
    yield "<details>"
    words = f"{count} could not look: <code>{escape(told)}</code>"
    yield f"<summary>{SIGNS['skip']} {words}</summary>"
    yield f"<p>{', '.join(f'<code>{escape(one.name)}</code>' for one in results)}</p>"
    yield "</details>\n"

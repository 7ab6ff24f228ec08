"""One page an image: verdict, contract, every check with what was seen. Nothing is loaded."""

from __future__ import annotations

import functools
import re
import threading
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from seatrial.model.report import CheckResult, Outcome
from seatrial.model.stamp import iso_utc
from seatrial.model.units import show_duration, show_size
from seatrial.report import drawing
from seatrial.report.dossier import Dossier
from seatrial.report.escaping import visible
from seatrial.report.seen import facts_of

if TYPE_CHECKING:
    from jinja2 import Template

# A paragraph of a page begins with what it is about: `Why: …`.
_COMPILING = threading.Lock()
_PART = re.compile(r"^([A-Z][a-z]+): ", re.MULTILINE)
SIGNS: dict[Outcome, str] = {"pass": "✓", "fail": "✗", "skip": "?"}
WORDS: dict[Outcome, str] = {"pass": "passed", "fail": "failed", "skip": "could not look"}


def html_page(dossier: Dossier) -> str:
    """Return the report as one page of HTML that needs no script and nothing from elsewhere."""
    seen, report = dossier.observation, dossier.report
    base_layers = seen.layers.base_layers if seen.layers else 0
    return _template().render(
        dossier=dossier,
        report=report,
        seen=seen,
        families=[_family(dossier, name, results) for name, results in dossier.families],
        broken=[one for one in report.results if one.outcome == "fail"],
        blind=dossier.blind,
        facts=_facts(dossier),
        bars=drawing.bars(seen),
        ticks=drawing.ticks(seen),
        layers=drawing.layers(seen.image, base_layers),
        size=show_size(seen.image.size),
        unpacked=show_size(sum(seen.image.sizes)),
        lines=_contract_lines(dossier),
        signs=SIGNS,
        words=WORDS,
        version=version("seatrial"),
    )


def _template() -> Template:
    # Trials end in threads, side by side: one compiles it for all.
    with _COMPILING:
        return _compiled()


@functools.cache
def _compiled() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("seatrial.report", "templates"),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("trial.html.j2")


def _shown(value: Any) -> Any:
    # Markup is a str as well, and is safe already.
    return visible(value) if type(value) is str else value


def _facts(dossier: Dossier) -> list[tuple[str, str]]:
    report, seen = dossier.report, dossier.observation
    stamp = seen.stamp.stamp if seen.stamp else None
    return [
        ("image", report.reference),
        ("id", report.image_id),
        *([("commit", f"{stamp.describe} · {stamp.sha}")] if stamp else []),
        ("base policy", report.base_policy or "unknown: not built by seatrial"),
        ("engine", f"{report.engine} · {seen.engine.system}/{seen.engine.architecture}"),
        ("tried", f"{iso_utc(report.started)} · {show_duration(report.duration)}"),
        ("contract", dossier.contract_path),
    ]


def _family(dossier: Dossier, name: str, results: list[CheckResult]) -> dict[str, Any]:
    return {
        "name": name,
        "passed": sum(one.outcome == "pass" for one in results),
        "checks": [
            {
                "result": one,
                "line": dossier.line(one),
                "title": one.page.partition("\n")[0] or one.name,
                "parts": _parts(one.page),
            }
            for one in results
        ],
        "facts": facts_of(name, dossier.observation),
    }


def _parts(page: str) -> list[tuple[str, list[str]]]:
    """Return what a check's page says after its first line: a label each, and words and code.

    Every second piece is code: what stood between backticks.
    """
    before, *told = _PART.split(page.partition("\n")[2])
    parts = [("", before), *zip(told[::2], told[1::2], strict=True)]
    return [
        (label.lower(), " ".join(text.split()).split("`")) for label, text in parts if text.strip()
    ]


def _contract_lines(dossier: Dossier) -> list[tuple[int, str, bool]]:
    """Return number, text and whether a broken promise stands there, of each line."""
    wrong = {dossier.line(one) for one in dossier.report.results if one.outcome == "fail"}
    lines = dossier.contract_text.rstrip("\n").split("\n")
    return [(number, text, number in wrong) for number, text in enumerate(lines, start=1)]

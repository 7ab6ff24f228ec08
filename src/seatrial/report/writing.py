"""Writes a report in the form that a file's ending asks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from seatrial.errors import ConfigurationError
from seatrial.files import write_atomic
from seatrial.report.dossier import Dossier


def report_form(path: Path) -> Callable[[Dossier], str]:
    """Return what makes a report of the form that `path` ends in.

    Raises:
        ConfigurationError: When no form has that ending.
    """
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise ConfigurationError(
            f"{path} has no ending of a report",
            expected=f"a path that ends in {', '.join(FORMS)}",
            hint=f"{path.name.partition('.')[0] or 'report'}.html is for people",
        )
    return form


def write_reports(folder: Path, dossier: Dossier) -> None:
    """Write the report into `folder` in every form but JSON, as `report.html` and so on.

    `report.json` and the observation are what these are made from; the trial itself leaves them.

    Raises:
        ConfigurationError: When one cannot be written.
    """
    for ending, form in FORMS.items() - {(".json", _json)}:
        write_atomic(folder / f"report{ending}", form(dossier))


def _json(dossier: Dossier) -> str:
    return dossier.report.model_dump_json(indent=1) + "\n"


def _xml(dossier: Dossier) -> str:
    from seatrial.report.junit import junit_xml

    return junit_xml(dossier)


def _sarif(dossier: Dossier) -> str:
    from seatrial.report.sarif import sarif_json

    return sarif_json(dossier)


def _markdown(dossier: Dossier) -> str:
    from seatrial.report.markdown import markdown

    return markdown(dossier)


def _html(dossier: Dossier) -> str:
    from seatrial.report.page import html_page

    return html_page(dossier)


FORMS: dict[str, Callable[[Dossier], str]] = {
    ".json": _json,
    ".xml": _xml,
    ".sarif": _sarif,
    ".md": _markdown,
    ".html": _html,
}

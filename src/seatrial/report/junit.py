"""JUnit's XML: a test case a check, as CI servers read it."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from seatrial.model.report import CheckResult
from seatrial.model.stamp import iso_utc
from seatrial.report.dossier import Dossier
from seatrial.report.escaping import visible


def junit_xml(dossier: Dossier) -> str:
    """Return the report as JUnit's XML, in the dialect that Jenkins and pytest agree on."""
    report = dossier.report
    failures = sum(dossier.counts_as_failed(one) for one in report.results)
    counts = {
        "tests": str(len(report.results)),
        "failures": str(failures),
        "errors": "0",
        "time": f"{report.duration:.3f}",
    }
    root = ET.Element("testsuites", name="seatrial", attrib=counts)
    skipped = len(report.results) - report.count("pass") - failures
    suite = ET.SubElement(
        root,
        "testsuite",
        name=visible(report.image),
        skipped=str(skipped),
        timestamp=iso_utc(report.started).removesuffix("Z"),
        attrib=counts,
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in _facts(dossier).items():
        ET.SubElement(properties, "property", name=name, value=visible(value))
    for result in report.results:
        _add_case(suite, dossier, result)
    ET.indent(root)
    return f"{_DECLARATION}{ET.tostring(root, encoding='unicode')}\n"


_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def _facts(dossier: Dossier) -> dict[str, str]:
    report = dossier.report
    return {
        "reference": report.reference,
        "image-id": report.image_id,
        "base-policy": report.base_policy or "unknown",
        "engine": report.engine,
        "run": report.run,
        "contract": dossier.contract_path,
    }


def _add_case(suite: ET.Element, dossier: Dossier, result: CheckResult) -> None:
    place = f"{dossier.report.image}.{result.family}"
    case = ET.SubElement(suite, "testcase", name=visible(result.name), classname=visible(place))
    if result.outcome == "skip" and not dossier.counts_as_failed(result):
        ET.SubElement(case, "skipped", type="could not look", message=visible(result.reason))
    elif result.outcome == "skip":
        ET.SubElement(case, "failure", type="could not look", message=visible(result.reason))
    elif result.outcome == "fail":
        short = "; ".join(f"expected {f.expected}, found {f.found}" for f in result.findings)
        broken = ET.SubElement(case, "failure", type="broken promise", message=visible(short))
        broken.text = visible("\n\n".join("\n".join(f.lines()) for f in result.findings))

"""SARIF 2.1.0: findings as code scanners tell them, at the line of the contract they break."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from seatrial.model.report import CheckResult, Finding
from seatrial.model.stamp import iso_utc
from seatrial.report.dossier import Dossier
from seatrial.report.escaping import visible

ROOT = "%SRCROOT%"


def sarif_json(dossier: Dossier) -> str:
    """Return the report as SARIF 2.1.0, one run, a rule a check, a result a finding."""
    report = dossier.report
    run = {
        "tool": {
            "driver": {
                "name": "seatrial",
                "version": version("seatrial"),
                "semanticVersion": version("seatrial"),
                "rules": [_rule(one) for one in report.results],
            }
        },
        # By it a server tells this image's results from another's of the same commit.
        "automationDetails": {"id": f"seatrial/{report.image}/"},
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the project."}}},
        "invocations": [_invocation(dossier)],
        "artifacts": [{"location": _artifact(dossier), "roles": ["analysisTarget"]}],
        "results": [
            told
            for index, one in enumerate(report.results)
            for told in _results(dossier, index, one)
        ],
        "properties": {
            "verdict": dossier.verdict,
            "reference": report.reference,
            "imageId": report.image_id,
            "basePolicy": report.base_policy,
            "engine": report.engine,
            "run": report.run,
        },
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(_visible(log), indent=1, ensure_ascii=False) + "\n"


def _visible(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _visible(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_visible(inner) for inner in value]
    return visible(value) if isinstance(value, str) else value


def _rule(result: CheckResult) -> dict[str, Any]:
    first, _, rest = result.page.partition("\n")
    page = result.page or result.name
    return {
        "id": result.name,
        "name": "".join(part.capitalize() for part in result.name.split("-")),
        "shortDescription": {"text": first or result.name},
        "fullDescription": {"text": " ".join((rest or page).split())},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": [result.family]},
    }


def _invocation(dossier: Dossier) -> dict[str, Any]:
    report = dossier.report
    return {
        "executionSuccessful": True,
        "exitCode": 0 if dossier.is_kept else 1,
        "startTimeUtc": iso_utc(report.started),
        "endTimeUtc": iso_utc(report.started + report.duration),
        "toolExecutionNotifications": [
            {
                "level": "warning",
                "message": {"text": f"{one.name} could not look: {one.reason}"},
                "associatedRule": {"id": one.name, "index": index},
            }
            for index, one in enumerate(report.results)
            if one.outcome == "skip"
        ],
    }


def _results(dossier: Dossier, index: int, result: CheckResult) -> list[dict[str, Any]]:
    shared = {
        "ruleId": result.name,
        "ruleIndex": index,
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": _artifact(dossier) | {"index": 0},
                    "region": {"startLine": dossier.line(result)},
                },
            }
        ],
    }
    if result.outcome == "skip" and dossier.counts_as_failed(result):
        text = f"could not look: {result.reason}"
        return [shared | {"level": "warning", "message": {"text": text}}]
    return [
        shared
        | {
            "level": "error",
            "message": {"text": "\n".join(one.lines())},
            "partialFingerprints": {"promise/v1": _fingerprint(dossier, result, one)},
        }
        for one in result.findings
    ]


def _fingerprint(dossier: Dossier, result: CheckResult, finding: Finding) -> str:
    """Return what stays the same from trial to trial: what is found differs, a promise does not."""
    words = f"{dossier.report.image}\0{result.name}\0{finding.expected}"
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()


def _artifact(dossier: Dossier) -> dict[str, Any]:
    path = quote(dossier.contract_path.encode("utf-8", "replace"))
    if path.startswith("/"):
        return {"uri": f"file://{path}"}
    return {"uri": path, "uriBaseId": ROOT}

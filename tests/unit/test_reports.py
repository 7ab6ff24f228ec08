"""Reports: each in its form's own grammar, whatever an image says."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import dossiers
import pytest
import seen
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from seatrial.errors import ConfigurationError
from seatrial.model.contract import Contract
from seatrial.report.dossier import Dossier, open_dossier, without_secrets
from seatrial.report.escaping import as_code, in_markdown, visible
from seatrial.report.junit import junit_xml
from seatrial.report.markdown import markdown
from seatrial.report.sarif import sarif_json
from seatrial.report.writing import FORMS, report_form, write_reports

WICKED = (
    "a<b>&amp;\"'|`x`\x1b[31m\x00\udcff\u202e]]></pre></script><script>alert(1)</script>\r\n\n# @x"
)
WORDS = st.text(st.characters() | st.sampled_from("<>&\"'|`\\\n\r\x00\x1b\udcff\u202e]-@#"))
# What the schema of Jenkins allows: children and attributes of each element.
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "testcase": {"skipped", "failure"},
}
ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "time", "skipped", "timestamp"},
    "property": {"name", "value"},
    "testcase": {"name", "classname"},
    "failure": {"type", "message"},
    "skipped": {"type", "message"},
}


def cases(told: Dossier, found: str) -> list[str]:
    root = ET.fromstring(junit_xml(told))
    return [case.attrib["name"] for case in root.iter("testcase") if case.find(found) is not None]


def results(told: Dossier) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(sarif_json(told))["runs"][0]["results"]
    return found


def test_junit_has_a_case_a_check_and_counts_them() -> None:
    told = dossiers.broken()
    suite = ET.fromstring(junit_xml(told))[0]
    assert len(suite.findall("testcase")) == len(told.report.results)
    assert (suite.attrib["failures"], suite.attrib["skipped"]) == ("1", "2")
    assert cases(told, "failure") == ["runs-as-promised-user"]
    assert cases(told, "skipped") == ["only-locked-packages", "no-development-packages"]


def test_junit_of_a_strict_trial_fails_what_could_not_look() -> None:
    told = dossiers.broken(strict=True)
    assert not cases(told, "skipped")
    assert "only-locked-packages" in cases(told, "failure")


def test_junit_says_why_a_check_was_skipped() -> None:
    (first, *_) = ET.fromstring(junit_xml(dossiers.broken())).iter("skipped")
    assert first.attrib["message"] == "the probe lock did not look"


@pytest.mark.parametrize(
    "told", [dossiers.kept(), dossiers.broken(), dossiers.hostile(WICKED)], ids=str
)
def test_junit_keeps_to_the_schema(told: Dossier) -> None:
    for element in ET.fromstring(junit_xml(told)).iter():
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
        assert set(element.attrib) <= ATTRIBUTES.get(element.tag, set())
        assert re.fullmatch(r"\d*(\.\d{1,3})?", element.attrib.get("time", "0"))


@given(WORDS)
@example(WICKED)
def test_junit_is_well_formed_whatever_is_said(words: str) -> None:
    told = dossiers.hostile(words)
    (failure,) = ET.fromstring(junit_xml(told).encode()).iter("failure")
    # XML reads a carriage return as a line break; we have made it visible before.
    assert (
        failure.attrib["message"].split()
        == f"expected {visible(words)}, found {visible(words)}".split()
    )


def test_sarif_has_a_rule_a_check_with_help() -> None:
    (run,) = json.loads(sarif_json(dossiers.kept()))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules) == len(dossiers.kept().report.results)
    for rule in rules:
        assert rule["shortDescription"]["text"].endswith(".")
        assert "Mend:" in rule["help"]["text"]
        assert rule["help"]["markdown"]


def test_sarif_tells_nothing_of_what_is_kept() -> None:
    assert results(dossiers.kept()) == []


def test_sarif_places_a_finding_on_the_line_that_promises() -> None:
    (finding,) = results(dossiers.broken())
    assert finding["ruleId"] == "runs-as-promised-user"
    assert finding["level"] == "error"
    assert finding["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {
                    "uri": "ships/tug/contract.toml",
                    "uriBaseId": "%SRCROOT%",
                    "index": 0,
                },
                "region": {"startLine": 4},
            }
        }
    ]


def test_sarif_keeps_to_the_rules_of_its_specification() -> None:
    log = json.loads(sarif_json(dossiers.broken(strict=True)))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    rules = run["tool"]["driver"]["rules"]
    for one in run["results"]:
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"]
        assert one["level"] in {"none", "note", "warning", "error"}
        assert one["message"]["text"]
    (how,) = run["invocations"]
    assert how["exitCode"] == 1
    for time in (how["startTimeUtc"], how["endTimeUtc"]):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", time)
    for one in how["toolExecutionNotifications"]:
        assert rules[one["associatedRule"]["index"]]["id"] == one["associatedRule"]["id"]


def test_sarif_knows_a_finding_again_when_only_what_is_found_differs() -> None:
    def fingerprints(words: str) -> list[object]:
        told = dossiers.broken()
        (first,) = [one for one in told.report.results if one.findings]
        finding = first.findings[0].model_copy(update={"found": words})
        changed = first.model_copy(update={"findings": (finding,)})
        report = told.report.model_copy(update={"results": (changed,)})
        again = Dossier(report, told.observation, seen.CONTRACT, "c.toml", "", strict=False)
        return [one["partialFingerprints"] for one in results(again)]

    assert fingerprints("user 0") == fingerprints("user 1")


@given(WORDS)
@example(WICKED)
def test_sarif_is_json_in_utf_8_whatever_is_said(words: str) -> None:
    log = json.loads(sarif_json(dossiers.hostile(words)).encode())
    (result,) = log["runs"][0]["results"]
    assert visible(words) in result["message"]["text"] or not words.strip()
    uri = log["runs"][0]["artifacts"][0]["location"]["uri"]
    assert re.fullmatch(r"[A-Za-z0-9_.~%/:-]*", uri)
    assert unquote(uri).removeprefix("file://") == words.encode("utf-8", "replace").decode()


def test_markdown_begins_with_the_verdict_and_counts_by_family() -> None:
    lines = markdown(dossiers.broken()).splitlines()
    assert lines[0].startswith("### ❌ tug: contract broken: ")
    passed = sum(r.family == "identity" for r in dossiers.broken().report.results) - 1
    assert f"| identity | {passed} | ❌ 1 |  |" in lines
    assert "| dependencies | 1 |  | ⚠️ 2 |" in lines


def test_markdown_folds_expected_found_and_hint() -> None:
    told = markdown(dossiers.broken())
    folded = told.partition("<details>")[2].partition("</details>")[0]
    assert re.search(r"<pre>expected: user 1001.*\nfound: .*0:0.*\nto do: ", folded)


def test_markdown_of_a_kept_contract_folds_nothing() -> None:
    told = markdown(dossiers.kept())
    assert told.startswith("### ✅ tug: contract kept")
    assert "<details>" not in told


@given(WORDS)
@example(WICKED)
def test_markdown_lets_nobody_out_of_its_block(words: str) -> None:
    told = markdown(dossiers.hostile(words))
    assert told.count("<details>") == told.count("</details>") == 2
    for block in re.findall(r"<pre>(.*?)</pre>", told, re.DOTALL):
        assert not re.search(r"[<>]", block)
    head = told.partition("<details>")[0]
    table = [line for line in head.splitlines() if line.startswith("| ")]
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 5 for line in table)


@given(WORDS)
@example(WICKED)
def test_markdown_is_rendered_with_no_tag_but_ours(words: str) -> None:
    renderer = MarkdownIt("commonmark").enable("table")
    tags = re.findall(r"<(/?[a-z][a-z0-9]*)", renderer.render(markdown(dossiers.hostile(words))))
    calm = re.findall(r"<(/?[a-z][a-z0-9]*)", renderer.render(markdown(dossiers.hostile("x"))))
    # An image of no name at all has no code span for it.
    assert tags == calm or not visible(words).split()


@given(WORDS)
@example(WICKED)
def test_a_word_in_a_table_stays_in_its_cell(words: str) -> None:
    told = in_markdown(words)
    assert "\n" not in told
    assert not re.search(r"(?<!\\)(?:\\\\)*[|<`*\[]", told)


@given(WORDS)
@example(WICKED)
def test_a_code_span_ends_where_it_should(words: str) -> None:
    told = as_code(words)
    if told:
        fence = re.match("`+", told)
        assert fence is not None
        assert told.endswith(fence[0])
        inner = told[len(fence[0]) : -len(fence[0])]
        assert fence[0] not in re.findall("`+", inner)


@given(WORDS)
@example(WICKED)
def test_what_is_made_visible_can_be_written_anywhere(words: str) -> None:
    told = visible(words)
    told.encode()
    ET.fromstring(f"<a>{told.translate({38: None, 60: None, 62: None})}</a>")
    assert visible(told) == told


def test_no_form_changes_a_word_that_is_harmless() -> None:
    plain = "naïve 船 🚢 ok"
    assert visible(plain) == plain


@pytest.mark.parametrize(("ending", "form"), FORMS.items())
def test_the_ending_chooses_the_form(ending: str, form: Callable[[Dossier], str]) -> None:
    assert report_form(Path(f"report{ending.upper()}")) is form


@pytest.mark.parametrize("name", ["report.pdf", "report", ".html", "report.json.gz"])
def test_an_unknown_ending_is_refused_with_those_that_are_known(name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        report_form(Path(name))
    assert caught.value.exit_code == 2
    assert ".html" in (caught.value.expected or "")


def test_every_form_is_written_beside_the_observation(tmp_path: Path) -> None:
    write_reports(tmp_path, dossiers.hostile(WICKED))
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {"report.xml", "report.sarif", "report.md", "report.html"}
    for path in tmp_path.iterdir():
        assert path.read_text(encoding="utf-8").endswith("\n")


def test_the_contract_is_named_from_the_root_of_its_project(tmp_path: Path) -> None:
    path = tmp_path / "ships" / "contract.toml"
    path.parent.mkdir()
    path.write_text(dossiers.TEXT)
    report = dossiers.kept().report
    told = open_dossier(path, tmp_path, seen.CONTRACT, seen.KEPT, report, strict=True)
    assert told.contract_path == "ships/contract.toml"


@pytest.mark.parametrize("written", ['"s3cr3t-w0rd"', '"s3cr3t\\u002dw0rd"', "'''s3cr3t-w0rd'''"])
def test_values_of_secrets_are_hidden_in_the_contract(written: str) -> None:
    text = f'image = "tug"\n[env.required.TOKEN]\nvalue = {written}\nsecret = true\n'
    contract = Contract.model_validate(
        {"image": "tug", "env": {"required": {"TOKEN": {"value": "s3cr3t-w0rd", "secret": True}}}}
    )
    told = without_secrets(text, contract)
    assert "w0rd" not in told
    assert told.count("\n") == text.count("\n")


def test_a_pattern_of_a_secret_stays_as_it_is_written() -> None:
    text = '[env.required.TOKEN]\nvalue = "key-{canary}"\n'
    contract = Contract.model_validate(
        {"image": "tug", "env": {"required": {"TOKEN": {"value": "key-{canary}", "secret": True}}}}
    )
    assert without_secrets(text, contract) == text

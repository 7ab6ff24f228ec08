"""Every mutant is killed by the check it is meant for; no good image is condemned."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from _pytest.mark import ParameterSet
from fleet import Fleet
from variants import QUICK, VARIANTS, Variant

pytestmark = pytest.mark.mutants


def chosen(variant: Variant) -> ParameterSet:
    marks = [pytest.mark.quick] if variant.name in QUICK else []
    return pytest.param(variant, id=variant.name, marks=marks)


MUTANTS = [chosen(variant) for variant in VARIANTS if variant.killer]
GOOD = [chosen(variant) for variant in VARIANTS if not variant.killer]


@pytest.mark.parametrize("variant", MUTANTS)
def test_a_mutant_is_killed_by_its_check_and_by_no_other_family(
    fleet: Fleet, variant: Variant
) -> None:
    report = fleet.report(variant.name)
    failed = {one.name: one for one in report.results if one.outcome == "fail"}
    assert variant.killer in failed, "\n".join(_told(fleet, variant))
    family = failed[variant.killer].family
    wrong = {name for name, one in failed.items() if one.family != family} - variant.also
    assert not wrong, "\n".join(_told(fleet, variant))


@pytest.mark.parametrize("variant", GOOD)
def test_a_good_image_passes_every_check(fleet: Fleet, variant: Variant) -> None:
    report = fleet.report(variant.name)
    assert report.is_kept(strict=True), "\n".join(_told(fleet, variant))


@pytest.mark.quick
def test_the_session_names_each_broken_promise_by_its_node(fleet: Fleet) -> None:
    assert fleet.session.returncode == 1
    for variant in (one for one in fleet.variants if one.killer):
        node = f"{variant.name}/contract.toml::{variant.name}::{variant.killer}"
        assert f"FAILED {node}" in fleet.session.stdout


@pytest.mark.quick
def test_a_finding_is_told_without_a_traceback(fleet: Fleet) -> None:
    assert "expected: " in fleet.session.stdout
    assert "Traceback" not in fleet.session.stdout + fleet.session.stderr


@pytest.mark.quick
def test_junit_has_a_case_a_check_and_tells_what_was_found(fleet: Fleet) -> None:
    cases = {
        (case.get("classname"), case.get("name")): case
        for case in ET.parse(fleet.toy.root / "junit.xml").iter("testcase")
    }
    for variant in (one for one in fleet.variants if one.killer):
        case = cases[f"{variant.name}.contract.toml.{variant.name}", variant.killer]
        failure = case.find("failure")
        assert failure is not None
        assert "expected:" in (failure.text or "")


def _told(fleet: Fleet, variant: Variant) -> list[str]:
    return [
        line
        for one in fleet.report(variant.name).results
        if one.outcome != "pass"
        for line in [
            f"{one.outcome}: {one.name} {one.reason}",
            *(text for finding in one.findings for text in finding.lines()),
        ]
    ]


@pytest.mark.quick
def test_the_quick_ones_are_variants() -> None:
    assert {variant.name for variant in VARIANTS} >= QUICK

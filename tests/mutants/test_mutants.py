"""Every mutant is killed by the check it is meant for; nothing else is condemned."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from _pytest.mark import ParameterSet
from fleet_trial import Fleet
from variants import QUICK, VARIANTS, Variant

from seatrial.verify.checks import all_checks

pytestmark = pytest.mark.mutants


def of_kind(kind: str) -> list[ParameterSet]:
    return [
        pytest.param(one, id=one.name, marks=[pytest.mark.quick] if one.name in QUICK else [])
        for one in VARIANTS
        if one.kind == kind
    ]


@pytest.mark.parametrize("variant", of_kind("mutant"))
def test_a_mutant_is_killed_by_its_check_and_by_no_other_family(
    fleet: Fleet, variant: Variant
) -> None:
    assert fleet.row(variant).well, "\n".join(_told(fleet, variant))


@pytest.mark.parametrize("variant", of_kind("good"))
def test_a_good_image_passes_every_check(fleet: Fleet, variant: Variant) -> None:
    assert fleet.row(variant).well, "\n".join(_told(fleet, variant))


@pytest.mark.parametrize("variant", of_kind("equivalent"))
def test_a_mutant_that_behaves_like_the_good_image_passes_every_check(
    fleet: Fleet, variant: Variant
) -> None:
    assert fleet.row(variant).well, "\n".join(_told(fleet, variant))


@pytest.mark.quick
def test_the_session_names_each_broken_promise_by_its_node(fleet: Fleet) -> None:
    assert fleet.code == 1
    for variant in (one for one in fleet.variants if fleet.row(one).well and one.killer):
        node = f"{variant.name}/contract.toml::{variant.name}::{variant.killer}"
        assert f"FAILED {node}" in fleet.output


@pytest.mark.quick
def test_a_finding_is_told_without_a_traceback(fleet: Fleet) -> None:
    assert "expected: " in fleet.output
    # One that a container wrote is evidence, and stands behind a bar.
    assert not [line for line in fleet.output.splitlines() if line.startswith("Traceback")]


@pytest.mark.quick
def test_junit_has_a_case_a_check_and_tells_what_was_found(fleet: Fleet) -> None:
    cases = {
        (case.get("classname"), case.get("name")): case
        for case in ET.parse(fleet.toy.root / "junit.xml").iter("testcase")
    }
    for variant in (one for one in fleet.variants if fleet.row(one).well and one.killer):
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
    ] or ["every check passed"]


@pytest.mark.quick
def test_the_quick_ones_are_variants() -> None:
    assert {variant.name for variant in VARIANTS} >= QUICK


@pytest.mark.quick
def test_no_two_variants_have_one_name() -> None:
    assert len({variant.name for variant in VARIANTS}) == len(VARIANTS)


@pytest.mark.quick
def test_every_check_has_a_mutant_of_its_own() -> None:
    killers = {variant.killer for variant in VARIANTS}
    assert not {check.name for check in all_checks()} - killers

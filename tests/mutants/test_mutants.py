"""Every mutant is killed by the check it is meant for; nothing else is condemned."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
from _pytest.mark import ParameterSet
from fleet_trial import Fleet
from squadron import Squadron
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
    for variant, squadron in _killed(fleet):
        node = f"{variant.name}/contract.toml::{variant.name}::{variant.killer}"
        assert f"FAILED {node}" in squadron.output
        assert squadron.code == 1


@pytest.mark.quick
def test_a_finding_is_told_without_a_traceback(fleet: Fleet) -> None:
    for squadron in fleet.squadrons:
        assert "expected: " in squadron.output
        # One that a container wrote is evidence, and stands behind a bar.
        assert not [x for x in squadron.output.splitlines() if x.startswith("Traceback")]


@pytest.mark.quick
def test_junit_has_a_case_a_check_and_tells_what_was_found(fleet: Fleet) -> None:
    cases = {
        (case.get("classname"), case.get("name")): case
        for squadron in fleet.squadrons
        for case in ET.parse(squadron.toy.root / "junit.xml").iter("testcase")
    }
    for variant, _ in _killed(fleet):
        case = cases[f"{variant.name}.contract.toml.{variant.name}", variant.killer]
        failure = case.find("failure")
        assert failure is not None
        assert "expected:" in (failure.text or "")


def _killed(fleet: Fleet) -> Iterator[tuple[Variant, Squadron]]:
    for squadron in fleet.squadrons:
        for variant in squadron.variants:
            if variant.kind == "mutant" and squadron.row(variant).well:
                yield variant, squadron


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

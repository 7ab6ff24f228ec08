"""Comparing two builds, in a real Postgres and in SQLite."""

from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from contents import hold
from logbook.comparison import MOST_PACKAGES, Side, findings_of, pair_packages
from record import build, told, trial


def report(**found: str) -> dict[str, Any]:
    """Return a report in which each check named found what is given."""
    return {
        "results": [
            {
                "name": check,
                "outcome": "fail",
                "findings": [{"expected": "1001", "found": text, "hint": "", "evidence": []}],
            }
            for check, text in found.items()
        ]
    }


async def test_two_builds_are_compared_by_size_packages_and_findings(
    either: httpx.AsyncClient, either_engine: AsyncEngine
) -> None:
    old = await told(either, "/builds", build(1, size_bytes=500))
    new = await told(either, "/builds", build(2, size_bytes=420))
    await hold(either_engine, old["id"], [("openssl", "3.0.15"), ("zlib", "1.3"), ("curl", "8")])
    await hold(either_engine, new["id"], [("openssl", "3.0.17"), ("zlib", "1.3"), ("bun", "1.4")])
    await told(either, "/trials", trial(1, report=report(user="root", logs="none")))
    await told(either, "/trials", trial(2, report=report(user="0", logs="none")))
    answer = await either.get(f"/builds/{new['id']}/comparison?with={old['id']}")
    compared = answer.json()
    assert (compared["from"]["id"], compared["to"]["id"]) == (old["id"], new["id"])
    assert compared["size"] == {"from": 500, "to": 420, "difference": -80}
    assert compared["packages"] == {
        "added": [{"name": "bun", "version": "1.4", "type": "library"}],
        "removed": [{"name": "curl", "version": "8", "type": "library"}],
        "changed": [{"name": "openssl", "type": "library", "from": "3.0.15", "to": "3.0.17"}],
        "truncated": False,
    }
    assert compared["findings"] == {
        "new": [{"check": "user", "expected": "1001", "found": "0", "hint": ""}],
        "gone": [{"check": "user", "expected": "1001", "found": "root", "hint": ""}],
    }


async def test_what_is_not_known_of_both_is_not_compared(
    either: httpx.AsyncClient, either_engine: AsyncEngine
) -> None:
    old = await told(either, "/builds", build(1))
    new = await told(either, "/builds", build(2))
    await hold(either_engine, old["id"], [("zlib", "1.3")])
    await told(either, "/trials", trial(2))
    path = f"/builds/{new['id']}/comparison?with={old['id']}"
    compared = (await either.get(path)).json()
    assert (compared["packages"], compared["findings"]) == (None, None)
    await hold(either_engine, new["id"], [])
    await told(either, "/trials", trial(1))
    compared = (await either.get(path)).json()
    assert [one["name"] for one in compared["packages"]["removed"]] == ["zlib"]
    assert compared["findings"] == {"new": [], "gone": []}


async def test_a_build_is_the_same_as_itself(
    either: httpx.AsyncClient, either_engine: AsyncEngine
) -> None:
    built = await told(either, "/builds", build(1))
    await hold(either_engine, built["id"], [("zlib", "1.3")])
    compared = await either.get(f"/builds/{built['id']}/comparison?with={built['id']}")
    nothing = {"added": [], "removed": [], "changed": [], "truncated": False}
    assert compared.json()["packages"] == nothing


async def test_a_build_that_is_not_there_cannot_be_compared(either: httpx.AsyncClient) -> None:
    built = await told(either, "/builds", build(1))
    for path in (
        f"/builds/{built['id']}/comparison?with=4711",
        f"/builds/4711/comparison?with={built['id']}",
    ):
        assert (await either.get(path)).status_code == 404
    assert (await either.get(f"/builds/{built['id']}/comparison")).status_code == 422


def test_several_versions_of_a_package_are_paired_in_their_order() -> None:
    sides: list[Side] = [
        (False, "npm", "ms", "1"),
        (False, "npm", "ms", "2"),
        (True, "npm", "ms", "2"),
        (True, "npm", "ms", "3"),
        (True, "npm", "ms", "4"),
    ]
    changes = pair_packages(sides)
    assert [(one.from_, one.to) for one in changes.changed] == [("1", "3")]
    assert [one.version for one in changes.added] == ["4"]
    assert changes.removed == []


def test_too_many_changes_are_cut_and_that_is_told() -> None:
    sides: list[Side] = [(True, "npm", f"p{number:06}", "1") for number in range(MOST_PACKAGES + 1)]
    changes = pair_packages(sides)
    assert (len(changes.added), changes.truncated) == (MOST_PACKAGES, True)


@pytest.mark.parametrize(
    "strange",
    [
        {},
        {"results": None},
        {"results": {}},
        {"results": [1, {"findings": "text"}, {"findings": [2]}]},
        {"results": [{"name": "x", "findings": []}]},
    ],
)
def test_a_report_of_another_form_has_no_findings(strange: dict[str, Any]) -> None:
    assert list(findings_of(strange)) == []

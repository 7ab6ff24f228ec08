"""What a uv.lock allows to be installed."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from seatrial.errors import ConfigurationError
from seatrial.locks import locked, read_uv_lock

ROOT = Path(__file__).parents[2]
LOCK = """
version = 1
[[package]]
name = "Tug_Boat"
version = "1.0"
source = { virtual = "." }
dependencies = [{ name = "hull", extra = ["sail"] }, { name = "keel", marker = "x" }]
[package.optional-dependencies]
docs = [{ name = "book" }]
[package.dev-dependencies]
dev = [{ name = "scaffold" }]
[[package]]
name = "hull"
version = "2.0"
source = { registry = "r" }
dependencies = [{ name = "nail" }]
[package.optional-dependencies]
sail = [{ name = "canvas" }]
motor = [{ name = "diesel" }]
[[package]]
name = "nail"
version = "1.0"
source = { registry = "r" }
dependencies = [{ name = "hull" }]
[[package]]
name = "nail"
version = "1.1"
source = { registry = "r" }
[[package]]
name = "keel"
version = "1.0"
source = { registry = "r" }
[[package]]
name = "canvas"
version = "1.0"
source = { registry = "r" }
[[package]]
name = "diesel"
version = "1.0"
source = { registry = "r" }
[[package]]
name = "book"
version = "1.0"
source = { registry = "r" }
[[package]]
name = "scaffold"
version = "1.0"
source = { registry = "r" }
dependencies = [{ name = "plank" }]
[[package]]
name = "plank"
version = "1.0"
source = { registry = "r" }
"""


def parsed() -> dict[str, Any]:
    return tomllib.loads(LOCK)


def test_production_is_what_the_project_needs_and_what_that_needs() -> None:
    production = locked(parsed()).production
    assert set(production) == {"tug-boat", "hull", "nail", "keel", "canvas"}


def test_extras_that_are_asked_for_are_in_and_others_are_not() -> None:
    production = locked(parsed()).production
    assert "canvas" in production
    assert "diesel" not in production


def test_groups_and_the_projects_own_extras_are_known_and_not_production() -> None:
    facts = locked(parsed())
    assert {"scaffold", "plank", "book"} <= set(facts.known) - set(facts.production)


def test_each_group_and_each_extra_is_told_with_what_it_needs() -> None:
    groups = locked(parsed()).groups
    assert set(groups) == {"dev", "docs"}
    assert "scaffold" in groups["dev"]
    assert groups["docs"] == ("book",)


def test_every_locked_version_of_a_package_is_known() -> None:
    assert locked(parsed()).known["nail"] == ("1.0", "1.1")


@pytest.mark.parametrize("service", ["backend", "mcp-server"])
def test_the_locks_of_this_repository_tell_production_from_development(service: str) -> None:
    facts = read_uv_lock(ROOT / "services" / service / "uv.lock")
    assert "pytest" in facts.known
    assert "pytest" not in facts.production
    assert "pydantic" in facts.production


@pytest.mark.parametrize("text", ["[[package]]\n", "not toml", "package = 3\n"])
def test_what_is_no_lock_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "uv.lock"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=r"uv\.lock"):
        read_uv_lock(path)

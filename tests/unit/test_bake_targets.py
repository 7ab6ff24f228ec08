"""Which images a bake file's groups hold, and which of them were asked for."""

from __future__ import annotations

from typing import Any

import pytest
from unit.fakes import printed

from seatrial.build.ground import choose_images, choose_targets, flattened
from seatrial.errors import ConfigurationError


def test_groups_within_the_default_group_are_resolved() -> None:
    groups = {
        "default": {"targets": ["web", "inner"]},
        "inner": {"targets": ["api", "deep", "web"]},
        "deep": {"targets": ["job", "inner"]},
    }
    targets: dict[str, Any] = {name: {} for name in ("api", "job", "web", "linked")}
    found = flattened({"group": groups, "target": targets})
    assert found["group"] == {"default": {"targets": ["web", "api", "job"]}}
    assert found["target"] == targets


def test_without_names_every_image_is_built_in_the_bake_files_order() -> None:
    assert choose_images(printed("two", "one"), ()) == ("two", "one")


def test_names_choose_images_in_the_bake_files_order_once_each() -> None:
    assert choose_images(printed("a", "b", "c"), ("c", "a", "c")) == ("a", "c")


def test_an_unknown_image_is_named_with_the_nearest_and_all_known() -> None:
    with pytest.raises(ConfigurationError, match="there is no image 'backnd'") as caught:
        choose_images(printed("backend", "frontend"), ("backnd",))
    assert caught.value.hint == "did you mean backend?"
    assert caught.value.expected == "one of backend, frontend"


def test_a_target_that_is_no_image_is_no_image() -> None:
    with pytest.raises(ConfigurationError):
        choose_images(printed("one", extra={}), ("extra",))


def test_targets_by_name_need_a_name() -> None:
    assert choose_targets(printed("one", "two"), ("two",)) == ("two",)
    with pytest.raises(ConfigurationError, match="no target was named"):
        choose_targets(printed("one"), ())

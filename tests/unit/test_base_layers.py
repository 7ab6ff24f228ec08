"""Which layers of an image are its base's."""

from __future__ import annotations

import json

import pytest

from seatrial.engine.baselayers import layers_told, longest_base

ONE = {"architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": ["a", "b"]}}
OTHER = {"architecture": "arm64", "rootfs": {"type": "layers", "diff_ids": ["c"]}}


def test_the_layers_of_one_image_are_read() -> None:
    assert layers_told(json.dumps(ONE)) == [("a", "b")]


def test_the_layers_of_every_platform_are_read() -> None:
    told = {"linux/amd64": ONE, "linux/arm64": OTHER, "unknown/unknown": {}}
    assert layers_told(json.dumps(told)) == [("a", "b"), ("c",)]


@pytest.mark.parametrize("text", ["", "no json", "{}", '{"a": 1}'])
def test_what_tells_no_layers_is_none(text: str) -> None:
    assert layers_told(text) == []


def test_the_longest_base_at_the_bottom_counts() -> None:
    assert longest_base(("a", "b", "x"), [("a",), ("a", "b"), ("a", "b", "y"), ("b",)]) == 2
    assert longest_base(("x",), [("a",)]) == 0
    assert longest_base(("x",), []) == 0

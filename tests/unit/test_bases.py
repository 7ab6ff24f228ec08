"""Which stand-in takes which base's place."""

from __future__ import annotations

import pytest

from seatrial.build.bases import context_key, match_stand_ins
from seatrial.errors import ConfigurationError
from seatrial.model.plan import Base

DIGEST = "sha256:" + "0" * 64
PYTHON, UV = f"python:3.14@{DIGEST}", "host.example:5000/uv:1"
TAGS = {
    "python:3.14": "seatrial.local/python:3.14-aa",
    UV: "seatrial.local/host.example_5000/uv:1-bb",
}
RECIPES = {"python:3.14": "bases/python", UV: "bases/uv"}


def base(reference: str, line: int = 1) -> Base:
    return Base(reference=reference, dockerfile="api/Dockerfile", line=line)


def test_each_base_gets_its_stand_in_by_repository_and_tag_and_keeps_its_digest() -> None:
    found = match_stand_ins([base(PYTHON), base(UV, 2), base(PYTHON, 3)], RECIPES, TAGS)
    assert found == {PYTHON: TAGS["python:3.14"], UV: TAGS[UV]}


def test_two_digests_of_one_tag_share_a_stand_in() -> None:
    other = PYTHON.replace(DIGEST, "sha256:" + "1" * 64)
    found = match_stand_ins([base(PYTHON), base(other)], {"python:3.14": "bases/python"}, TAGS)
    assert found == {PYTHON: TAGS["python:3.14"], other: TAGS["python:3.14"]}


def test_a_base_without_a_stand_in_is_named_with_its_file_and_line() -> None:
    with pytest.raises(ConfigurationError) as caught:
        match_stand_ins([base(PYTHON), base(UV, 2), base(f"node:24@{DIGEST}", 7)], RECIPES, TAGS)
    text = "\n".join(caught.value.lines())
    assert "no stand-in for node:24" in text
    assert "api/Dockerfile:7" in text
    assert "tool.seatrial.stand_ins" in text


def test_a_stand_in_that_no_from_asks_for_is_named() -> None:
    with pytest.raises(ConfigurationError) as caught:
        match_stand_ins([base(PYTHON)], RECIPES, TAGS)
    text = "\n".join(caught.value.lines())
    assert f"no FROM asks for the stand-in of {UV}" in text
    assert "bases: python:3.14" in text


def test_another_version_of_a_base_is_another_base() -> None:
    with pytest.raises(ConfigurationError, match=r"no stand-in for python:3\.15"):
        match_stand_ins([base("python:3.15")], {"python:3.14": "bases/python"}, TAGS)


def test_without_bases_and_recipes_there_is_nothing_to_match() -> None:
    assert match_stand_ins([], {}, {}) == {}


@pytest.mark.parametrize(
    ("reference", "key"),
    [
        (PYTHON, PYTHON),
        ("python", "python"),
        ("python:latest", "python"),
        (f"python:latest@{DIGEST}", f"python:latest@{DIGEST}"),
        ("docker.io/library/python:3", "python:3"),
        ("index.docker.io/library/python:3", "python:3"),
        ("docker.io/oven/bun:1", "oven/bun:1"),
        ("docker.io/library/a/b:1", "library/a/b:1"),
        ("ghcr.io/library/python:3", "ghcr.io/library/python:3"),
    ],
)
def test_a_key_is_what_buildkit_looks_for(reference: str, key: str) -> None:
    assert context_key(reference) == key

"""A remembered plan is used only while everything that it follows from is as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seatrial.build.memo import Options, keep, key_of, recall
from seatrial.git import Answers

CLEAN: Answers = {
    "commit": (0, "a" * 40 + " aaaaaaa 1700000000\n", ""),
    "status": (0, "", ""),
    "describe": (0, "v1.0.0\n", ""),
    "tags": (0, "v1.0.0\n", ""),
    "origin": (2, "", "no such remote"),
}
PLAN = {"images": [{"name": "one"}], "definition": {}}


def key(root: Path, git: Answers = CLEAN, **changes: Any) -> str | None:
    environ = changes.pop("environ", {"HOME": "/home/me"})
    return key_of(root, git, Options(**changes), "/usr/bin/docker", environ)


def test_what_was_kept_is_recalled_under_its_key_alone(tmp_path: Path) -> None:
    keep(tmp_path, key(tmp_path), PLAN, 17, "{}\n")
    found = recall(tmp_path, key(tmp_path))
    assert found is not None
    assert (found.plan, found.epoch, found.version_json) == (PLAN, 17, "{}\n")
    assert found.targets == ("one",)
    assert recall(tmp_path, key(tmp_path, tag="mine")) is None


def test_a_dirty_tree_is_never_remembered(tmp_path: Path) -> None:
    dirty = CLEAN | {"status": (0, " M file\n", "")}
    assert key(tmp_path, dirty) is None
    keep(tmp_path, None, PLAN, 17, "{}\n")
    assert list(tmp_path.iterdir()) == []
    assert recall(tmp_path, None) is None


def test_a_tree_that_git_cannot_tell_of_is_never_remembered(tmp_path: Path) -> None:
    assert key(tmp_path, CLEAN | {"commit": (128, "", "not a repository")}) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"tag": "mine"},
        {"images": ("one",)},
        {"bases": "registry"},
        {"platforms": ("linux/arm64",)},
        {"environ": {"HOME": "/home/me", "CA_BUNDLE": "/ca.pem"}},
    ],
    ids=str,
)
def test_another_option_or_variable_is_another_key(tmp_path: Path, changed: dict[str, Any]) -> None:
    assert key(tmp_path, **changed) != key(tmp_path)


@pytest.mark.parametrize("name", ["commit", "describe", "tags", "origin"])
def test_whatever_git_answers_is_part_of_the_key(tmp_path: Path, name: str) -> None:
    assert key(tmp_path, CLEAN | {name: (0, "other", "")}) != key(tmp_path)


def test_other_stand_ins_are_another_key(tmp_path: Path) -> None:
    before = key(tmp_path)
    (tmp_path / ".seatrial").mkdir()
    (tmp_path / ".seatrial" / "bases.stamp").write_text("stand-in\none:1\n")
    assert key(tmp_path) != before


def test_the_size_of_the_terminal_decides_nothing(tmp_path: Path) -> None:
    environ = {"HOME": "/home/me", "COLUMNS": "80", "PWD": "/elsewhere"}
    assert key(tmp_path, environ=environ) == key(tmp_path)


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"\xff\xfe", b"KEY sum\n{}", b"{not json", b"KEY"], ids=repr
)
def test_a_garbled_memory_is_none(tmp_path: Path, text: bytes) -> None:
    own = key(tmp_path)
    assert own is not None
    (tmp_path / ".seatrial").mkdir()
    (tmp_path / ".seatrial" / "plan").write_bytes(text.replace(b"KEY", own.encode()))
    assert recall(tmp_path, own) is None


def test_a_memory_cut_short_is_none(tmp_path: Path) -> None:
    own = key(tmp_path)
    keep(tmp_path, own, PLAN, 17, "{}\n")
    path = tmp_path / ".seatrial" / "plan"
    path.write_text(path.read_text()[:-5])
    assert recall(tmp_path, own) is None


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / ".seatrial").write_text("a file in the way")
    keep(tmp_path, key(tmp_path), PLAN, 17, "{}\n")
    assert recall(tmp_path, key(tmp_path)) is None

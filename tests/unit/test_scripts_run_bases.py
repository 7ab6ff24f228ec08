"""When scripts/run asks for the bases."""

from __future__ import annotations

import os
import time

import pytest
from script_tree import BASES, ScriptTree


def test_without_a_stamp_the_bases_are_asked_for(tree: ScriptTree) -> None:
    tree.flag("default")
    ended = tree.run("invoke", "build-prod")
    assert len(tree.called(BASES)) == 1
    assert ended.stdout == "ran invoke build-prod\n"


def test_stand_ins_that_are_there_are_not_asked_for_again(ready: ScriptTree) -> None:
    ready.write_stamp("stand-in", "one:1", "two:2")
    ready.run("true")
    assert ready.called(BASES) == []
    (inspected,) = ready.called("docker image")
    assert inspected.startswith("docker image inspect one:1 two:2 |")


def test_a_stand_in_that_is_gone_is_asked_for(ready: ScriptTree) -> None:
    ready.write_stamp("stand-in", "one:1", "two:2")
    ready.flag("images", "one:1\n")
    ready.run("true")
    assert len(ready.called(BASES)) == 1


@pytest.mark.parametrize(
    "changed",
    ["scripts/bases/toy/make", "infra/docker/toy/Dockerfile", "pyproject.toml"],
)
def test_what_is_newer_than_the_stamp_asks_for_the_bases(ready: ScriptTree, changed: str) -> None:
    os.utime(ready.root / changed, (time.time() + 5,) * 2)
    ready.run("true")
    assert len(ready.called(BASES)) == 1


def test_a_newer_contract_does_not_ask_for_the_bases(ready: ScriptTree) -> None:
    path = ready.root / "infra/docker/toy/contract.toml"
    path.write_text("")
    os.utime(path, (time.time() + 5,) * 2)
    ready.run("true")
    assert ready.called(BASES) == []


@pytest.mark.parametrize(("hours", "asked"), [(23, 0), (25, 1)])
def test_a_registry_that_answered_is_believed_for_a_day(
    ready: ScriptTree, hours: int, asked: int
) -> None:
    for path in ready.root.rglob("*"):
        os.utime(path, (1, 1), follow_symlinks=False)
    os.utime(ready.stamp, (time.time() - hours * 3600,) * 2)
    ready.run("true")
    assert len(ready.called(BASES)) == asked


def test_another_policy_in_the_environment_asks_for_the_bases(ready: ScriptTree) -> None:
    ready.environ["SEATRIAL_BASES"] = "stand-in"
    ready.run("true")
    assert len(ready.called(BASES)) == 1


def test_bases_that_fail_end_it_with_their_exit_code(ready: ScriptTree) -> None:
    ready.stamp.unlink()
    ready.flag("bases-fail")
    assert ready.run("invoke", "build-prod").exit_code == 4
    assert ready.called("uv run invoke build-prod") == []


def test_an_interrupt_while_bases_are_made_ends_it_at_once(ready: ScriptTree) -> None:
    ready.stamp.unlink()
    ready.flag("slow-bases")
    began = time.monotonic()
    ended = ready.interrupt("invoke", "build-prod", when=BASES)
    assert ended.exit_code == 130
    assert time.monotonic() - began < 10
    assert ready.called("uv run invoke build-prod") == []

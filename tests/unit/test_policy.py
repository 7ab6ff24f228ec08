"""The base policy in force."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from unit.fakes import FakeDocker, image_facts, make_docker

from seatrial.build.policy import (
    STAMP,
    ask,
    decide,
    missing_stand_ins,
    remember,
    remembered,
    require_stand_ins,
)
from seatrial.errors import ConfigurationError

BASES = ["python:3.14", "node:24"]


@pytest.fixture
def docker(tmp_path: Path) -> FakeDocker:
    return make_docker(tmp_path / "bin")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / ".seatrial"


def age(state: Path, hours: float) -> None:
    then = time.time() - hours * 3600
    os.utime(state / STAMP, (then, then))


def policy_of(state: Path) -> str | None:
    known = remembered(state)
    return known.policy if known else None


@pytest.mark.parametrize("policy", ["registry", "stand-in"])
def test_a_fresh_decision_is_remembered(state: Path, policy: str) -> None:
    remember(state, policy, ["a:1", "b:1"])  # type: ignore[arg-type]
    assert policy_of(state) == policy
    assert (state / STAMP).read_text() == f"{policy}\na:1\nb:1\n"


@pytest.mark.parametrize(("hours", "known"), [(23.9, "registry"), (24.1, None)])
def test_a_decision_is_believed_for_a_day(state: Path, hours: float, known: str | None) -> None:
    remember(state, "registry", ())
    age(state, hours)
    assert policy_of(state) == known


@pytest.mark.parametrize("content", [b"", b"\n", b"maybe\n", b"\xff\xfe\n", b"registryx"])
def test_a_garbled_decision_is_none(state: Path, content: bytes) -> None:
    state.mkdir()
    (state / STAMP).write_bytes(content)
    assert policy_of(state) is None


def test_where_nothing_was_decided_nothing_is_remembered(state: Path) -> None:
    assert remembered(state) is None
    (state / STAMP).mkdir(parents=True)
    assert remembered(state) is None


@pytest.mark.parametrize("asked", ["registry", "stand-in"])
def test_a_policy_that_is_asked_for_asks_nobody(
    docker: FakeDocker, state: Path, asked: str
) -> None:
    decision = decide(asked, docker.engine, BASES, state)  # type: ignore[arg-type]
    assert (decision.policy, decision.reason) == (asked, "it was asked for")
    assert docker.calls == []


def test_auto_asks_only_when_nothing_fresh_is_known(docker: FakeDocker, state: Path) -> None:
    docker.answer("imagetools inspect", "{}")
    remember(state, "stand-in", ())
    assert decide("auto", docker.engine, BASES, state).policy == "stand-in"
    assert docker.calls == []
    age(state, 25)
    assert decide("auto", docker.engine, BASES, state).policy == "registry"
    assert len(docker.calls) == len(BASES)
    assert policy_of(state) == "registry"


def test_a_registry_that_does_not_answer_means_stand_ins_and_says_why(
    docker: FakeDocker, state: Path
) -> None:
    docker.answer("imagetools inspect", err="ERROR: no such host\n", code=1)
    decision = ask(docker.engine, BASES, state)
    assert decision.policy == "stand-in"
    assert "ERROR: no such host" in decision.reason


def test_a_registry_that_does_not_answer_is_asked_again_next_time(
    docker: FakeDocker, state: Path
) -> None:
    docker.answer("imagetools inspect", code=1)
    ask(docker.engine, BASES, state)
    assert remembered(state) is None


def test_stand_ins_that_are_missing_are_an_error_that_says_how_to_build_them(
    docker: FakeDocker,
) -> None:
    docker.answer("image inspect", [image_facts("a:1")], err="No such image: b:1", code=1)
    assert missing_stand_ins(docker.engine, ["a:1", "b:1"]) == ["b:1"]
    with pytest.raises(ConfigurationError, match="the stand-in b:1 is not built") as caught:
        require_stand_ins(docker.engine, ["a:1", "b:1"])
    assert "invoke bases" in (caught.value.hint or "")


def test_stand_ins_that_are_there_are_no_complaint(docker: FakeDocker) -> None:
    docker.answer("image inspect", [image_facts("a:1")])
    require_stand_ins(docker.engine, ["a:1"])
    require_stand_ins(docker.engine, [])

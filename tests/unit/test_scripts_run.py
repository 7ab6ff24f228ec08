"""scripts/run, driven for real against a fake uv, docker and engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from script_tree import BASES, ScriptTree


def test_without_a_command_the_usage_is_on_stderr(tree: ScriptTree) -> None:
    ended = tree.run()
    assert ended.exit_code == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("usage: scripts/run CMD")


def test_help_is_on_stdout(tree: ScriptTree) -> None:
    ended = tree.run("--help")
    assert ended.exit_code == 0
    assert ended.stdout.startswith("usage: scripts/run CMD")
    assert tree.calls == []


def test_where_all_is_there_it_only_runs_the_command(ready: ScriptTree) -> None:
    ended = ready.run("invoke", "build-prod", "--tag", "a b")
    assert (ended.exit_code, ended.stdout) == (0, "ran invoke build-prod --tag a b\n")
    assert ended.stderr == ""
    assert ready.called("engine") == ready.called(BASES) == []


def test_the_command_keeps_its_exit_code(ready: ScriptTree) -> None:
    ready.flag("exit", "4")
    assert ready.run("invoke", "build-prod").exit_code == 4


def test_the_command_keeps_its_stdin(ready: ScriptTree) -> None:
    ready.stamp.unlink()
    ready.run("cat", stdin="said")
    assert "stdin=said" in ready.called("uv run cat")[0]


def test_it_runs_at_the_root_from_anywhere(ready: ScriptTree) -> None:
    assert ready.run("true", cwd=Path("/")).exit_code == 0


def test_another_environment_s_activation_is_dropped(ready: ScriptTree) -> None:
    ready.environ["VIRTUAL_ENV"] = "/elsewhere"
    ready.run("true")
    assert "VIRTUAL_ENV= " in ready.called("uv run true")[0]


def test_no_engine_and_not_root_is_one_message_and_exit_3(tree: ScriptTree) -> None:
    ended = tree.run("invoke", "build-prod")
    assert ended.exit_code == 3
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert "DOCKER_HOST" in ended.stderr
    assert tree.called("uv run") == tree.called("engine") == []


def test_root_elsewhere_than_on_debian_installs_no_engine(tree: ScriptTree) -> None:
    tree.fake("id", "#!/bin/bash\necho 0\n")
    assert tree.run("invoke", "build-prod").exit_code == 3
    assert tree.called("engine") == []


def test_root_on_debian_gets_the_private_engine(tree: ScriptTree) -> None:
    tree.as_root_on_debian()
    tree.have_private_engine()
    (tree.state / "private").unlink()
    ended = tree.run("invoke", "build-prod")
    assert ended.exit_code == 0
    assert tree.called("engine") == ["engine up"]
    assert f"DOCKER_HOST=unix://{tree.engine_run}/docker.sock" in tree.called("uv run invoke b")[0]


def test_an_engine_that_does_not_come_up_ends_it_with_its_exit_code(tree: ScriptTree) -> None:
    tree.as_root_on_debian()
    tree.flag("engine-exit", "3")
    assert tree.run("invoke", "build-prod").exit_code == 3
    assert tree.called("uv run") == []


def test_the_callers_engine_is_used_unasked(tree: ScriptTree) -> None:
    tree.environ["DOCKER_HOST"] = "tcp://elsewhere:2375"
    tree.write_stamp("registry")
    tree.run("true")
    assert "DOCKER_HOST=tcp://elsewhere:2375" in tree.called("uv run true")[0]
    assert tree.called("docker") == []


def test_the_default_engine_goes_before_the_private_one(ready: ScriptTree) -> None:
    ready.have_private_engine()
    ready.run("true")
    assert "DOCKER_HOST= " in ready.called("uv run true")[0]


def test_the_private_engine_is_used_with_its_own_client(tree: ScriptTree) -> None:
    tree.have_private_engine()
    tree.write_stamp("stand-in", "one:1")
    assert tree.run("true").exit_code == 0
    assert f"DOCKER_HOST=unix://{tree.engine_run}/docker.sock" in tree.called("uv run true")[0]
    (inspected,) = tree.called("docker image")
    assert f"client={tree.engine_run}/bin/docker" in inspected


def test_the_private_engine_s_address_set_by_hand_may_be_started_again(tree: ScriptTree) -> None:
    tree.as_root_on_debian()
    tree.have_private_engine()
    (tree.state / "private").unlink()
    tree.environ["DOCKER_HOST"] = f"unix://{tree.engine_run}/docker.sock"
    assert tree.run("true").exit_code == 0
    assert tree.called("engine") == ["engine up"]


@pytest.mark.parametrize(
    "words",
    [
        "invoke",
        "invoke --list",
        "inv -l",
        "invoke --help",
        "invoke build-prod --help",
        "invoke doctor --json",
        "invoke plan",
        "invoke engine-up",
        "nox -l",
        "nox --list",
        "nox -s lint unit",
    ],
)
def test_looking_needs_no_engine_and_makes_nothing(tree: ScriptTree, words: str) -> None:
    tree.as_root_on_debian()
    ended = tree.run(*words.split())
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert tree.called("engine") == tree.called(BASES) == []


@pytest.mark.parametrize("words", ["invoke bases", "invoke compose-down", "invoke verify --ref x"])
def test_some_verbs_need_an_engine_and_no_bases(tree: ScriptTree, words: str) -> None:
    assert tree.run(*words.split()).exit_code == 3
    tree.flag("default")
    assert tree.run(*words.split()).exit_code == 0
    assert tree.called(BASES) == []

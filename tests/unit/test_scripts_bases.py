"""The recipes of the stand-ins, with a fake mmdebstrap, uv and npm."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from script_tree import SCRIPTS, Ended, ScriptTree, wait_for

MMDEBSTRAP = """#!/bin/bash
echo "mmdebstrap $*" >>"$CALLS"
touch "$TMPDIR/half-made"
[[ ! -e $STATE/slow ]] || { sleep 60 & wait; }
[[ ! -e $STATE/broken ]] || { echo "E: no such package" >&2; exit 25; }
echo "nginx version: nginx/9.9.9" >"$WORK/version"
touch "${@: -2:1}"
"""
UV = """#!/bin/bash
echo "uv $*" >>"$CALLS"
while [[ $1 != --target ]]; do shift; done
mkdir -p "$2/bin" && echo uv >"$2/bin/uv" && echo uvx >"$2/bin/uvx"
"""
NPM = """#!/bin/bash
echo "npm $*" >>"$CALLS"
mkdir -p package/bin && touch package/bin/bun && tar -czf bun.tgz package
"""


def environment(tree: ScriptTree) -> dict[str, str]:
    return {**tree.environment(), "PATH": f"{tree.bin}:/usr/bin:/bin"}


def make(tree: ScriptTree, recipe: str, *words: str) -> Ended:
    ended = subprocess.run(
        [str(SCRIPTS / "bases" / recipe / "make"), *words],
        env=environment(tree),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


@pytest.fixture
def yard(tree: ScriptTree) -> ScriptTree:
    """A machine with every tool that a recipe takes, and a mirror."""
    tree.fake("mmdebstrap", MMDEBSTRAP)
    tree.fake("uv", UV)
    tree.fake("npm", NPM)
    return tree


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_recipe_without_a_folder_says_how_it_is_called(yard: ScriptTree) -> None:
    ended = make(yard, "python")
    assert (ended.exit_code, ended.stderr) == (2, "usage: make OUTDIR\n")


def test_a_folder_with_something_in_it_is_left_alone(yard: ScriptTree) -> None:
    (yard.root / "made").mkdir()
    (yard.root / "made" / "mine").touch()
    ended = make(yard, "uv", str(yard.root / "made"))
    assert ended.exit_code == 2
    assert "is not empty" in ended.stderr
    assert names(yard.root / "made") == ["mine"]


@pytest.mark.skipif(not shutil.which("apt-config"), reason="only Debian has apt sources")
@pytest.mark.parametrize(
    ("recipe", "files"),
    [
        ("python", ["Dockerfile", "rootfs.tar"]),
        ("nginx", ["Dockerfile", "rootfs.tar"]),
        ("bun", ["Dockerfile", "rootfs.tar"]),
        ("uv", ["Dockerfile", "uv", "uvx"]),
    ],
)
def test_a_recipe_writes_a_whole_context_and_nothing_beside_it(
    yard: ScriptTree, recipe: str, files: list[str]
) -> None:
    (yard.root / "made").mkdir()  # as tempfile.mkdtemp leaves it
    before = names(yard.root)
    ended = make(yard, recipe, str(yard.root / "made"))
    assert ended.exit_code == 0, ended.stderr
    assert names(yard.root / "made") == files
    assert names(yard.root) == before


def test_uv_is_the_static_one_of_the_pinned_version(yard: ScriptTree) -> None:
    make(yard, "uv", str(yard.root / "made"))
    (call,) = yard.called("uv pip install")
    assert "-unknown-linux-musl" in call
    assert call.endswith(" uv==0.13.0")


def test_a_step_that_fails_shows_its_last_words_and_leaves_nothing(yard: ScriptTree) -> None:
    yard.flag("broken")
    before = names(yard.root)
    ended = make(yard, "python", str(yard.root / "made"))
    assert ended.exit_code == 1
    assert "E: no such package" in ended.stderr
    assert names(yard.root) == before


@pytest.fixture
def heeded() -> Iterator[None]:
    """Let SIGHUP be heard: a shell cannot trap what was ignored when it began, as under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("heeded")
@pytest.mark.parametrize(
    ("sent", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)]
)
def test_a_recipe_that_is_interrupted_leaves_nothing(
    yard: ScriptTree, sent: signal.Signals, exit_code: int
) -> None:
    yard.flag("slow")
    before = names(yard.root)
    with subprocess.Popen(
        [str(SCRIPTS / "bases" / "python" / "make"), str(yard.root / "made")],
        env=environment(yard),
        stderr=subprocess.PIPE,
    ) as process:
        wait_for(lambda: bool(list(yard.root.glob(".making.*/tmp/half-made"))), "never began")
        process.send_signal(sent)
        assert process.wait(timeout=10) == exit_code
        # The end of stderr: no process of the recipe holds it any longer.
        assert process.stderr is not None
        process.stderr.read()
    assert names(yard.root) == before


def test_a_missing_tool_is_named_where_it_cannot_be_installed(tree: ScriptTree) -> None:
    ended = subprocess.run(
        [str(SCRIPTS / "bases" / "python" / "make"), str(tree.root / "made")],
        env=tree.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
    )
    assert ended.returncode == 3
    assert "'mmdebstrap' is needed; install it" in ended.stderr
    assert not (tree.root / "made").exists()

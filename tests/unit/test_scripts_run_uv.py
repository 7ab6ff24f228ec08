"""How scripts/run comes by git, uv and a Python."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from script_tree import ScriptTree


def test_a_missing_git_is_named(ready: ScriptTree) -> None:
    (ready.bin / "git").unlink()
    ended = ready.run("true")
    assert ended.exit_code == 2
    assert "git is missing" in ended.stderr


def test_root_on_debian_gets_git(ready: ScriptTree) -> None:
    ready.as_root_on_debian()
    (ready.bin / "git").unlink()
    ended = ready.run("true")
    assert ended.exit_code == 0
    assert "run: installed git\n" in ended.stderr
    assert "install --no-install-recommends --no-remove git" in ready.called("apt-get")[0]


PYTHON = r"""#!/bin/bash
echo "python3 $*" >>"$CALLS"
case $* in
"-m pip install"*)
    [[ ! -e $STATE/slow-pip ]] || exec sleep 60
    [[ ! -e $STATE/no-index ]] || { echo "no matching distribution" >&2; exit 1; }
    while [[ $1 != --target ]]; do shift; done
    mkdir -p "$2/bin"
    cp "$STATE/uv" "$2/bin/uv"
    cp "$STATE/uv" "$2/bin/uvx" ;;
"-m pip --version") [[ ! -e $STATE/no-pip ]] ;;
"-c import ensurepip, venv" | "-m venv"*) exit 1 ;;
esac
"""


@pytest.fixture
def no_uv(ready: ScriptTree) -> ScriptTree:
    """uv is not on PATH; a python3 with pip that fetches a fake one is."""
    (ready.bin / "uv").rename(ready.state / "uv")
    ready.fake("cp", '#!/bin/bash\ncat "$1" >"$2"\nchmod 755 "$2"\n')
    ready.fake("python3", PYTHON)
    return ready


def cache(tree: ScriptTree) -> Path:
    return tree.root / "home" / ".cache" / "seatrial"


def test_uv_is_fetched_once_into_the_cache(no_uv: ScriptTree) -> None:
    first = no_uv.run("true")
    assert first.exit_code == 0
    assert first.stderr.splitlines()[-1].startswith("run: installed uv ")
    (home,) = cache(no_uv).iterdir()
    assert sorted(path.name for path in home.iterdir()) == ["uv", "uvx"]
    assert no_uv.run("true").stderr == ""
    assert len(no_uv.called("python3 -m pip install")) == 1


def test_uv_s_cache_follows_the_environment(no_uv: ScriptTree) -> None:
    no_uv.environ["XDG_CACHE_HOME"] = str(no_uv.root / "xdg")
    no_uv.run("true")
    assert (no_uv.root / "xdg" / "seatrial").is_dir()


def test_a_shim_with_nothing_behind_it_is_no_uv(no_uv: ScriptTree) -> None:
    no_uv.fake("uv", "#!/bin/bash\nexit 127\n")
    assert no_uv.run("true").exit_code == 0
    assert len(no_uv.called("python3 -m pip install")) == 1


def test_an_index_without_uv_is_told_with_pip_s_words(no_uv: ScriptTree) -> None:
    no_uv.flag("no-index")
    ended = no_uv.run("true")
    assert ended.exit_code == 2
    assert "no matching distribution" in ended.stderr
    assert "could not fetch it" in ended.stderr
    assert list(cache(no_uv).iterdir()) == []


def test_a_python_with_neither_pip_nor_venv_is_named(no_uv: ScriptTree) -> None:
    no_uv.flag("no-pip")
    ended = no_uv.run("true")
    assert ended.exit_code == 2
    assert "neither pip nor venv" in ended.stderr
    assert list(cache(no_uv).iterdir()) == []


def test_root_on_debian_gets_venv_for_a_python_without_pip(no_uv: ScriptTree) -> None:
    no_uv.as_root_on_debian()
    no_uv.flag("no-pip")
    no_uv.fake("apt-get", '#!/bin/bash\necho "apt-get $*" >>"$CALLS"\nrm -f "$STATE/no-pip"\n')
    assert no_uv.run("true").exit_code == 0
    assert any(call.endswith("python3-venv") for call in no_uv.called("apt-get"))


def test_an_interrupt_while_uv_is_fetched_leaves_nothing(no_uv: ScriptTree) -> None:
    no_uv.flag("slow-pip")
    ended = no_uv.interrupt("true", when="python3 -m pip install")
    assert ended.exit_code == 130
    assert list(cache(no_uv).iterdir()) == []


def test_a_python_that_uv_fetches_is_said(ready: ScriptTree) -> None:
    ready.flag("no-python")
    ended = ready.run("true")
    assert "installed a Python" in ended.stderr
    assert ready.called("uv python install")


SYNC = "uv sync --quiet"


def test_an_environment_that_fits_the_lock_is_left_alone(ready: ScriptTree) -> None:
    ended = ready.run("true")
    assert ready.called(SYNC) == []
    assert ended.stderr == ""


def test_the_environment_is_made_once_where_there_is_none(ready: ScriptTree) -> None:
    shutil.rmtree(ready.root / ".venv")
    assert ready.run("true").stderr == "run: made the project's environment in .venv\n"
    assert ready.run("true").stderr == ""
    assert len(ready.called(SYNC)) == 1


def test_the_environment_is_made_anew_when_the_lock_is_newer(ready: ScriptTree) -> None:
    os.utime(ready.root / "uv.lock", (time.time(),) * 2)
    assert ready.run("true").exit_code == 0
    assert len(ready.called(SYNC)) == 1


def test_an_environment_that_cannot_be_made_ends_it(ready: ScriptTree) -> None:
    shutil.rmtree(ready.root / ".venv")
    ready.flag("sync-fails")
    ended = ready.run("true")
    assert ended.exit_code == 1
    assert ready.called("uv run") == []

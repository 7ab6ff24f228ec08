"""scripts/engine without a daemon: it says how things are and harms nobody else's process."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from script_tree import SCRIPTS, Ended, ScriptTree


@pytest.fixture
def bystanders() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes of a test; what the script did not end is ended here."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def sleeper(*words: str) -> subprocess.Popen[bytes]:
    """A process that sleeps for a minute with `words` on its command line."""
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", *words])


def engine(tree: ScriptTree, *words: str, root: bool = True) -> Ended:
    tree.fake("id", f"#!/bin/bash\necho {0 if root else 1000}\n")
    environ = {
        **tree.environment(),
        "PATH": f"{tree.bin}:/usr/bin:/bin",
        "SEATRIAL_ENGINE_HOME": str(tree.root / "h"),
    }
    ended = subprocess.run(
        [str(SCRIPTS / "engine"), *words],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


@pytest.mark.parametrize("words", [(), ("sideways",), ("up", "now")])
def test_an_unknown_verb_is_answered_with_the_usage(
    tree: ScriptTree, words: tuple[str, ...]
) -> None:
    ended = engine(tree, *words)
    assert ended.exit_code == 2
    assert ended.stderr == "usage: scripts/engine up|down|status\n"


def test_status_says_that_it_is_down(tree: ScriptTree) -> None:
    ended = engine(tree, "status")
    assert (ended.exit_code, ended.stderr) == (3, "engine: the private engine is down\n")


def test_down_where_none_runs_is_done(tree: ScriptTree) -> None:
    ended = engine(tree, "down")
    assert (ended.exit_code, ended.stderr) == (0, "engine: no private engine runs\n")


def test_up_needs_root(tree: ScriptTree) -> None:
    ended = engine(tree, "up", root=False)
    assert ended.exit_code == 3
    assert "needs root" in ended.stderr
    assert not (tree.root / "h").exists()


def test_down_spares_a_process_that_took_over_the_daemon_s_number(
    tree: ScriptTree, bystanders: list[subprocess.Popen[bytes]]
) -> None:
    bystanders.append(sleeper("--data-root=/somewhere/else"))
    pid_file = tree.engine_run / "dockerd.pid"
    pid_file.write_text(str(bystanders[0].pid))
    ended = engine(tree, "down")
    assert (ended.exit_code, ended.stderr) == (0, "engine: no private engine runs\n")
    assert bystanders[0].poll() is None
    assert not pid_file.exists()


def test_down_stops_our_daemon_and_its_containerd(
    tree: ScriptTree, bystanders: list[subprocess.Popen[bytes]]
) -> None:
    daemon = sleeper(f"--data-root={tree.root}/h/data")
    containerd = sleeper("--config", f"{tree.engine_run}/exec/containerd/containerd.toml")
    shim = sleeper("-address", f"{tree.engine_run}/exec/containerd/containerd.sock")
    other = sleeper("-address", "/run/containerd/containerd.sock")
    bystanders += [daemon, containerd, shim, other]
    (tree.engine_run / "dockerd.pid").write_text(str(daemon.pid))
    # A child that nobody waits for stays in /proc: it is reaped here as init would.
    with ThreadPoolExecutor() as pool:
        for child in (daemon, containerd, shim):
            pool.submit(child.wait)
        ended = engine(tree, "down")
    assert (ended.exit_code, ended.stderr) == (0, "engine: stopped the private engine\n")
    assert [process.poll() is None for process in bystanders] == [False, False, False, True]


def test_status_tells_a_daemon_that_does_not_answer(
    tree: ScriptTree, bystanders: list[subprocess.Popen[bytes]]
) -> None:
    bystanders.append(sleeper(f"--data-root={tree.root}/h/data"))
    (tree.engine_run / "dockerd.pid").write_text(str(bystanders[0].pid))
    ended = engine(tree, "status")
    assert ended.exit_code == 3
    assert "runs but does not answer" in ended.stderr


def test_the_scripts_name_no_host_but_the_machine_itself() -> None:
    for path in SCRIPTS.rglob("*"):
        if path.is_file():
            hosts = re.findall(r"https?://([^/:\s]+)", path.read_text(encoding="utf-8"))
            assert set(hosts) <= {"127.0.0.1", "localhost"}, path

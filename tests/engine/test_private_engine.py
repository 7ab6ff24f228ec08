"""The private engine, for real: a second one in folders and a network namespace of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from yard import Yard

pytestmark = pytest.mark.engine


@pytest.fixture
def yard() -> Iterator[Yard]:
    if os.geteuid() != 0:
        pytest.skip("a private engine is root's")
    with tempfile.TemporaryDirectory(prefix="st-", ignore_cleanup_errors=True) as folder:
        made = Yard(Path(folder))
        yield made
        made.engine("down")


def test_it_comes_up_in_time_answers_and_goes_without_a_trace(yard: Yard) -> None:
    began = time.monotonic()
    ended = yard.engine("up")
    assert ended.returncode == 0, ended.stderr
    assert time.monotonic() - began < 10
    assert yard.engine("status").returncode == 0
    again = yard.engine("up")
    assert "answers already" in again.stderr
    assert again.returncode == 0

    down = yard.engine("down")
    assert (down.returncode, down.stderr) == (0, "engine: stopped the private engine\n")
    assert yard.processes() == []
    assert yard.mounts() == []
    assert yard.engine("status").returncode == 3


def test_two_ups_at_once_start_one_daemon(yard: Yard) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as pool:
        ended = list(pool.map(yard.engine, ["up", "up"]))
    assert [one.returncode for one in ended] == [0, 0]
    assert sum("started" in one.stderr for one in ended) == 1
    assert len([line for line in yard.processes() if "dockerd" in line]) == 1


def test_it_survives_a_killed_predecessor_whose_number_another_process_took(yard: Yard) -> None:
    assert yard.engine("up").returncode == 0
    os.kill(int(yard.pid_file.read_text()), signal.SIGKILL)
    with subprocess.Popen(["sleep", "60"]) as bystander:
        # A killed daemon leaves both pid files, and the numbers are used again.
        time.sleep(0.5)
        containerd = yard.root / "r" / "exec" / "containerd" / "containerd.pid"
        for path in (yard.pid_file, containerd):
            path.write_text(str(bystander.pid))
        ended = yard.engine("up")
        assert bystander.poll() is None
        bystander.kill()
    assert ended.returncode == 0, ended.stderr
    assert yard.docker("info", "--format", "{{.DriverStatus}}")
    yard.engine("down")
    assert yard.processes() == []
    assert yard.mounts() == []


def test_a_daemon_that_cannot_start_shows_its_last_words(yard: Yard) -> None:
    assert yard.engine("up").returncode == 0
    yard.engine("down")
    # A file where the daemon needs a folder.
    broken = yard.root / "h" / "data" / "network"
    subprocess.run(["rm", "-rf", str(broken)], check=True)
    broken.write_text("")
    ended = yard.engine("up")
    assert ended.returncode == 3
    assert "the last lines of its log" in ended.stderr
    assert "network" in ended.stderr
    assert yard.processes() == []

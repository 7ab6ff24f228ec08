"""What no proxy can do to an engine: a second one is killed in mid-trial, and its disk filled."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from dock import Dock, assert_clear, docker, make_dock, wait_for_containers
from yard import Yard

from seatrial.engine.client import Engine

pytestmark = pytest.mark.engine
SIZE = "256m"
# Its network is a namespace of its own, so that nothing of it can be asked from here.
CONTRACT = """\
image = "shop"
[process]
user = 65532
stop_within = "3s"
[env.required.SHOP_TOKEN]
secret = true
[filesystem]
read_only = true
tmpfs = ["/tmp"]
"""


@pytest.fixture(scope="module")
def yard() -> Iterator[Yard]:
    if os.geteuid() != 0:
        pytest.skip("a private engine is root's")
    with tempfile.TemporaryDirectory(prefix="st-", ignore_cleanup_errors=True) as folder:
        made = Yard(Path(folder))
        home = made.root / "h"
        home.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", home], check=True)
        try:
            assert made.engine("up").returncode == 0
            yield made
        finally:
            made.engine("down")
            subprocess.run(["umount", "--lazy", home], check=True)


@pytest.fixture(scope="module")
def away(yard: Yard, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dock]:
    """The dock of the second engine, which gets the image from the first."""
    second = Engine(engine.client, f"unix://{yard.socket}", socket=yard.socket)
    with make_dock(engine, tmp_path_factory.mktemp("dock")) as dock:
        saved = subprocess.Popen([*engine.argv, "save", dock.image], stdout=subprocess.PIPE)
        loading = [*second.argv, "load"]
        subprocess.run(loading, stdin=saved.stdout, check=True, capture_output=True, timeout=60)
        saved.communicate()
        (dock.folder / "contract.toml").write_text(CONTRACT)
        yield replace(dock, engine=second)


def test_a_killed_engine_ends_the_trial_and_its_containers_go_when_it_is_back(
    away: Dock, yard: Yard
) -> None:
    host = {"DOCKER_HOST": str(away.engine.host)}
    assert away.start(**host).end(within=60).code == 0
    command = away.start(**host)
    wait_for_containers(away, command)
    os.kill(int(yard.pid_file.read_text()), signal.SIGKILL)
    ended = command.end(within=30)
    assert ended.code == 3, ended.told
    assert "the engine went away in the middle of the work" in ended.told
    assert yard.engine("up").returncode == 0
    (hint,) = [line for line in ended.told.splitlines() if "docker rm" in line]
    line = re.sub(r"\bdocker\b", " ".join(away.engine.argv), hint.partition("goes with: ")[2])
    subprocess.run(["bash", "-c", line], check=True, capture_output=True, timeout=60)
    assert_clear(ended, away)
    assert away.start(**host).end(within=60).code == 0


def test_an_engine_without_room_is_told_and_no_image_is_blamed(away: Dock, yard: Yard) -> None:
    filler = yard.root / "h" / "filler"
    fill = ["dd", "if=/dev/zero", f"of={filler}", "bs=4k"]
    assert b"No space left" in subprocess.run(fill, capture_output=True, check=False).stderr
    ended = away.start(DOCKER_HOST=str(away.engine.host)).end(within=60)
    filler.unlink()
    assert ended.code == 3, ended.told
    assert "the engine's disk is full" in ended.told
    assert "docker system df" in ended.told
    assert_clear(ended, away)
    assert docker(away.engine, "ps", "--all", "--quiet") == ""

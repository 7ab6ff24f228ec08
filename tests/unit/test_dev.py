"""`invoke dev` with real processes that need neither an engine nor a database."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from toys import Toy, invoke_argv, make_toy

from seatrial.dev.exclusive import held, require_no_dev
from seatrial.errors import ComposeFailedError, DevFailedError
from seatrial.processes import Program, Running, end_all

TALKS = """
import os, signal, subprocess, sys, time
name = sys.argv[1]
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
def leave(*_):
    print(f"{name} leaves", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print(f"{name} is {os.getpid()} and has {child.pid}, {os.environ.get('GIVEN')}", flush=True)
while True:
    time.sleep(0.05)
"""


STARTED: list[Dev] = []


class Dev:
    """A running `invoke dev`, and what it has printed."""

    def __init__(self, toy: Toy) -> None:
        environ = {**os.environ, "DOCKER_HOST": f"unix://{toy.root}/no.sock"}
        self.process = subprocess.Popen(
            [*invoke_argv(), "dev"],
            cwd=toy.root,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        STARTED.append(self)
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def says(self, pattern: str, seconds: float = 20) -> re.Match[str]:
        """Wait until what was printed holds `pattern`."""
        end = time.monotonic() + seconds
        while not (found := re.search(pattern, self.text)):
            assert time.monotonic() < end, f"no {pattern!r} in:\n{self.text}"
            assert self.process.poll() is None or seconds < 1, self.text
            time.sleep(0.02)
        return found

    def ended(self, seconds: float = 20) -> int:
        code = self.process.wait(seconds)
        time.sleep(0.1)
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as pipe:
            for line in pipe:
                self.lines.append(line.rstrip("\n"))


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    made = make_toy(tmp_path, "toy")
    made.write("talks.py", TALKS)
    return made


@pytest.fixture(autouse=True)
def _none_left() -> Iterator[None]:
    """End what a test that failed has left."""
    yield
    while STARTED:
        made = STARTED.pop()
        if made.process.poll() is None:
            made.process.send_signal(signal.SIGINT)
            made.process.wait(20)


def runs(toy: Toy, name: str, command: str, **more: str) -> None:
    settings = toy.root / "pyproject.toml"
    words = command.replace("PYTHON", sys.executable)
    lines = [f"[tool.seatrial.dev.{name}]", f'command = "{words}"']
    lines += [f"{key} = {value}" for key, value in more.items()]
    settings.write_text(settings.read_text() + "\n".join(lines) + "\n")


def talker(toy: Toy, name: str, **more: str) -> None:
    runs(toy, name, f"PYTHON talks.py {name}", **more)


def pids(dev: Dev, *names: str) -> list[int]:
    found = [dev.says(rf"{name} is (\d+) and has (\d+)") for name in names]
    return [int(number) for match in found for number in match.groups()]


def gone(numbers: list[int], seconds: float = 5) -> bool:
    end = time.monotonic() + seconds
    while any(map(lives, numbers)) and time.monotonic() < end:
        time.sleep(0.02)
    return not any(map(lives, numbers))


def lives(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def test_ctrl_c_ends_all_with_their_children_and_each_line_tells_whose_it_is(toy: Toy) -> None:
    talker(toy, "api", env='{ GIVEN = "yes" }')
    talker(toy, "worker")
    dev = Dev(toy)
    numbers = pids(dev, "api", "worker")
    dev.process.send_signal(signal.SIGINT)
    assert dev.ended() == 130
    assert gone(numbers)
    assert re.search(r"^api    │ api is \d+ and has \d+, yes$", dev.text, re.MULTILINE)
    assert re.search(r"^worker │ worker is \d+ and has \d+, None$", dev.text, re.MULTILINE)
    assert {"api    │ api leaves", "worker │ worker leaves"} <= set(dev.lines)
    assert "Traceback" not in dev.text


def test_sigterm_ends_all_too(toy: Toy) -> None:
    talker(toy, "api")
    dev = Dev(toy)
    numbers = pids(dev, "api")
    dev.process.terminate()
    assert dev.ended() == 130
    assert gone(numbers)


def test_one_that_dies_is_told_and_ends_the_others_with_5(toy: Toy) -> None:
    talker(toy, "api")
    runs(toy, "worker", "PYTHON -c 'import time; time.sleep(1); raise SystemExit(7)'")
    dev = Dev(toy)
    numbers = pids(dev, "api")
    assert dev.ended() == 5
    assert "worker │ ended with 7" in dev.text
    assert "error: worker ended with 7; the others were ended with it" in dev.text
    assert "api leaves" in dev.text
    assert gone(numbers)


def test_one_that_ends_well_has_ended_all_the_same(toy: Toy) -> None:
    runs(toy, "api", "PYTHON -c pass")
    dev = Dev(toy)
    assert dev.ended() == 5
    assert "error: api ended with 0" in dev.text


def test_one_that_is_killed_is_told_by_its_signal(toy: Toy) -> None:
    talker(toy, "api")
    dev = Dev(toy)
    numbers = pids(dev, "api")
    os.kill(numbers[0], signal.SIGKILL)
    assert dev.ended() == 5
    assert "api was ended by SIGKILL" in dev.text
    assert gone(numbers), "its child went with it"


def test_a_changed_file_starts_it_again_and_no_other(toy: Toy) -> None:
    toy.write("src/a.py", "1")
    talker(toy, "api", watch='["src"]')
    talker(toy, "worker")
    dev = Dev(toy)
    first = pids(dev, "api", "worker")
    toy.write("src/a.py", "22")
    dev.says(r"api +│ \S+src/a.py changed: starting again")
    dev.says(r"(?s)starting again.*api is \d+")
    assert gone(first[:2])
    assert not gone(first[2:], 0.1)
    dev.process.send_signal(signal.SIGINT)
    assert dev.ended() == 130


def test_one_that_a_change_has_broken_waits_for_the_next_change(toy: Toy) -> None:
    toy.write("src/a.py", TALKS)
    runs(toy, "api", "PYTHON src/a.py api", watch='["src"]')
    talker(toy, "worker")
    dev = Dev(toy)
    pids(dev, "api", "worker")
    toy.write("src/a.py", "half a line (")
    dev.says("SyntaxError")
    dev.says("ended with 1; it is started again when a file changes")
    toy.write("src/a.py", TALKS.replace(" leaves", " is mended and leaves"))
    dev.says(r"(?s)when a file changes.*api is \d+")
    dev.process.send_signal(signal.SIGINT)
    assert dev.ended() == 130
    assert "api is mended and leaves" in dev.text


def test_a_preparation_that_fails_starts_nothing(toy: Toy) -> None:
    talker(toy, "worker")
    talker(toy, "api", prepare=f"\"{sys.executable} -c 'raise SystemExit(3)'\"")
    dev = Dev(toy)
    assert dev.ended() == 5
    assert "ended with 3; nothing was started" in dev.text
    assert " is " not in dev.text.partition("error:")[0]


def test_a_port_that_is_taken_is_told_with_who_has_it_and_starts_nothing(toy: Toy) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        talker(toy, "worker")
        talker(toy, "api", port=str(server.getsockname()[1]))
        dev = Dev(toy)
        assert dev.ended() == 5
    assert "api cannot have its port" in dev.text
    assert f"(pid {os.getpid()})" in dev.text
    assert "worker is" not in dev.text


def test_a_program_that_is_not_there_ends_in_2_and_the_others_with_it(toy: Toy) -> None:
    talker(toy, "api")
    runs(toy, "worker", "no-such-program")
    dev = Dev(toy)
    assert dev.ended() == 2
    assert "worker cannot be started: No such file" in dev.text


def test_one_at_a_time_runs_in_a_project(toy: Toy) -> None:
    talker(toy, "api")
    first = Dev(toy)
    pids(first, "api")
    second = Dev(toy)
    assert second.ended() == 5
    assert f"invoke dev runs already (pid {first.process.pid})" in second.text
    first.process.send_signal(signal.SIGINT)
    assert first.ended() == 130


def test_the_stack_is_not_brought_up_beside_it_and_may_be_afterwards(tmp_path: Path) -> None:
    require_no_dev(tmp_path)
    with held(tmp_path):
        with pytest.raises(ComposeFailedError, match=rf"invoke dev runs \(pid {os.getpid()}\)"):
            require_no_dev(tmp_path)
        with pytest.raises(DevFailedError, match="runs already"), held(tmp_path):
            pass
    require_no_dev(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's end")
def test_processes_do_not_outlive_one_that_was_killed(toy: Toy) -> None:
    talker(toy, "api")
    dev = Dev(toy)
    numbers = pids(dev, "api")
    dev.process.kill()
    dev.ended()
    assert gone(numbers[:1])
    for number in numbers[1:]:
        os.kill(number, signal.SIGKILL)


def test_one_that_will_not_end_is_killed_and_named(tmp_path: Path) -> None:
    stays = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1); time.sleep(600)"
    lines: list[str] = []
    program = Program("stays", (sys.executable, "-c", stays), tmp_path, {})
    running = Running(program, lines.append)
    while not lines:
        time.sleep(0.01)
    began = time.monotonic()
    assert end_all([running], 0.3) == ["stays"]
    assert time.monotonic() - began < 3
    assert running.code == -signal.SIGKILL

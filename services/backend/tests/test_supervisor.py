"""The supervisor: both live, or both end."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from conftest import ENVIRONMENT
from process import Running, running

SUPERVISED = """
import json, os, sys
from logbook.app.supervisor import Program, Supervisor
given = json.loads(sys.argv[1])
programs = [Program(n, [sys.executable, "-c", c], dict(os.environ)) for n, c in given.items()]
sys.exit(Supervisor(programs, 1.0).run())
"""
OBEYS = """
import signal, sys
from pathlib import Path
def end(*_): Path("NAME.told").write_text("told"); sys.exit(0)
signal.signal(signal.SIGTERM, end)
Path("NAME.up").write_text("up")
while True: signal.pause()
"""
IGNORES = """
import signal
from pathlib import Path
signal.signal(signal.SIGTERM, signal.SIG_IGN)
Path("NAME.up").write_text("up")
while True: signal.pause()
"""


def until(condition: Callable[[], object], what: str, seconds: float = 15) -> None:
    """Wait for something to be so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@contextmanager
def supervised(folder: Path, **programs: str) -> Iterator[subprocess.Popen[str]]:
    """Run programs under a supervisor; each is up when this begins."""
    given = {name: code.replace("NAME", name) for name, code in programs.items()}
    words = [sys.executable, "-c", SUPERVISED, json.dumps(given)]
    with subprocess.Popen(words, cwd=folder, stderr=subprocess.PIPE, text=True) as popen:
        try:
            for name, code in given.items():
                if ".up" in code:
                    until((folder / f"{name}.up").exists, f"{name} is up")
            yield popen
        finally:
            children = psutil.Process(popen.pid).children() if popen.poll() is None else []
            for child in children:
                child.kill()
            popen.kill()


def child(popen: subprocess.Popen[str], number: int) -> psutil.Process:
    """Return one of its children, in the order in which they were started."""
    return sorted(psutil.Process(popen.pid).children(), key=lambda one: one.pid)[number]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_signal_reaches_all_and_the_end_is_0(tmp_path: Path, number: int) -> None:
    with supervised(tmp_path, one=OBEYS, two=OBEYS) as popen:
        popen.send_signal(number)
        assert popen.wait(10) == 0
    assert {path.name for path in tmp_path.glob("*.told")} == {"one.told", "two.told"}


@pytest.mark.parametrize(("last", "code"), [("sys.exit(0)", 1), ("sys.exit(7)", 7)])
def test_one_that_ends_unasked_ends_the_other_and_the_code_tells(
    tmp_path: Path, last: str, code: int
) -> None:
    waits = "while not pathlib.Path('go').exists(): time.sleep(0.01)"
    ends = f"import sys, time, pathlib\n{waits}\n{last}"
    with supervised(tmp_path, one=OBEYS, two=ends) as popen:
        (tmp_path / "go").touch()
        assert popen.wait(10) == code
        assert popen.stderr is not None
        assert "the two ended with" in popen.stderr.read()
    assert (tmp_path / "one.told").exists()


@pytest.mark.parametrize("which", [0, 1])
def test_one_that_is_killed_ends_the_other(tmp_path: Path, which: int) -> None:
    with supervised(tmp_path, one=OBEYS, two=OBEYS) as popen:
        child(popen, which).kill()
        assert popen.wait(10) == 137
    assert (tmp_path / f"{['two', 'one'][which]}.told").exists()


def test_one_that_does_not_obey_is_killed_and_the_end_is_not_0(tmp_path: Path) -> None:
    with supervised(tmp_path, one=OBEYS, two=IGNORES) as popen:
        stubborn = child(popen, 1)
        started = time.monotonic()
        popen.terminate()
        popen.terminate()  # a second one shortens nothing
        assert popen.wait(10) not in {0, -signal.SIGTERM}
        assert 0.9 < time.monotonic() - started < 5
        assert not stubborn.is_running()
        assert popen.stderr is not None
        assert "killed: two" in popen.stderr.read()


def test_a_program_that_cannot_be_started_leaves_none_behind(tmp_path: Path) -> None:
    code = SUPERVISED.replace('[sys.executable, "-c", c]', '["/nowhere"]')
    done = subprocess.run(
        [sys.executable, "-c", code, '{"one": ""}'], capture_output=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 1


REAPER = (
    """
import ctypes, os, sys
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: orphans come here, as to process 1
"""
    + SUPERVISED
)


def test_orphans_are_reaped(tmp_path: Path) -> None:
    has_orphans = """
import os
for _ in range(5):
    if not (pid := os.fork()):
        os.fork()
        os._exit(0)
    os.waitpid(pid, 0)
""" + OBEYS.replace("NAME", "one")
    words = [sys.executable, "-c", REAPER, json.dumps({"one": has_orphans})]
    with subprocess.Popen(words, cwd=tmp_path) as popen:
        until((tmp_path / "one.up").exists, "one is up")
        until(lambda: len(psutil.Process(popen.pid).children()) == 1, "the orphans are gone")
        popen.terminate()
        assert popen.wait(10) == 0


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Running]:
    """API and worker as the image starts them, with a database that is a file."""
    environment = {
        **ENVIRONMENT,
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/logbook.db",
        "TMPDIR": str(tmp_path),
    }
    with running(tmp_path, environment, module="logbook.app") as app:
        app.wait_for("/ready", 200)
        yield app
        if app.popen.poll() is None:
            app.end()


def test_api_and_worker_work_on_one_file_and_end_with_0(both: Running) -> None:
    until(lambda: "(prune) is done" in both.stdout, "the worker has done today's pruning")
    assert both.end() == 0
    assert both.stderr == ""


def test_the_worker_is_not_given_what_only_the_api_needs(both: Running) -> None:
    api, worker = sorted(psutil.Process(both.popen.pid).children(), key=lambda one: one.pid)
    assert "JWT_SECRET_KEY" in api.environ()
    until(lambda: "logbook.worker" in worker.cmdline(), "it is started")
    assert not [name for name in worker.environ() if name.startswith(("JWT_", "OWNER_"))]


@pytest.mark.parametrize("module", ["logbook.app", "logbook.api", "logbook.worker"])
def test_a_second_replica_on_one_file_refuses_to_start(both: Running, module: str) -> None:
    folder = both.folder / "second"
    environment = {**ENVIRONMENT, "DATABASE_URL": f"sqlite+aiosqlite:///{both.folder}/logbook.db"}
    with running(folder, environment, module=module) as second:
        assert second.wait() == 2
        assert "a SQLite database serves one replica only" in second.stderr
        assert "Traceback" not in second.stderr
    assert both.get("/ready")[0] == 200


def test_the_lock_lives_as_long_as_any_process_of_the_replica(both: Running) -> None:
    children = psutil.Process(both.popen.pid).children()
    both.popen.kill()
    both.popen.wait()
    try:
        folder = both.folder / "second"
        url = f"sqlite+aiosqlite:///{both.folder}/logbook.db"
        with running(folder, {"DATABASE_URL": url}, module="logbook.worker") as second:
            assert second.wait() == 2
    finally:
        for one in children:
            one.kill()


def test_the_health_check_asks_both(both: Running, tmp_path: Path) -> None:
    asked = {"LISTEN_PORT": str(both.port), "TMPDIR": str(tmp_path)}

    def code(name: str) -> int:
        with running(tmp_path / name, asked, "--healthy", module="logbook.app") as check:
            return check.wait()

    assert code("well") == 0
    beat = tmp_path / "logbook-worker.heartbeat"
    beat.unlink()
    assert code("without a beat") == 1


def test_a_wrong_setting_is_told_once(tmp_path: Path) -> None:
    environment = {**ENVIRONMENT, "DATABASE_URL": "", "OWNER_PASSWORD": ""}
    with running(tmp_path, environment, module="logbook.app") as app:
        assert app.wait() == 2
        assert app.stderr.count("DATABASE_URL") == 1
        assert "OWNER_PASSWORD" in app.stderr


@pytest.mark.parametrize("delay", [0.05, 0.3, 0.8])
def test_a_stop_signal_during_the_start_ends_both(tmp_path: Path, delay: float) -> None:
    with running(tmp_path, ENVIRONMENT, module="logbook.app") as app:
        time.sleep(delay)
        assert app.end() in {0, -signal.SIGTERM}
        assert "Traceback" not in app.stderr

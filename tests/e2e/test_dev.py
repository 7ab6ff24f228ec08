"""`invoke dev` of this repository: its own services, on the host, on free ports."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from stacks import free_port
from toys import REPOSITORY

pytestmark = [pytest.mark.engine, pytest.mark.e2e]

COPIED = ("pyproject.toml", "tasks.py", "infra/local/compose.yml", "infra/local/.env.example")
SECONDS = 120.0


@dataclass(frozen=True)
class Loop:
    """A running `invoke dev`.

    Attributes:
        root: The project's folder: settings of its own, this repository's services.
        process: The verb.
        log: What it has printed.
        ports: Of API, page and MCP server.
    """

    root: Path
    process: subprocess.Popen[bytes]
    log: Path
    ports: tuple[int, int, int]

    def answer(self, place: int, path: str) -> str:
        """Ask until there is an answer; return its text."""
        url = f"http://127.0.0.1:{self.ports[place]}{path}"
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            with (
                contextlib.suppress(urllib.error.URLError, OSError),
                urllib.request.urlopen(url, timeout=10) as answer,
            ):
                return str(answer.read().decode())
            time.sleep(0.2)
        raise AssertionError(f"no answer from {url}:\n{self.log.read_text()}")


@pytest.fixture(scope="module")
def loop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    root = tmp_path_factory.mktemp("dev")
    for path in COPIED:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / path, root / path)
    for folder in ("services", "scripts"):
        (root / folder).symlink_to(REPOSITORY / folder)
    ports = [free_port() for _ in range(4)]
    environ = {
        **os.environ,
        "SEATRIAL_NAME": f"seatrial-dev-{uuid.uuid4().hex[:8]}",
        "SEATRIAL_POSTGRES_PORT": str(ports[0]),
        "LOGBOOK_API_PORT": str(ports[1]),
        "LOGBOOK_FRONTEND_PORT": str(ports[2]),
        "LOGBOOK_MCP_PORT": str(ports[3]),
    }
    argv = [sys.executable, "-m", "invoke"]
    log = root / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*argv, "dev"], cwd=root, env=environ, stdout=out, stderr=subprocess.STDOUT
        )
    yield Loop(root, process, log, (ports[1], ports[2], ports[3]))
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(60)
    subprocess.run([*argv, "postgres-down", "--clean"], cwd=root, env=environ, check=False)


def test_the_api_has_a_migrated_database(loop: Loop) -> None:
    ready = json.loads(loop.answer(0, "/api/v1/ready"))
    assert ready["status"] == "ready"


def test_the_page_is_vites_and_reaches_the_api_as_nginx_does(loop: Loop) -> None:
    assert "/@vite/client" in loop.answer(1, "/")
    health = json.loads(loop.answer(1, "/api/v1/health"))
    assert health == json.loads(loop.answer(0, "/api/v1/health"))
    assert health["version"] == {"describe": "unstamped"}


def test_the_mcp_server_is_wired_to_the_api(loop: Loop) -> None:
    assert json.loads(loop.answer(2, "/health"))["wired"]["logbook"]


def test_nothing_listens_beyond_this_machine(loop: Loop) -> None:
    for place in range(3):
        loop.answer(place, ("/api/v1/health", "/", "/health")[place])
    heard = [one for one in psutil.net_connections("tcp") if one.status == psutil.CONN_LISTEN]
    hosts = {one.laddr.ip for one in heard if one.laddr and one.laddr.port in loop.ports}
    assert hosts == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("module", "role"), [("logbook.api", "logbook"), ("logbook.worker", "logbook_worker")]
)
def test_a_process_has_the_role_that_its_container_has(loop: Loop, module: str, role: str) -> None:
    loop.answer(1, "/")
    every = psutil.Process(loop.process.pid).children(recursive=True)
    given = [one.environ() for one in every if module in one.cmdline()]
    assert given
    assert all(f"//{role}:" in environ["DATABASE_URL"] for environ in given)
    assert all("WORKER_DATABASE_URL" not in environ for environ in given)


def test_ctrl_c_ends_every_process_of_it(loop: Loop) -> None:
    loop.answer(1, "/")
    every = psutil.Process(loop.process.pid).children(recursive=True)
    assert len(every) >= 4
    loop.process.send_signal(signal.SIGINT)
    assert loop.process.wait(60) == 130, loop.log.read_text()
    gone, left = psutil.wait_procs(every, timeout=5)
    assert (len(gone), left) == (len(every), [])
    told = set(re.findall(r"^(\S+) +│", loop.log.read_text(), re.MULTILINE))
    assert told == {"dev", "api", "worker", "frontend", "mcp-server"}

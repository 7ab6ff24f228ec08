"""The demo: one container of API and worker, and a database that is a file on a volume."""

from __future__ import annotations

import json
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from seatrial.engine.client import Engine

pytestmark = [pytest.mark.engine, pytest.mark.e2e]

READY = "http://127.0.0.1:8000/api/v1/ready"
ASK = f"import urllib.request as u; print(u.urlopen('{READY}', timeout=2).read().decode())"
GIVEN = {
    "DATABASE_URL": "sqlite+aiosqlite:////var/lib/logbook/logbook.db",
    "JWT_SECRET_KEY": "no-secret-of-anybody-" * 2,
    "OWNER_USERNAME": "owner",
    "OWNER_PASSWORD": "no-secret-either",
}
SECONDS = 60


@dataclass
class Demo:
    """Containers on one volume."""

    argv: tuple[str, ...]
    tag: str
    name: str = field(default_factory=lambda: f"seatrial-demo-{uuid.uuid4().hex[:8]}")

    def docker(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.argv, *words], capture_output=True, text=True, check=False, timeout=SECONDS
        )

    def start(self, number: int) -> str:
        name = f"{self.name}-{number}"
        hardened = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--network", "none")
        given = [word for pair in GIVEN.items() for word in ("--env", "=".join(pair))]
        mount = f"{self.name}:/var/lib/logbook"
        image = f"logbook-app:{self.tag}"
        made = self.docker("run", "-d", "--name", name, *hardened, "-v", mount, *given, image)
        assert made.returncode == 0, made.stderr
        return name

    def until_ready(self, name: str) -> None:
        deadline = time.monotonic() + SECONDS
        while True:
            asked = self.docker("exec", name, "python", "-c", ASK)
            if asked.returncode == 0 and json.loads(asked.stdout)["status"] == "ready":
                return
            logs = self.docker("logs", name)
            assert time.monotonic() < deadline, logs.stdout + logs.stderr
            time.sleep(0.3)

    def code(self, name: str) -> int:
        return int(self.docker("wait", name).stdout)


@pytest.fixture
def demo(engine: Engine, tag: str) -> Iterator[Demo]:
    made = Demo(engine.argv, tag)
    yield made
    made.docker("rm", "-f", *(f"{made.name}-{number}" for number in (1, 2)))
    made.docker("volume", "rm", "-f", made.name)


def test_one_container_serves_alone_and_a_second_on_its_file_refuses(demo: Demo) -> None:
    first = demo.start(1)
    demo.until_ready(first)
    second = demo.start(2)
    assert demo.code(second) == 2
    assert "serves one replica only" in demo.docker("logs", second).stderr
    demo.until_ready(first)


def test_it_is_back_after_a_stop_and_after_a_kill(demo: Demo) -> None:
    name = demo.start(1)
    demo.until_ready(name)
    assert demo.docker("stop", name).returncode == 0
    assert demo.code(name) == 0
    demo.docker("start", name)
    demo.until_ready(name)
    demo.docker("kill", name)
    demo.docker("start", name)
    demo.until_ready(name)

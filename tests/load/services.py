"""The backend's processes, as its image starts them, from its own environment."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from load.cluster import free_port

ROOT = Path(__file__).parents[2]
BACKEND = ROOT / "services/backend"
STUBS = Path(__file__).with_name("stubs")
START_SECONDS = 60
OWNER = {"username": "captain", "password": "aye-aye-7"}
SECRETS = {
    "JWT_SECRET_KEY": "k3y-" * 12,
    "OWNER_USERNAME": OWNER["username"],
    "OWNER_PASSWORD": OWNER["password"],
}
WORKER = "logbook.worker"
SOURCE = os.environ.get("SEATRIAL_LOAD_SOURCE")
"""A changed copy of the backend's `src`, to see that a test fails where it should."""


@cache
def backend_python() -> str:
    """Return the interpreter of the backend's environment, which is made where it is missing."""
    uv = os.environ.get("UV") or shutil.which("uv") or "uv"
    hidden = {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"}
    told = subprocess.run(
        [uv, "run", "--directory", str(BACKEND), "--locked", "python", "-c", _WHERE],
        env={name: value for name, value in os.environ.items() if name not in hidden},
        check=True,
        capture_output=True,
        text=True,
    )
    return told.stdout.strip()


_WHERE = "import sys; print(sys.executable)"


@dataclass
class Service:
    """A process that was started.

    Attributes:
        popen: The process.
        port: Where it listens, if it does.
        folder: Where its output goes, and what it writes to its /tmp.
    """

    popen: subprocess.Popen[bytes]
    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_running(self) -> bool:
        return self.popen.poll() is None

    @property
    def output(self) -> str:
        """What it has written until now, to both streams."""
        files = [self.folder / name for name in ("stdout", "stderr")]
        return "".join(path.read_text(errors="replace") for path in files)

    def get(self, path: str) -> tuple[int, Any]:
        """Return status and JSON of an answer; raises `OSError` where nothing listens."""
        return request(self.port, "GET", f"/api/v1{path}")

    def wait_for(self, path: str, status: int, seconds: float = START_SECONDS) -> Any:
        """Ask until `path` answers with `status`, and return its JSON."""
        seen: object = None

        def answers() -> Any:
            nonlocal seen
            assert self.is_running, f"ended with {self.popen.returncode}\n{self.output}"
            try:
                seen, body = self.get(path)
            except OSError as error:
                seen = error
                return None
            return (body,) if seen == status else None

        found = eventually(answers, seconds, lambda: f"{path}: last {seen}\n{self.output}")
        return found[0]

    def sign_in(self) -> dict[str, str]:
        """Return the header of a signed-in owner."""
        status, body = request(self.port, "POST", "/api/v1/auth/login", OWNER)
        assert status == 200, body
        return {"Authorization": f"Bearer {body['access_token']}"}

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.popen.send_signal(number)
        return self.popen.wait(START_SECONDS)


def request(
    port: int,
    method: str,
    path: str,
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, Any]:
    """Send one request to a server of this machine and return status and JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        sent = None if body is None else json.dumps(body)
        told = {"Content-Type": "application/json", **(headers or {})}
        connection.request(method, path, sent, told)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    finally:
        connection.close()


def eventually(found: Callable[[], Any], seconds: float, told: Callable[[], str]) -> Any:
    """Look until there is something and return it; fail with what `told` says."""
    deadline = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {told()}"
        time.sleep(0.05)
    return result


def start(
    folder: Path, environment: Mapping[str, str], *words: str, port: int | None = None
) -> Service:
    """Start the backend's interpreter with `words` and nothing but `environment`."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = port or free_port()
    inherited = {
        "PATH": os.environ["PATH"],
        "TMPDIR": str(folder),
        "LISTEN_HOST": "127.0.0.1",
        "LISTEN_PORT": str(chosen),
    }
    if SOURCE:
        inherited["PYTHONPATH"] = SOURCE
    with (folder / "stdout").open("ab") as out, (folder / "stderr").open("ab") as err:
        popen = subprocess.Popen(
            [backend_python(), *words],
            env={**inherited, **environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=folder,
        )
    return Service(popen, chosen, folder)


@contextmanager
def fleet() -> Iterator[Fleet]:
    """Start processes at will; whatever is left at the end is killed."""
    made = Fleet([])
    try:
        yield made
    finally:
        for service in made.services:
            if service.is_running:
                service.popen.kill()
            service.popen.wait()


@dataclass
class Fleet:
    """Processes that end with the block they were started in."""

    services: list[Service]

    def start(self, folder: Path, environment: Mapping[str, str], *words: str) -> Service:
        """Start a process, see `start`."""
        service = start(folder, environment, *words)
        self.services.append(service)
        return service

    def api(self, folder: Path, database_url: str, **more: str) -> Service:
        """Start an API on a database."""
        environment = {**SECRETS, "DATABASE_URL": database_url, **more}
        return self.start(folder, environment, "-m", "logbook.api")

    def worker(self, folder: Path, database_url: str, **more: str) -> Service:
        """Start a worker on a database."""
        return self.start(folder, {"DATABASE_URL": database_url, **more}, "-m", WORKER)

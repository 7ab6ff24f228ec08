"""A process of the backend, as the image starts it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postgres import free_port

START_SECONDS = 30


@dataclass
class Running:
    """A started process, its port and where its output goes."""

    popen: subprocess.Popen[bytes]
    port: int
    folder: Path

    @property
    def stdout(self) -> str:
        """What it has written to stdout until now."""
        return (self.folder / "stdout").read_text()

    @property
    def stderr(self) -> str:
        """What it has written to stderr until now."""
        return (self.folder / "stderr").read_text()

    def get(self, path: str) -> tuple[int, Any]:
        """Return status and JSON of an answer; raises `OSError` where nothing listens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", f"/api/v1{path}")
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def wait_for(self, path: str, status: int) -> Any:
        """Ask until `path` answers with `status` and return its JSON."""
        deadline = time.monotonic() + START_SECONDS
        seen: object = None
        while time.monotonic() < deadline:
            try:
                seen, body = self.get(path)
            except OSError as error:
                seen = error
            else:
                if seen == status:
                    return body
            time.sleep(0.05)
        message = f"{path}: expected {status}, last {seen}\n{self.stdout}\n{self.stderr}"
        raise AssertionError(message)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.popen.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Return the exit code once it has ended."""
        return self.popen.wait(timeout=START_SECONDS)

    def connect(self) -> socket.socket:
        """Open a connection to send bytes at will."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)


@contextmanager
def running(
    folder: Path, environment: Mapping[str, str], *arguments: str, module: str = "logbook.api"
) -> Iterator[Running]:
    """Start `python -m MODULE` with nothing but `environment`; kill it at the end if need be."""
    port = free_port()
    inherited = {"PATH": os.environ["PATH"], "LISTEN_HOST": "127.0.0.1", "LISTEN_PORT": str(port)}
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        popen = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env={**inherited, **environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
    try:
        yield Running(popen, port, folder)
    finally:
        if popen.poll() is None:
            popen.kill()
        popen.wait()

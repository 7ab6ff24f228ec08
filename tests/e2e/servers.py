"""The frontend's image, run by itself."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from subprocess import CompletedProcess, run
from typing import Any, ClassVar

from stacks import docker, free_port
from toys import REPOSITORY

from seatrial.engine.client import find_engine


class Echo(BaseHTTPRequestHandler):
    """A backend that answers with the headers that it was asked with."""

    protocol_version = "HTTP/1.1"
    NOISE: ClassVar[dict[str, str]] = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Request-ID": "of-the-backend",
        "Cache-Control": "no-store",
    }

    def do_GET(self) -> None:
        told = {"path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()}}
        body = json.dumps({**told, "padding": "." * 3000}).encode()
        self.send_response(200)
        for name, value in {**self.NOISE, "Content-Type": "application/json"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the header; there must not be two of it."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) <= 1, found
        return found[0] if found else None


@dataclass(frozen=True)
class Server:
    """A container of the image.

    Attributes:
        name: The container's.
        port: On this machine.
    """

    name: str
    port: int

    def ask(self, path: str, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, None, sent)
        response = connection.getresponse()
        answer = Answer(response.status, response.getheaders(), response.read())
        connection.close()
        return answer

    def echoed(self, **headers: str) -> dict[str, str]:
        """Return the headers that reach the backend."""
        told: dict[str, Any] = json.loads(self.ask("/api/v1/echo?a=b%2Fc", **headers).body)
        assert told["path"] == "/api/v1/echo?a=b%2Fc"
        found: dict[str, str] = told["headers"]
        return found


def image() -> str:
    """Return the tag that the last `build-prod` gave."""
    record = json.loads((REPOSITORY / "dist/build.json").read_text())
    (tags,) = [image["tags"] for image in record["images"] if image["name"] == "frontend"]
    return str(tags[-1])


def hardened() -> list[str]:
    """Return how Compose runs it."""
    places = ["/tmp:mode=1777,size=64m", "/etc/nginx/conf.d:uid=101,gid=101,mode=0755,size=1m"]
    return ["--read-only", "--cap-drop=ALL", *(f"--tmpfs={place}" for place in places)]


@contextmanager
def serving(**environ: str) -> Iterator[Server]:
    """Run the image until the test is over."""
    server = Server(f"seatrial-e2e-frontend-{uuid.uuid4().hex[:8]}", free_port())
    given = [f"--env={name}={value}" for name, value in environ.items()]
    reach = [
        "--add-host=host.docker.internal:host-gateway",
        f"--publish=127.0.0.1:{server.port}:8080",
    ]
    docker("run", "--detach", f"--name={server.name}", *hardened(), *reach, *given, image())
    try:
        deadline = time.monotonic() + 20
        while not answers(server):
            assert time.monotonic() < deadline, docker("logs", server.name)
            time.sleep(0.1)
        yield server
    finally:
        docker("rm", "--force", "--volumes", server.name)


def answers(server: Server) -> bool:
    try:
        return server.ask("/healthz").status == 200
    except (OSError, http.client.HTTPException):
        return False


def refused(*environ: str, options: tuple[str, ...] = ()) -> CompletedProcess[str]:
    """Run it with variables that it must not start with."""
    given = [f"--env={pair}" for pair in environ]
    words = ["run", "--rm", *(options or hardened()), *given, image()]
    return run(
        [*find_engine().argv, *words], capture_output=True, check=False, text=True, timeout=60
    )

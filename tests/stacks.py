"""Toy stacks: a Compose file on one small image that seatrial built."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toys import PYTHON_BASE, Toy

from seatrial.envfile import read_variables

IMAGE = f"FROM {PYTHON_BASE}\nCOPY data /data\n"
SERVES = ["python3", "-u", "-m", "http.server", "8000"]
ASKS = "import urllib.request as u; u.urlopen('http://127.0.0.1:8000')"
WELL = {
    "test": ["CMD", "python3", "-c", ASKS],
    "interval": "30s",
    "start_period": "20s",
    "start_interval": "500ms",
}
NEVER_WELL = {"test": ["CMD", "false"], "interval": "30s", "start_period": "60s"}
PROJECT_LABEL = "label=com.docker.compose.project"


@dataclass(frozen=True)
class Built:
    """An image that `build-prod` made, and the toy project that it came from."""

    toy: Toy
    image: str


@dataclass(frozen=True)
class ToyStack:
    """A toy project with a Compose file.

    Attributes:
        toy: The project.
        image: The image that its services run.
        port: A free port of this machine.
    """

    toy: Toy
    image: str
    port: int

    def web(self, **more: Any) -> dict[str, Any]:
        """A service that serves its own files on `port` and is healthy when it does."""
        port = {"target": 8000, "published": str(self.port), "host_ip": "127.0.0.1"}
        return self.runs(
            *SERVES, healthcheck=WELL, ports=[{**port, "app_protocol": "http"}], **more
        )

    def runs(self, *command: str, **more: Any) -> dict[str, Any]:
        """A service that runs a command in the image."""
        # The first process of a container ignores SIGTERM where it has no handler: nobody waits.
        quick = {"pull_policy": "never", "stop_signal": "SIGKILL"}
        return {"image": self.image, "command": list(command), **quick, **more}

    def compose(self, **services: dict[str, Any]) -> None:
        """Write the Compose file; JSON is YAML."""
        named = {name.replace("_", "-"): service for name, service in services.items()}
        self.toy.write("compose.yml", json.dumps({"name": self.toy.name, "services": named}))

    def left(self) -> list[str]:
        """Return the containers and networks of the project that are there."""
        wanted = f"{PROJECT_LABEL}={self.toy.name}"
        return [
            *docker("ps", "--all", "--filter", wanted, "--format", "{{.Names}}"),
            *docker("network", "ls", "--filter", wanted, "--format", "{{.Name}}"),
        ]

    def rows(self) -> dict[str, dict[str, Any]]:
        """Return what `compose-ps` tells, by service."""
        done = self.toy.invoke("compose-ps", "--json")
        assert done.returncode == 0, done.stderr
        return {line["service"]: line for line in json.loads(done.stdout)["services"]}


@dataclass(frozen=True)
class LocalStack:
    """This repository's stack under another name, on free ports, with a Postgres of its own.

    Attributes:
        root: The project's folder.
        name: The Compose project.
        environ: What the verbs are called with.
        api: The API's address on this machine.
        page: The frontend's.
        mcp: The MCP server's.
        network: The first three numbers of its subnet.
    """

    root: Path
    name: str
    environ: dict[str, str]
    api: str
    page: str
    mcp: str
    network: str = ""

    def invoke(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a verb as an operator would."""
        return subprocess.run(
            [sys.executable, "-m", "invoke", *words],
            cwd=self.root,
            env={**os.environ, **self.environ, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def secrets(self) -> dict[str, str]:
        """Return what `postgres-up` wrote into `.env`."""
        return dict(read_variables(self.root / "infra/local").values)

    def sign_in(self) -> str:
        """Return the token that the owner gets for the generated password."""
        secrets = self.secrets()
        owner = {"username": secrets["OWNER_USERNAME"], "password": secrets["OWNER_PASSWORD"]}
        return str(ask(f"{self.api}/api/v1/auth/login", owner)["access_token"])

    def containers(self) -> list[dict[str, Any]]:
        """Return what the engine says of each of the stack's containers."""
        ids = docker("ps", "--all", "--quiet", "--filter", f"{PROJECT_LABEL}={self.name}")
        found: list[dict[str, Any]] = json.loads("\n".join(docker("inspect", *ids))) if ids else []
        return found

    def container(self, service: str) -> dict[str, Any]:
        """Return what the engine says of a service's only container."""
        label = "com.docker.compose.service"
        (found,) = (c for c in self.containers() if c["Config"]["Labels"][label] == service)
        return found

    def given(self, service: str) -> dict[str, str]:
        """Return the variables that a service's container was given."""
        return dict(line.split("=", 1) for line in self.container(service)["Config"]["Env"])

    def left(self) -> list[str]:
        """Return what is there of the stack: containers, networks, volumes."""
        label = f"{PROJECT_LABEL}={self.name}"
        return [
            *docker("ps", "--all", "--quiet", "--filter", label),
            *docker("network", "ls", "--quiet", "--filter", label),
            *docker("volume", "ls", "--quiet", "--filter", label),
        ]


def docker(*words: str) -> list[str]:
    """Run the client as the tests' environment has it; return its lines."""
    from seatrial.engine.client import find_engine

    done = subprocess.run([*find_engine().argv, *words], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def ask(
    url: str,
    body: object = None,
    token: str | None = None,
    method: str | None = None,
    **headers: str,
) -> Any:
    """Send a request and return the JSON that came back."""
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    data = None if body is None else json.dumps(body).encode()
    headers |= {"Content-Type": "application/json"}
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())


def free_network() -> str:
    """Return the first three numbers of a subnet that no network of the engine has."""
    ids = docker("network", "ls", "--quiet")
    held = "\n".join(docker("network", "inspect", *ids))
    numbers = list(range(100, 250))
    random.shuffle(numbers)
    return next(net for n in numbers if f'"{(net := f"172.16.{n}")}.' not in held)


def free_port() -> int:
    with socket.create_server(("0.0.0.0", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def interrupt_when(process: subprocess.Popen[str], words: str, seconds: float = 60) -> str:
    """Send SIGINT as soon as a line of the output holds `words`; return all of the output."""
    assert process.stdout is not None
    seen = []
    deadline = time.monotonic() + seconds
    for line in process.stdout:
        seen.append(line)
        if words in line:
            process.send_signal(signal.SIGINT)
            break
        assert time.monotonic() < deadline, "".join(seen)
    rest, _ = process.communicate(timeout=seconds)
    return "".join(seen) + rest

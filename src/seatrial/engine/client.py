"""Finds the engine and its client."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from seatrial.errors import NoEngineError

if TYPE_CHECKING:
    from python_on_whales import DockerClient

DEFAULT_SOCKET = Path("/var/run/docker.sock")
PRIVATE_RUN = "/run/seatrial"
PING_SECONDS = 2.0


@dataclass(frozen=True)
class Engine:
    """An engine that answers, and how to speak to it.

    Attributes:
        client: Path of the `docker` client.
        host: Address handed to the client, or None where it finds the engine by itself.
        private: Whether it is the one that `scripts/engine` started.
        socket: Unix socket that it answers on, where that is known.
    """

    client: str
    host: str | None = None
    private: bool = False
    socket: Path | None = field(default=None, compare=False)

    @property
    def argv(self) -> tuple[str, ...]:
        """The client's command line up to its subcommand."""
        return (self.client, "--host", self.host) if self.host else (self.client,)

    @cached_property
    def whales(self) -> DockerClient:
        """The python-on-whales client; imported here, for it takes 0.2 s."""
        return self.whales_for()

    def whales_for(self, **options: object) -> DockerClient:
        """Return a python-on-whales client with more constructor options (Compose's)."""
        from python_on_whales import DockerClient

        return DockerClient(client_call=[self.client], host=self.host, **options)  # type: ignore[arg-type]


def private_socket(environ: Mapping[str, str]) -> Path:
    """Return where the private engine's socket is, whether it runs or not."""
    return Path(environ.get("SEATRIAL_ENGINE_RUN", PRIVATE_RUN)) / "docker.sock"


def answers(path: Path, seconds: float = PING_SECONDS) -> bool:
    """Return whether an engine answers on the Unix socket at `path`."""
    try:
        with _asking(path, "GET", "/_ping", seconds) as answer:
            return _status(answer) == 200
    except OSError:
        return False


def ask(path: Path, method: str, target: str, seconds: float) -> tuple[int, bytes]:
    """Ask the engine's API on its Unix socket; a question takes a tenth of what the client takes.

    Returns:
        Status and body.

    Raises:
        OSError: When it does not answer in time, or not in HTTP.
    """
    with _asking(path, method, target, seconds) as answer:
        status = _status(answer)
        while answer.readline().strip():
            pass
        return status, answer.read()


@contextmanager
def _asking(path: Path, method: str, target: str, seconds: float) -> Iterator[BinaryIO]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(seconds)
        connection.connect(str(path))
        # HTTP/1.0: the engine neither chunks its answer nor keeps the connection.
        head = f"{method} {target} HTTP/1.0\r\nHost: engine\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(head.encode())
        with connection.makefile("rb") as answer:
            yield answer


def _status(answer: BinaryIO) -> int:
    words = answer.readline().split()
    if len(words) < 2 or not words[1].isdigit():
        raise OSError("what answers does not speak HTTP")
    return int(words[1])


def find_client(environ: Mapping[str, str] | None = None) -> str:
    """Return the path of the `docker` client; no engine need answer.

    Raises:
        NoEngineError: When there is none.
    """
    path = os.environ.get("PATH") if environ is None else environ.get("PATH")
    client = shutil.which("docker", path=path)
    if client is None:
        raise NoEngineError(
            "no docker client on PATH",
            hint="install Docker, or call the command through scripts/run, which sees to it",
        )
    return client


def find_engine(environ: Mapping[str, str] | None = None) -> Engine:
    """Find an engine: `DOCKER_HOST` or a context, then the default one, then the private one.

    Raises:
        NoEngineError: When there is no client, or nothing answers.
    """
    environ = os.environ if environ is None else environ
    private = private_socket(environ)
    client = find_client(environ)
    if host := environ.get("DOCKER_HOST"):
        return _named(client, host, private)
    if environ.get("DOCKER_CONTEXT") or _uses_context(environ):
        return Engine(client)
    if answers(DEFAULT_SOCKET):
        return Engine(client, socket=DEFAULT_SOCKET)
    if answers(private):
        return Engine(_private_client(client), f"unix://{private}", private=True, socket=private)
    raise NoEngineError(
        "no engine answers",
        expected=f"one at {DEFAULT_SOCKET}, at {private}, or where DOCKER_HOST points",
        hint="start Docker, or run scripts/engine up (Debian, root)",
    )


def _uses_context(environ: Mapping[str, str]) -> bool:
    """Return whether `docker context use` chose an engine (Docker Desktop's, a rootless one)."""
    folder = environ.get("DOCKER_CONFIG") or "~/.docker"
    try:
        found = json.loads(Path(folder, "config.json").expanduser().read_bytes())
    except (OSError, ValueError, RuntimeError):
        return False
    return isinstance(found, dict) and found.get("currentContext", "default") != "default"


def _named(client: str, host: str, private: Path) -> Engine:
    own = host == f"unix://{private}"
    if _is_dead(host):
        raise NoEngineError(
            f"no engine answers at {host}",
            hint="scripts/engine up starts it again" if own else "DOCKER_HOST points there",
        )
    unix = Path(host.removeprefix("unix://")) if host.startswith("unix://") else None
    return Engine(_private_client(client) if own else client, host, private=own, socket=unix)


def _is_dead(host: str) -> bool:
    """Return whether nothing listens at an address; of one behind ssh only the client can tell."""
    if host.startswith("unix://"):
        return not answers(Path(host.removeprefix("unix://")))
    if not host.startswith("tcp://"):
        return False
    name, colon, port = host.removeprefix("tcp://").rstrip("/").rpartition(":")
    place = (name.strip("[]"), port) if colon else (port, "2375")
    try:
        with socket.create_connection((place[0], int(place[1])), PING_SECONDS):
            return False
    except (OSError, ValueError):
        return True


def _private_client(found: str) -> str:
    """Prefer the client that was installed with the private engine: it fits its plugins."""
    packaged = Path("/usr/bin/docker")
    return str(packaged) if os.access(packaged, os.X_OK) else found

"""Two replicas of the API behind the page's nginx: the images as they are, on their own network."""

from __future__ import annotations

import json
import os
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from load.cluster import Cluster, running_cluster
from load.services import ROOT, SECRETS, START_SECONDS, eventually, request
from stacks import docker

NAME = "seatrial-load"
# As in the Compose file.
LOCKED = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true")
TEMPLATE = ROOT / "infra/docker/frontend/default.conf.template"


@dataclass(frozen=True)
class Replica:
    """A container of the API."""

    name: str

    def stop(self) -> int:
        """Send SIGTERM and return the exit code once it has ended."""
        docker("kill", "--signal", "TERM", self.name)
        (code,) = docker("wait", self.name)
        return int(code)

    def start(self) -> None:
        """Start it again, and wait until it can work."""
        docker("start", self.name)
        wait_until_ready(self)

    @property
    def requests(self) -> int:
        """How many requests of the load it has logged."""
        return sum("/api/v1/builds" in line for line in docker("logs", self.name))


@dataclass(frozen=True)
class Behind:
    """The two replicas, and where nginx listens.

    Attributes:
        replicas: Both answer to the name that nginx asks for.
        port: nginx's, on this machine.
        cluster: Where their database is.
    """

    replicas: tuple[Replica, Replica]
    port: int
    cluster: Cluster


def built(image: str) -> str:
    """Return the reference of the image that the last `build-prod` of this tree made."""
    if tag := os.environ.get("LOGBOOK_TAG"):
        return f"logbook-{image}:{tag}"
    record = ROOT / "dist/build.json"
    assert record.is_file(), "nothing is built: invoke build-prod"
    made = {one["name"]: one["tags"] for one in json.loads(record.read_text())["images"]}
    assert image in made, f"{image} is not built: invoke build-prod"
    return str(next(tag for tag in made[image] if not tag.endswith(":latest")))


@contextmanager
def replicas_behind_nginx(folder: Path, template: str | None = None) -> Iterator[Behind]:
    """Have both run while the block does.

    Args:
        folder: Where files for the containers may be written.
        template: nginx's, in place of the one in its image.
    """
    run = f"{NAME}-{uuid.uuid4().hex[:8]}"
    with ExitStack() as stack:
        docker("network", "create", run)
        stack.callback(docker, "network", "rm", run)
        (gateway,) = docker("network", "inspect", "-f", "{{(index .IPAM.Config 0).Gateway}}", run)
        cluster = stack.enter_context(running_cluster(f"127.0.0.1,{gateway}"))
        cluster.make_database("load")
        secrets = {**SECRETS, "DATABASE_URL": cluster.url("load", gateway)}
        replicas = (Replica(f"{run}-one"), Replica(f"{run}-two"))
        for replica in replicas:
            words = ["--network-alias", "api", *variables(secrets), built("backend")]
            stack.enter_context(container(replica.name, run, words))
        for replica in replicas:
            wait_until_ready(replica)
        port = stack.enter_context(nginx(run, folder, template))
        yield Behind(replicas, port, cluster)


@contextmanager
def nginx(run: str, folder: Path, template: str | None) -> Iterator[int]:
    """Run the frontend's image and return its port on this machine."""
    words = ["--publish", "127.0.0.1::8080", *variables({"HUB_API_URL": "http://api:8000"})]
    words += ["--tmpfs", "/etc/nginx/conf.d:uid=101,gid=101,mode=0755"]
    if template is not None:
        file = folder / TEMPLATE.name
        file.write_text(template)
        words += ["--volume", f"{file}:/etc/nginx/templates/{TEMPLATE.name}:ro"]
    with container(f"{run}-nginx", run, [*words, built("frontend")]):
        (address,) = docker("port", f"{run}-nginx", "8080/tcp")
        port = int(address.rpartition(":")[2])
        eventually(
            lambda: answers(port), START_SECONDS, lambda: "\n".join(docker("logs", f"{run}-nginx"))
        )
        yield port


@contextmanager
def container(name: str, network: str, words: list[str]) -> Iterator[None]:
    """Run a container while the block does."""
    place = ["--name", name, "--network", network, "--tmpfs", "/tmp", *LOCKED]
    docker("run", "--detach", *place, *words)
    try:
        yield
    finally:
        docker("rm", "--force", name)


def variables(given: dict[str, str]) -> list[str]:
    return [word for name, value in given.items() for word in ("--env", f"{name}={value}")]


def answers(port: int) -> bool:
    try:
        return request(port, "GET", "/api/v1/health")[0] == 200
    except (OSError, ValueError):
        return False


def wait_until_ready(replica: Replica) -> None:
    asks = "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/api/v1/ready', timeout=3)"

    def ready() -> bool:
        try:
            docker("exec", replica.name, "python", "-c", asks)
        except subprocess.CalledProcessError:
            time.sleep(0.2)
            return False
        return True

    eventually(ready, START_SECONDS, lambda: "\n".join(docker("logs", replica.name)))

"""The containers and networks that belong to a Compose project."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from seatrial.engine.calls import call
from seatrial.engine.client import Engine
from seatrial.errors import NoEngineError
from seatrial.model.stack import Container, Port

if TYPE_CHECKING:
    from python_on_whales import Container as EngineContainer

PROJECT_LABEL = "com.docker.compose.project"
SERVICE_LABEL = "com.docker.compose.service"


def containers_of(engine: Engine, name: str) -> tuple[Container, ...]:
    """Return the containers of a project, by service; `run`'s one-off containers are left out.

    Raises:
        NoEngineError: When the engine does not answer.
    """
    with _answering():
        found = engine.whales.container.list(
            all=True,
            filters=[
                ("label", f"{PROJECT_LABEL}={name}"),
                ("label", "com.docker.compose.oneoff=False"),
            ],
        )
    read = [container for each in found if (container := _container(each))]
    return tuple(sorted(read, key=lambda container: (container.service, container.name)))


def networks_of(engine: Engine, name: str) -> tuple[str, ...]:
    """Return the names of a project's networks.

    Raises:
        NoEngineError: When the engine does not answer.
    """
    with _answering():
        networks = engine.whales.network.list(filters=[("label", f"{PROJECT_LABEL}={name}")])
    return tuple(network.name for network in networks)


def foreign_subnets(engine: Engine, name: str) -> dict[str, str]:
    """Return the subnets of networks that are not a project's, and whose they are.

    Raises:
        NoEngineError: When the engine does not answer.
    """
    ids = call(engine, "network", "ls", "--quiet", "--no-trunc").stdout.split()
    # One that goes away in between is left out, and the others are told all the same.
    told = call(engine, "network", "inspect", *ids).stdout if ids else ""
    found = json.loads(told or "[]")
    others = [one for one in found if (one.get("Labels") or {}).get(PROJECT_LABEL) != name]
    return {
        pool["Subnet"]: str(one["Name"])
        for one in others
        for pool in one["IPAM"].get("Config") or ()
        if pool.get("Subnet")
    }


def publisher(engine: Engine, port: int) -> str | None:
    """Return the name of the container that publishes a port of this machine, or None."""
    argv = [*engine.argv, "ps", "--filter", f"publish={port}", "--format", "{{.Names}}"]
    done = subprocess.run(
        argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return next(iter(done.stdout.split()), None)


def remove_containers(engine: Engine, ids: Sequence[str], seconds: int) -> None:
    """Stop and remove containers."""
    if ids:
        _quietly([*engine.argv, "stop", "--timeout", str(seconds), *ids])
        _quietly([*engine.argv, "rm", "--force", *ids])


def log_tail(engine: Engine, container: str, lines: int) -> tuple[str, ...]:
    """Return the last lines that a container wrote, standard error among them."""
    done = subprocess.run(
        [*engine.argv, "logs", "--tail", str(lines), container],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return tuple(done.stdout.splitlines()[-lines:])


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    from python_on_whales.exceptions import DockerException

    try:
        yield
    except DockerException as error:
        raise NoEngineError(
            "the engine does not answer", found=(error.stderr or "").strip() or None
        ) from error


def _quietly(argv: Sequence[str]) -> None:
    # A session of its own: a second Ctrl-C must not stop the cleaning.
    subprocess.run(
        argv, stdin=subprocess.DEVNULL, capture_output=True, start_new_session=True, check=False
    )


def _container(container: EngineContainer) -> Container | None:
    """Read a container; None where it went away while we looked."""
    from python_on_whales.exceptions import DockerException

    try:
        state, config, image = container.state, container.config, container.image
    except DockerException:
        return None
    labels = dict(config.labels or {})
    health = state.health
    probes = health.log if health and health.log else []
    return Container(
        id=container.id,
        name=container.name,
        service=labels.get(SERVICE_LABEL, container.name),
        state=state.status or "",
        health=health.status if health and health.status != "none" else None,
        exit_code=state.exit_code or 0,
        out_of_memory=bool(state.oom_killed),
        image=config.image or "",
        image_id=image,
        labels=labels,
        ports=tuple(_ports(container)),
        health_output=(probes[-1].output or "").strip() if probes else "",
    )


def _ports(container: EngineContainer) -> Iterator[Port]:
    for target, bindings in (container.network_settings.ports or {}).items():
        for binding in bindings or ():
            yield Port(
                host=binding["HostIp"],
                published=int(binding["HostPort"]),
                target=int(target.split("/")[0]),
            )

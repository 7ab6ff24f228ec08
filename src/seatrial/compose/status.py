"""What runs of a stack, and what went wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from seatrial.model.stack import Container, Port, Service, ServiceStatus, Stack, StackStatus
from seatrial.model.stamp import GitFacts

REVISION = "org.opencontainers.image.revision"
SHORT = 7
WEB = frozenset({"http", "https"})


def status_of(stack: Stack, containers: Iterable[Container], tree: GitFacts | None) -> StackStatus:
    """Return the stack's table, a line a container."""
    return StackStatus(
        name=stack.name,
        tree=tree.sha if tree else None,
        dirty=bool(tree and tree.dirty),
        services=tuple(_line(stack, container, tree) for container in containers),
    )


def is_well(service: Service, container: Container) -> bool:
    """Return whether a container is as a started stack should have it."""
    if container.state == "running":
        return container.health in {None, "healthy"}
    return service.one_shot and container.state == "exited" and container.exit_code == 0


def failures(services: Sequence[Service], containers: Sequence[Container]) -> tuple[Container, ...]:
    """Return the containers that are not well; those that are the cause come first.

    A container that was created and never started waits for another one: it is no cause.
    """
    by_name = {service.name: service for service in services}
    unwell = [
        container
        for container in containers
        if container.service in by_name and not is_well(by_name[container.service], container)
    ]
    causes = [container for container in unwell if container.state != "created"]
    return tuple(sorted(causes, key=lambda container: container.health == "starting"))


def reason(container: Container, seconds: int) -> str:
    """Say in words what is wrong with a container after waiting for `seconds`."""
    match container.state:
        case "exited" | "dead" if container.out_of_memory:
            return f"ran out of memory and was ended (exit code {container.exit_code})"
        case "exited" | "dead":
            return f"exited with {container.exit_code}"
        case "restarting":
            return f"keeps restarting, its last exit code was {container.exit_code}"
        case "running" if container.health == "unhealthy":
            return "is unhealthy"
        case "running":
            return f"was not healthy within {seconds} s"
    return f"is {container.state}"


def address_of(port: Port, service: Service | None) -> str:
    """Return a published port as an address; as a URL where it is said what is spoken there."""
    spoken = next(
        (p.application for p in (service.ports if service else ()) if p.target == port.target), None
    )
    host = port.host if port.host not in {"", "0.0.0.0", "::"} else "localhost"  # noqa: S104
    where = f"[{host}]:{port.published}" if ":" in host else f"{host}:{port.published}"
    return f"{spoken}://{where}" if spoken in WEB else where


def _line(stack: Stack, container: Container, tree: GitFacts | None) -> ServiceStatus:
    service = stack.service(container.service)
    commit = container.labels.get(REVISION) or None
    return ServiceStatus(
        service=container.service,
        container=container.name,
        state=container.state,
        health=container.health,
        exit_code=container.exit_code if container.state in {"exited", "dead"} else None,
        urls=tuple(dict.fromkeys(address_of(port, service) for port in container.ports)),
        image=container.image,
        commit=commit,
        current=commit == tree.sha and not tree.dirty if commit and tree else None,
    )

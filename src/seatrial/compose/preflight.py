"""What must be right before Compose starts anything: facts are gathered, then judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network

from seatrial.compose.stack import with_tag
from seatrial.engine.client import Engine
from seatrial.engine.composed import foreign_subnets, publisher
from seatrial.engine.images import inspect_images
from seatrial.envfile import POSTGRES_ROLE, POSTGRES_URL, TOKEN, Variables
from seatrial.errors import ComposeFailedError, ConfigurationError, SeatrialError
from seatrial.listeners import holder, standing
from seatrial.model.settings import PostgresSettings
from seatrial.model.stack import Container, Port, Service, Stack

# The variable that a deployment's number reaches its containers by.
GENERATION = "GENERATION"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - where Compose binds a port without an address


@dataclass(frozen=True)
class TakenPort:
    """A port that a service wants and another one has.

    Attributes:
        service: Who wants it.
        port: The port.
        holder: Who has it, or None where that cannot be known.
    """

    service: str
    port: Port
    holder: str | None

    @property
    def where(self) -> str:
        """The address that is wanted."""
        return f"{self.port.host or EVERYWHERE}:{self.port.published}"


@dataclass(frozen=True)
class Overlap:
    """A network that the stack wants and that another one is in the way of.

    Attributes:
        wanted: Its subnet.
        taken: The other's.
        network: The other's name.
    """

    wanted: str
    taken: str
    network: str


@dataclass(frozen=True)
class Facts:
    """What was found before the start.

    Attributes:
        absent: Images that are not in the engine and may not be pulled, by service.
        taken: Ports that others have.
        database: Why the database cannot be reached, or None.
        overlaps: Networks that are in the way of the stack's.
    """

    absent: Mapping[str, str] = field(default_factory=dict)
    taken: tuple[TakenPort, ...] = ()
    database: SeatrialError | None = None
    overlaps: tuple[Overlap, ...] = ()


def check_variables(
    variables: Variables, environ: Mapping[str, str], postgres: PostgresSettings | None = None
) -> None:
    """Do nothing where each declared variable has a value.

    In a database of somebody's own, one that is not `postgres`, there need be no further roles.

    Raises:
        ConfigurationError: Which names those that have none; also for a generation in the file.
    """
    if GENERATION in variables.values:
        raise ConfigurationError(
            f"{GENERATION} stands in {variables.path}, which outlives a deployment",
            expected="a number of each deployment's own, given at its start",
            hint="take it out: where a logbook is configured compose-up asks it for the number, "
            "and whoever numbers deployments otherwise sets the variable in the shell",
        )
    missing = variables.missing(environ)
    if postgres and variables.roles_are_elsewhere(postgres, variables.effective(environ)):
        missing = tuple(v for v in missing if v.kind != POSTGRES_ROLE)
    if not missing:
        return
    generated = [v.name for v in missing if v.kind in {POSTGRES_URL, POSTGRES_ROLE, TOKEN}]
    chosen = [v.name for v in missing if v.name not in generated]
    todo = [
        *(["invoke postgres-up generates " + ", ".join(generated)] if generated else []),
        *([f"set {', '.join(chosen)} in {variables.path}"] if chosen else []),
    ]
    raise ConfigurationError(
        f"{', '.join(v.name for v in missing)}: missing or empty",
        expected=f"a value in {variables.path}, for each variable of {variables.example.name}",
        hint="; ".join(todo),
    )


def absent_images(engine: Engine, services: Sequence[Service]) -> dict[str, str]:
    """Return the images that must be in the engine and are not, by service."""
    wanted = {s.name: with_tag(s.image) for s in services if s.never_pulled and s.image}
    found = inspect_images(engine, sorted(set(wanted.values())))
    return {name: image for name, image in wanted.items() if image not in found}


def taken_ports(
    engine: Engine, services: Sequence[Service], own: Sequence[Container]
) -> tuple[TakenPort, ...]:
    """Return the ports that cannot be published.

    Args:
        engine: Whose containers may hold one.
        services: What will be started.
        own: The stack's containers; a port that one of them publishes is ours.
    """
    ours = {port.published for container in own for port in container.ports}
    wanted = [(s.name, port) for s in services for port in s.ports if port.published]
    return tuple(
        TakenPort(name, port, _holder(engine, port.published or 0))
        for name, port in wanted
        if port.published not in ours
        and standing(port.host or EVERYWHERE, port.published or 0) != "free"
    )


def overlapping(engine: Engine, stack: Stack) -> tuple[Overlap, ...]:
    """Return the networks of others that are in the way of those that the stack wants."""
    if not stack.subnets:
        return ()
    others = foreign_subnets(engine, stack.name)
    return tuple(
        Overlap(wanted, taken, name)
        for wanted in stack.subnets
        for taken, name in others.items()
        if _overlap(wanted, taken)
    )


def _overlap(one: str, other: str) -> bool:
    try:
        first, second = ip_network(one, strict=False), ip_network(other, strict=False)
    except ValueError:
        # The engine will say what is wrong with it.
        return False
    return first.version == second.version and first.overlaps(second)


def _holder(engine: Engine, port: int) -> str | None:
    container = publisher(engine, port)
    return f"the container {container}" if container else holder(port)


def judge(facts: Facts) -> SeatrialError | None:
    """Return what stands in the way as one error, or None where nothing does."""
    database = [facts.database] if facts.database else []
    found = [*_images(facts), *_ports(facts), *_networks(facts), *database]
    if len(found) < 2:
        return found[0] if found else None
    kind = type(found[0])
    return kind(
        f"{len(found)} things stand in the way of the stack",
        detail=tuple(line for error in found for line in error.lines()),
    )


def _images(facts: Facts) -> list[SeatrialError]:
    if not facts.absent:
        return []
    return [
        ComposeFailedError(
            f"{len(facts.absent)} of the services' images are not in the engine",
            found=", ".join(f"{service} wants {image}" for service, image in facts.absent.items()),
            hint="invoke build-prod builds them",
        )
    ]


def _ports(facts: Facts) -> list[SeatrialError]:
    return [
        ComposeFailedError(
            f"{taken.service} cannot publish its port {taken.where}",
            found=f"{taken.holder or 'another process'} listens there",
            hint="stop it, or give the service another port",
        )
        for taken in facts.taken
    ]


def _networks(facts: Facts) -> list[SeatrialError]:
    return [
        ComposeFailedError(
            f"the stack cannot have its network {overlap.wanted}",
            found=f"the engine's network {overlap.network} has {overlap.taken}",
            hint=f"docker network rm {overlap.network}, where nobody needs it, or give the stack "
            "another subnet, by the variable that its Compose file takes it from",
        )
        for overlap in facts.overlaps
    ]

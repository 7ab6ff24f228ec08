"""Brings a stack up, waits until it is well, and explains when it is not."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from seatrial.compose.status import failures, reason
from seatrial.engine import compose, composed
from seatrial.engine.client import Engine
from seatrial.errors import ComposeFailedError, NoEngineError
from seatrial.model.stack import Container, Service, StackEvent

LOG_LINES = 20
# A container that nothing checks counts as up when it has lived for so long.
SETTLE_SECONDS = 1.0
# Who presses Ctrl-C does not want to wait for each service's own grace.
INTERRUPTED_GRACE = 5
ATTEMPTS = 3
TAKING_BACK = StackEvent(
    subject="Interrupted:", name="what this run started", status="is taken down"
)


@dataclass(frozen=True)
class Start:
    """What is to be started.

    Attributes:
        project: The Compose project.
        services: Services, with all that they need.
        profiles: Profiles to enable.
        seconds: How long to wait for them to be well.
        folder: A folder without a Compose file, for `down`.
        environ: Variables of this start, besides those of the shell.
    """

    project: compose.ComposeProject
    services: tuple[Service, ...]
    profiles: tuple[str, ...]
    seconds: int
    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)


def bring_up(
    engine: Engine, start: Start, on_event: Callable[[StackEvent], None]
) -> tuple[Container, ...]:
    """Start the services and wait until they are well.

    Returns:
        All containers of the project.

    Raises:
        ComposeFailedError: When one of them is not well in time. What came up stays.
        KeyboardInterrupt: After what this call had started was taken down again.
    """
    before = {c.id for c in composed.containers_of(engine, start.project.name)}
    try:
        result = compose.up(
            engine,
            start.project,
            profiles=start.profiles,
            services=[service.name for service in start.services],
            seconds=start.seconds,
            on_event=on_event,
            environ=start.environ,
        )
        containers = _settled(engine, start)
    except KeyboardInterrupt:
        with _uninterrupted():
            on_event(TAKING_BACK)
            _take_back(engine, start, before)
        raise
    failed = failures(start.services, containers)
    if failed or not result.ok:
        raise _explained(engine, start, failed, result.complaints)
    return containers


def _settled(engine: Engine, start: Start) -> tuple[Container, ...]:
    """Look at the containers, once more where some of them have no health check."""
    containers = composed.containers_of(engine, start.project.name)
    names = {service.name for service in start.services}
    if any(c.health is None and c.state == "running" for c in containers if c.service in names):
        time.sleep(SETTLE_SECONDS)
        containers = composed.containers_of(engine, start.project.name)
    return containers


def _take_back(engine: Engine, start: Start, before: set[str]) -> None:
    """Remove what was not there before; all of the project where nothing was."""
    name = start.project.name
    # What the engine was asked for last may still appear after its client has ended.
    for _ in range(ATTEMPTS):
        # A client that a second Ctrl-C reached is asked again.
        with contextlib.suppress(NoEngineError):
            now = composed.containers_of(engine, name)
            fresh = [container.id for container in now if container.id not in before]
            if before:
                composed.remove_containers(engine, fresh, INTERRUPTED_GRACE)
            elif now or composed.networks_of(engine, name):
                compose.down(engine, name, start.folder, INTERRUPTED_GRACE)
        time.sleep(0.3)


def _explained(
    engine: Engine, start: Start, failed: Sequence[Container], complaints: Sequence[str]
) -> ComposeFailedError:
    todo = "what came up is left to be looked at: invoke compose-ps, compose-logs; "
    todo += "invoke compose-down takes it all down"
    if not failed:
        return ComposeFailedError(
            "Compose could not bring the stack up", found="; ".join(complaints) or None, hint=todo
        )
    told = [f"{c.service} {reason(c, start.seconds)}" for c in failed]
    awaited = "" if any(_ended_well(c) for c in failed) is False else _ONE_SHOT
    return ComposeFailedError(
        "; ".join(told),
        expected="every service running, and healthy where it has a health check",
        found="; ".join(complaints) or None,
        hint=awaited + todo,
        detail=tuple(line for c in failed for line in _evidence(engine, c)),
    )


_ONE_SHOT = (
    "a service that is meant to end needs another that depends on it "
    "(condition: service_completed_successfully); "
)


def _ended_well(container: Container) -> bool:
    return container.state == "exited" and container.exit_code == 0


def _evidence(engine: Engine, container: Container) -> Iterator[str]:
    lines = composed.log_tail(engine, container.id, LOG_LINES)
    yield (
        f"{container.service}, the last {len(lines)} lines of its log:"
        if lines
        else (f"{container.service} logged nothing")
    )
    yield from lines
    if container.health == "unhealthy" and container.health_output:
        yield f"{container.service}, its last health check:"
        yield from container.health_output.splitlines()[-LOG_LINES:]


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let no second Ctrl-C stop the cleaning."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    previous = [signal.signal(number, signal.SIG_IGN) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, previous, strict=True):
            signal.signal(number, handler)

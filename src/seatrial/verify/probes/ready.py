"""Starts a container and waits until it works, in every way that is promised."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from seatrial.engine.containers import ContainerState
from seatrial.errors import SeatrialError
from seatrial.model.answers import is_as_promised
from seatrial.model.observation import HttpAnswer, IdleHealthFacts, LogFacts, Start
from seatrial.verify.lab import Lab
from seatrial.web import Ask, fetch, takes_connections

PACE = 0.05
# A container that promises nothing that can be asked is up when it lives this long.
STILL_THERE = 1.0
HEALTH_EVERY = 0.3


@dataclass(frozen=True)
class Started:
    """A container that was started.

    Attributes:
        name: Its name.
        state: Its state at first; None where the engine could not start it.
        start: How it came up.
    """

    name: str
    state: ContainerState | None
    start: Start

    @property
    def healthy(self) -> bool:
        """Whether it is healthy in every promised way."""
        return self.start.healthy_after is not None

    def port(self, inside: int | None) -> int | None:
        """Return where its port is published."""
        return self.state.ports.get(inside) if self.state and inside else None


def start_and_wait(lab: Lab, probe: str, *, ask_engine: bool = False, **options: Any) -> Started:
    """Start a container and wait until it is healthy, or cannot be any more.

    Args:
        lab: The trial.
        probe: What it is for; its name ends so.
        ask_engine: Whether the image's own HEALTHCHECK must agree, where it has one.
        options: More of `ContainerRun`.
    """
    ask_engine = ask_engine and lab.image.healthcheck is not None
    options.setdefault("publish", tuple(filter(None, [lab.contract.network.http_port])))
    check_health = HEALTH_EVERY if ask_engine else None
    name, failure = lab.start(probe, check_health=check_health, **options)
    if failure is not None:
        return Started(name, None, Start(failure=failure))
    begin = time.time()
    state = lab.state(name)
    answer, healthy = _first_answer(lab, name, state, begin)
    if healthy and ask_engine:
        left = max(1.0, longest_start(lab) - (time.time() - begin))
        event = lab.wait(name, "healthy", "die", seconds=left)
        healthy = event is not None and event.action == "healthy"
    event = lab.watch.seen(name, "start")
    after = time.time() - (event.at if event else begin)
    return Started(name, state, _facts(lab, name, answer, after if healthy else None))


def look_at_idle_health(lab: Lab) -> IdleHealthFacts:
    """Run the HEALTHCHECK's command in a container of its own, where no server runs."""
    healthcheck = lab.image.healthcheck
    if healthcheck is None:
        raise SeatrialError("the image has no HEALTHCHECK")
    kind, *words = healthcheck.command
    command = tuple(words) if kind == "CMD" else ("/bin/sh", "-c", *words)
    name, failure = lab.start("idle-health", command=command)
    if failure is not None:
        return IdleHealthFacts(failure=failure)
    died = lab.wait(name, "die", seconds=healthcheck.timeout or 30.0)
    if died is None:
        lab.remove(name)
    return IdleHealthFacts(exit_code=died.exit_code if died else None)


def longest_start(lab: Lab) -> float:
    """Return how long a start is watched, in seconds."""
    health, limit = lab.contract.health, lab.contract.limits.start
    return max(health.within if health else 30.0, limit or 0.0)


def is_healthy_answer(lab: Lab, answer: HttpAnswer) -> bool:
    """Return whether the health path answers as the contract says."""
    health = lab.contract.health
    return health is not None and is_as_promised(answer, (health.status,), health.expect)


def _first_answer(
    lab: Lab, name: str, state: ContainerState, begin: float
) -> tuple[HttpAnswer | None, bool]:
    health, answer = lab.contract.health, None
    port = state.ports.get(lab.contract.network.http_port or 0)
    if port is None:
        lives = lab.wait(name, "die", seconds=STILL_THERE) is None
        return None, lives and lab.contract.network.http_port is None
    while time.time() - begin < longest_start(lab):
        if health and health.path:
            answer = fetch(Ask(port, health.path))
            healthy = is_healthy_answer(lab, answer)
        else:
            healthy = takes_connections(port)
        if healthy or lab.wait(name, "die", seconds=PACE):
            return answer, healthy
    return answer, False


def _facts(lab: Lab, name: str, answer: HttpAnswer | None, after: float | None) -> Start:
    state = lab.state(name)
    return Start(
        healthy_after=after,
        status=state.health,
        answer=answer,
        exit_code=None if state.running else state.exit_code,
        out_of_memory=state.out_of_memory or lab.watch.seen(name, "oom") is not None,
        logs=lab.logs(name) if after is None else LogFacts(),
    )

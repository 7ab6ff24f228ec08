"""Starts a container and waits until it works, in every way that is promised."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from seatrial.engine.containers import ContainerState, start_container
from seatrial.model.answers import is_as_promised
from seatrial.model.observation import HttpAnswer, Start
from seatrial.verify.lab import Lab
from seatrial.verify.probes.asking import ask_container, container_listens
from seatrial.verify.probes.healthcheck import run_healthcheck
from seatrial.web import Ask

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

    def place(self, inside: int | None) -> tuple[str, int] | None:
        """Return the host and port under which one of its ports is reached."""
        return reached_at(self.state, inside) if self.state else None


def start_and_wait(lab: Lab, probe: str, *, run_health: bool = False, **options: Any) -> Started:
    """Start a container and wait until it is healthy, or cannot be any more.

    Args:
        lab: The trial.
        probe: What it is for; its name ends so.
        run_health: Whether the image's own HEALTHCHECK is run as well, where it has one; it
            decides where there is no health path.
        options: More of `ContainerRun`.
    """
    if options.get("network") is None:
        options.setdefault("publish", tuple(filter(None, [lab.contract.network.http_port])))
    with lab.turns.taken():
        name, failure = lab.start(probe, **options)
        if failure is not None:
            return Started(name, None, Start(failure=failure))
        return _watched(lab, name, mark=0, run_health=run_health)


def start_again(lab: Lab, name: str) -> Started:
    """Start a container that has ended and wait until it is healthy, or cannot be any more."""
    lab.check()
    with lab.turns.taken():
        mark = lab.watch.mark()
        failure = start_container(lab.engine, name)
        if failure is not None:
            return Started(name, None, Start(failure=failure))
        return _watched(lab, name, mark=mark, run_health=False)


def reached_at(state: ContainerState, inside: int | None) -> tuple[str, int] | None:
    """Return the host and port under which a port of a container is reached."""
    if inside is None:
        return None
    if inside in state.ports:
        return "127.0.0.1", state.ports[inside]
    return (state.address, inside) if state.address and not state.ports else None


def longest_start(lab: Lab) -> float:
    """Return how long a start is watched, in seconds."""
    health, limit = lab.contract.health, lab.contract.limits.start
    return max(health.within if health else 30.0, limit or 0.0)


def is_well(lab: Lab, state: ContainerState) -> bool:
    """Return whether the health path answers as promised now; true where none is promised."""
    health, place = lab.contract.health, reached_at(state, lab.contract.network.http_port)
    if health is None or health.path is None or place is None:
        return True
    ask = Ask(place[1], health.path, host=place[0])
    return is_healthy_answer(lab, ask_container(lab, state.id, ask))


def is_healthy_answer(lab: Lab, answer: HttpAnswer) -> bool:
    """Return whether the health path answers as the contract says."""
    health = lab.contract.health
    return health is not None and is_as_promised(answer, (health.status,), health.expect)


def _watched(lab: Lab, name: str, *, mark: int, run_health: bool) -> Started:
    begin = time.time()
    state = lab.state(name)
    answer, healthy = _first_answer(lab, name, state, begin, mark)
    code, at = None, time.time()
    if healthy and run_health and lab.image.healthcheck is not None:
        code = _first_agreement(lab, name, begin, mark)
        if answer is None:
            # No path tells whether it is well: its HEALTHCHECK does.
            healthy, at = code == 0, time.time()
        elif code != 0:
            healthy = lab.state(name).running
    event = lab.watch.seen(name, "start", after=mark)
    after = at - (event.at if event else begin)
    facts = _facts(lab, name, answer, after if healthy else None, mark)
    return Started(name, state, facts.model_copy(update={"health_code": code}))


def _first_answer(
    lab: Lab, name: str, state: ContainerState, begin: float, mark: int
) -> tuple[HttpAnswer | None, bool]:
    health, answer = lab.contract.health, None
    place = reached_at(state, lab.contract.network.http_port)
    if place is None:
        lives = lab.wait(name, "die", seconds=STILL_THERE, after=mark) is None
        return None, lives and lab.contract.network.http_port is None
    while time.time() - begin < longest_start(lab):
        if health and health.path:
            answer = ask_container(lab, name, Ask(place[1], health.path, host=place[0]))
            healthy = is_healthy_answer(lab, answer)
        else:
            healthy = container_listens(lab, name, place)
        if healthy or lab.wait(name, "die", seconds=PACE, after=mark):
            return answer, healthy
    return answer, False


def _first_agreement(lab: Lab, name: str, begin: float, mark: int) -> int | None:
    """Run the HEALTHCHECK's command until it agrees that the server is well; return its code."""
    while True:
        code = run_healthcheck(lab, name)
        late = time.time() - begin > longest_start(lab)
        if code == 0 or late or lab.wait(name, "die", seconds=HEALTH_EVERY, after=mark):
            return code


def _facts(lab: Lab, name: str, answer: HttpAnswer | None, after: float | None, mark: int) -> Start:
    if after is not None:
        return Start(healthy_after=after, answer=answer)
    state = lab.state(name)
    return Start(
        answer=answer,
        exit_code=None if state.running else state.exit_code,
        out_of_memory=state.out_of_memory or lab.watch.seen(name, "oom", after=mark) is not None,
        logs=lab.logs(name),
    )

"""What the image does without one of its variables."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from seatrial.engine.streams import execute
from seatrial.errors import NoEngineError, SeatrialError
from seatrial.model.observation import IdleHealthFacts, LogFacts, MissingFacts
from seatrial.verify.lab import Lab
from seatrial.verify.probes.asking import ask_container
from seatrial.verify.probes.healthcheck import look_at_idle_health
from seatrial.verify.probes.ready import is_healthy_answer, reached_at
from seatrial.verify.probes.still import start_still
from seatrial.web import Ask

Kind = Literal["missing", "empty"]
ASK_EVERY = 0.25
# An image that ends at once does so sooner; the others are started in a container of their own.
PATIENCE = 5.0
AT_ONCE = 2


def look_where_no_server_runs(
    lab: Lab,
) -> tuple[IdleHealthFacts | None, tuple[MissingFacts, ...] | None]:
    """Run the HEALTHCHECK and the incomplete starts in one container where nothing else runs.

    What is seen there can only confirm a promise. Whatever is not as promised is tried again in
    a container that is started so: a finding needs no excuse.
    """
    still = start_still(lab)
    idle = None
    if lab.contract.health and lab.image.healthcheck:
        if still is None:
            raise SeatrialError("no container could be started in which nothing runs")
        idle = look_at_idle_health(lab, still)
    with ThreadPoolExecutor(AT_ONCE, "without") as pool:
        missing = tuple(pool.map(lambda asked: _look_without(lab, still, *asked), questions(lab)))
    return idle, missing if lab.contract.env.required else None


def _look_without(lab: Lab, still: str | None, variable: str, kind: Kind) -> MissingFacts:
    lab.tell("no-server", f"{variable} {kind}")
    with lab.turns.taken():
        facts = _executed(lab, still, variable, kind) if still else None
    return facts or look_without(lab, variable, kind)


def questions(lab: Lab) -> Iterator[tuple[str, Kind]]:
    """Yield each variable without which it must not start, and in which way it is left out."""
    for variable in lab.contract.env.required:
        yield variable, "missing"
        if lab.contract.env.empty_is_missing:
            yield variable, "empty"


def look_without(lab: Lab, variable: str, kind: Kind) -> MissingFacts:
    """Start without `variable`, or with an empty one, and see whether that ends the start."""
    port = lab.contract.network.http_port
    probe = f"{kind}-{variable.lower()}"
    env = _environment(lab, variable, kind)
    name, failure = lab.start(probe, env=env, publish=(port,) if port else ())
    begin = time.time()
    if failure is not None:
        return MissingFacts(variable=variable, kind=kind, ended=False, duration=0.0)
    served = _watch(lab, name, begin)
    died = lab.watch.seen(name, "die")
    came = lab.watch.seen(name, "start")
    logs = lab.logs(name)
    if died is None:
        lab.remove(name)
    return MissingFacts(
        variable=variable,
        kind=kind,
        ended=died is not None,
        exit_code=died.exit_code if died else None,
        served=served,
        named_on=_named_on(logs, variable),
        duration=(died.at if died else time.time()) - (came.at if came else begin),
        logs=logs,
    )


def names(text: str, variable: str) -> bool:
    """Return whether a text names a variable, as a word of its own."""
    return re.search(rf"(?<![A-Za-z0-9_]){re.escape(variable)}(?![A-Za-z0-9_])", text) is not None


def _executed(lab: Lab, still: str, variable: str, kind: Kind) -> MissingFacts | None:
    """Run what the image starts, without `variable`, and return what was seen if it is well."""
    lab.check()
    seconds = min(lab.contract.env.fails_within, PATIENCE)
    begin = time.monotonic()
    command = (*lab.image.entrypoint, *lab.image.command)
    try:
        done = execute(lab.engine, still, command, _environment(lab, variable, kind), seconds)
    except NoEngineError:
        raise
    except SeatrialError:
        return None
    if done.code is None:
        # It runs on, and would be in the way of all that comes after it.
        lab.remove(still)
        return None
    logs = lab.log_facts(done.stdout, done.stderr)
    if done.code == 0 or "stderr" not in (named := _named_on(logs, variable)) or logs.secrets:
        return None
    return MissingFacts(
        variable=variable,
        kind=kind,
        ended=True,
        exit_code=done.code,
        named_on=named,
        duration=time.monotonic() - begin,
        logs=logs,
    )


def _environment(lab: Lab, variable: str, kind: Kind) -> dict[str, str]:
    env = {name: value for name, value in lab.values.items() if name != variable}
    return env | {variable: ""} if kind == "empty" else env


def _named_on(logs: LogFacts, variable: str) -> tuple[Literal["stdout", "stderr"], ...]:
    streams: tuple[tuple[Literal["stdout", "stderr"], str], ...] = (
        ("stdout", logs.stdout),
        ("stderr", logs.stderr),
    )
    return tuple(stream for stream, text in streams if names(text, variable))


def _watch(lab: Lab, name: str, begin: float) -> bool:
    """Wait for its end; return whether it served instead."""
    health = lab.contract.health
    place = None
    while time.time() - begin < lab.contract.env.fails_within:
        if lab.wait(name, "die", seconds=ASK_EVERY):
            return False
        if health is None or not health.path:
            continue
        place = place or reached_at(lab.state(name), lab.contract.network.http_port)
        if place is None:
            continue
        ask = Ask(place[1], health.path, host=place[0])
        if is_healthy_answer(lab, ask_container(lab, name, ask, 1.0)):
            return True
    return False

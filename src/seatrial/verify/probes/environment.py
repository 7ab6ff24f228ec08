"""Containers that are started without one of their variables."""

from __future__ import annotations

import re
import time
from typing import Literal

from seatrial.model.observation import MissingFacts
from seatrial.verify.lab import Lab
from seatrial.verify.probes.ready import is_healthy_answer
from seatrial.web import Ask, fetch

Kind = Literal["missing", "empty"]
ASK_EVERY = 0.25


def look_without(lab: Lab, variable: str, kind: Kind) -> MissingFacts:
    """Start without `variable`, or with an empty one, and see whether that ends the start."""
    env = {name: value for name, value in lab.values.items() if name != variable}
    if kind == "empty":
        env[variable] = ""
    port = lab.contract.network.http_port
    probe = f"{kind}-{variable.lower()}"
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
        named_on=tuple(
            stream
            for stream, text in (("stdout", logs.stdout), ("stderr", logs.stderr))
            if names(text, variable)
        ),
        duration=(died.at if died else time.time()) - (came.at if came else begin),
        logs=logs,
    )


def names(text: str, variable: str) -> bool:
    """Return whether a text names a variable, as a word of its own."""
    return re.search(rf"(?<![A-Za-z0-9_]){re.escape(variable)}(?![A-Za-z0-9_])", text) is not None


def _watch(lab: Lab, name: str, begin: float) -> bool:
    """Wait for its end; return whether it served instead."""
    health = lab.contract.health
    port = None
    while time.time() - begin < lab.contract.env.fails_within:
        if lab.wait(name, "die", seconds=ASK_EVERY):
            return False
        if health is None or not health.path:
            continue
        port = port or lab.state(name).ports.get(lab.contract.network.http_port or 0)
        if port and is_healthy_answer(lab, fetch(Ask(port, health.path), 1.0)):
            return True
    return False

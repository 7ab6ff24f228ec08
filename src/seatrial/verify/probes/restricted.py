"""Starts with less than usual: a read-only root, no capabilities, little memory, no way out.

Each is a promise of its own. One container has all restrictions at once: where it comes up, every
one of them is kept. Where it does not, each is tried alone, to tell which one it was.
"""

from __future__ import annotations

from typing import Any

from seatrial.engine.network import isolated_network
from seatrial.model.observation import Start, StopFacts
from seatrial.verify.lab import Lab
from seatrial.verify.probes.asking import ask_container
from seatrial.verify.probes.ready import Started, start_and_wait
from seatrial.verify.probes.stopping import stop_under_request
from seatrial.web import Ask

# Any number will do that no image knows; OpenShift's are above a billion, with group 0.
ANY_USER = "1000660000:0"
ROUNDS = 10
DIES_WITHIN = 1.0


def look_at_restricted_and_stop(lab: Lab) -> tuple[dict[str, Start], StopFacts | None]:
    """Start with every restriction that is promised; then stop what came up, under a request.

    Where it does not come up so, one without restrictions is stopped: how it stops is another
    promise.
    """
    wanted = restrictions(lab)
    starts: dict[str, Start] = {}
    started = None
    if wanted:
        together = {key: value for options in wanted.values() for key, value in options.items()}
        started = _tried(lab, "restricted", together)
        starts = dict.fromkeys(wanted, started.start)
        if not _is_well(started) and len(wanted) > 1:
            lab.remove(started.name)
            starts = {name: _alone(lab, name, options) for name, options in wanted.items()}
    if started is None or not _is_well(started):
        started = start_and_wait(lab, "stop")
    return starts, stop_under_request(lab, started) if started.healthy else None


def restrictions(lab: Lab) -> dict[str, dict[str, Any]]:
    """Return the promised restrictions by name, each as options of `ContainerRun`."""
    contract = lab.contract
    found: dict[str, dict[str, Any]] = {}
    if contract.filesystem.read_only:
        found["read-only"] = {"read_only": True}
    if contract.process.capabilities is not None:
        found["capabilities"] = {"capabilities": contract.process.capabilities}
    if contract.limits.memory is not None:
        found["memory"] = {"memory": contract.limits.memory}
    if contract.process.any_user:
        found["any-user"] = {"user": ANY_USER}
    if not contract.network.outbound:
        found["offline"] = {"network": isolated_network(lab.engine, lab.run) or "none"}
    return found


def _alone(lab: Lab, name: str, options: dict[str, Any]) -> Start:
    started = _tried(lab, name, options)
    lab.remove(started.name)
    return started.start


def _tried(lab: Lab, probe: str, options: dict[str, Any]) -> Started:
    """Start it, ask what the contract promises again and again, and see whether it bears that."""
    started = start_and_wait(lab, probe, run_health=options.get("network") == "none", **options)
    if not started.healthy or "memory" not in options:
        return started
    place = started.place(lab.contract.network.http_port)
    if place:
        for one in lab.contract.request * ROUNDS:
            ask = Ask(place[1], one.path, one.method, one.headers, one.body, place[0])
            answer = ask_container(lab, started.name, ask)
            if answer.status is None:
                # One that does not answer may be on its way out, and nobody has told of it yet.
                lab.wait(started.name, "die", "oom", seconds=DIES_WITHIN)
                break
    state = lab.state(started.name)
    if state.running and lab.watch.seen(started.name, "oom") is None:
        return started
    ended = {
        "exit_code": None if state.running else state.exit_code,
        "out_of_memory": state.out_of_memory or lab.watch.seen(started.name, "oom") is not None,
        "logs": lab.logs(started.name),
    }
    return Started(started.name, started.state, started.start.model_copy(update=ended))


def _is_well(started: Started) -> bool:
    start = started.start
    return started.healthy and start.exit_code is None and not start.out_of_memory

"""The engine's networks."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable

from seatrial.engine.api import Question, ask, told
from seatrial.engine.calls import call
from seatrial.engine.client import Engine
from seatrial.engine.containers import RUN_LABEL
from seatrial.errors import NoEngineError


def host_gateway(engine: Engine) -> str | None:
    """Return the address that `host-gateway` stands for: the default bridge's, or None.

    Containers on any network reach this machine under it. One direct call: importing
    python-on-whales would take longer than all the rest of a second `postgres-up`.

    Raises:
        NoEngineError: When the engine does not say.
    """
    words = ("network", "inspect", "bridge", "--format", "{{json .IPAM.Config}}")
    answer = call(engine, *words)
    if answer.code != 0:
        raise NoEngineError("the engine does not tell its bridge", found=answer.complaint)
    return _gateway(json.loads(answer.stdout))


def own_address(engine: Engine) -> str | None:
    """Return this machine's address as containers of the engine's own network reach it.

    Returns:
        None where they do not: the engine's host is another machine, or has another network.
    """
    reply = ask(engine, Question("GET", "/networks/bridge"))
    gateway = _gateway(reply.told["IPAM"]["Config"]) if reply.ok else None
    return gateway if gateway and _is_ours(gateway) else None


def isolated_network(engine: Engine, run: str) -> str | None:
    """Make a network of a run with no way out of it; return its name.

    Returns:
        None where this machine could not reach it either: the engine's host is another one.
    """
    name = f"seatrial-{run}"
    made = {"Name": name, "Internal": True, "Labels": {RUN_LABEL: run}}
    if not ask(engine, Question("POST", "/networks/create", body=made)).ok:
        return None
    facts = told(engine, Question("GET", f"/networks/{name}"))
    gateway = _gateway(facts["IPAM"]["Config"])
    return name if gateway and _is_ours(gateway) else None


def remove_networks(engine: Engine, run: str) -> None:
    """Remove the networks of a run; its containers are gone by then."""
    filters = json.dumps({"label": [f"{RUN_LABEL}={run}"]})
    for network in told(engine, Question("GET", "/networks", {"filters": filters})):
        ask(engine, Question("DELETE", f"/networks/{network['Id']}"))


def _gateway(configs: Iterable[dict[str, str]] | None) -> str | None:
    """Return the first gateway of a network's address pools."""
    return next((one["Gateway"] for one in configs or () if one.get("Gateway")), None)


def _is_ours(address: str) -> bool:
    """Return whether an address is one of this machine's."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True

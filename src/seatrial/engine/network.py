"""The engine's networks."""

from __future__ import annotations

import json

from seatrial.engine.calls import call
from seatrial.engine.client import Engine
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
    configs = json.loads(answer.stdout) or []
    return next((config["Gateway"] for config in configs if config.get("Gateway")), None)

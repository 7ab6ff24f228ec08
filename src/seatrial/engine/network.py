"""The engine's networks."""

from __future__ import annotations

import json
import subprocess

from seatrial.engine.client import Engine
from seatrial.errors import NoEngineError


def host_gateway(engine: Engine) -> str | None:
    """Return the address that `host-gateway` stands for: the default bridge's, or None.

    Containers on any network reach this machine under it. One direct call: importing
    python-on-whales would take longer than all the rest of a second `postgres-up`.

    Raises:
        NoEngineError: When the engine does not say.
    """
    argv = [*engine.argv, "network", "inspect", "bridge", "--format", "{{json .IPAM.Config}}"]
    done = subprocess.run(
        argv,
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        raise NoEngineError("the engine does not tell its bridge", found=done.stderr.strip())
    configs = json.loads(done.stdout) or []
    return next((config["Gateway"] for config in configs if config.get("Gateway")), None)

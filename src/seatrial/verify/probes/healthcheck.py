"""Runs the image's own HEALTHCHECK: where the server is up, and where none runs."""

from __future__ import annotations

from collections.abc import Mapping

from seatrial.engine.streams import execute
from seatrial.errors import SeatrialError
from seatrial.model.observation import IdleHealthFacts
from seatrial.verify.lab import Lab

# What the engine gives a HEALTHCHECK that names no timeout.
DEFAULT_TIMEOUT = 30.0


def run_healthcheck(lab: Lab, name: str, env: Mapping[str, str] | None = None) -> int | None:
    """Run the HEALTHCHECK's command in a container, as the engine would; return its exit code.

    Args:
        lab: The trial.
        name: The container.
        env: Its environment, where the container itself has none.

    Returns:
        None when it did not end in its time.

    Raises:
        SeatrialError: When the image has none, or the engine cannot run it.
    """
    healthcheck = lab.image.healthcheck
    if healthcheck is None:
        raise SeatrialError("the image has no HEALTHCHECK")
    kind, *words = healthcheck.command
    command = tuple(words) if kind == "CMD" else ("/bin/sh", "-c", *words)
    seconds = healthcheck.timeout or DEFAULT_TIMEOUT
    return execute(lab.engine, name, command, env, seconds).code


def look_at_idle_health(lab: Lab, name: str) -> IdleHealthFacts:
    """Run the HEALTHCHECK's command in a container where no server runs."""
    try:
        return IdleHealthFacts(exit_code=run_healthcheck(lab, name, lab.values))
    except SeatrialError as error:
        return IdleHealthFacts(failure=error.message)

"""Asks a container, and believes the answer only while that container runs.

Where containers are reached at their own addresses, the engine gives the address of one that has
ended to the next one that is started. That may be a healthy one of another trial.
"""

from __future__ import annotations

from seatrial.model.observation import HttpAnswer
from seatrial.verify.lab import Lab
from seatrial.web import Ask, fetch, takes_connections

ENDED = "the container has ended"


def ask_container(lab: Lab, name: str, ask: Ask, seconds: float = 5.0) -> HttpAnswer:
    """Send a request to a container and return its answer, or why there was none.

    Args:
        lab: The trial.
        name: The container, or its id.
        ask: The request; its host and port are the container's.
        seconds: How long each step of it may take.

    Raises:
        StoppedError: When the trial is to end.
    """
    answer = fetch(ask, seconds)
    if answer.status is None or lab.state(name).running:
        return answer
    return HttpAnswer(method=ask.method, path=ask.path, error=ENDED)


def container_listens(lab: Lab, name: str, place: tuple[str, int]) -> bool:
    """Return whether a container takes connections at one of its ports."""
    return takes_connections(*place) and lab.state(name).running

"""One thing that was seen, in words, and the words that families share."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from typing import NamedTuple

from seatrial.model.observation import LogFacts, Observation, Start
from seatrial.model.units import show_duration

LINES = 40


class Fact(NamedTuple):
    """One thing that was seen; `lines` are evidence at length."""

    label: str
    text: str
    lines: tuple[str, ...] = ()


def came_up(start: Start) -> str:
    """Return how a container came up, in words."""
    if start.healthy_after is not None:
        return f"healthy after {show_duration(start.healthy_after)}"
    if start.exit_code is not None:
        return f"ended with code {start.exit_code}"
    return start.failure or "never became healthy"


def restricted(seen: Observation, restriction: str, label: str) -> Iterable[Fact]:
    """Say how it came up with less than usual, where that was tried."""
    start = (seen.restricted or {}).get(restriction)
    if start:
        memory = "; out of memory" if start.out_of_memory else ""
        yield Fact(label, came_up(start) + memory, said(start.logs, 6))


def said(logs: LogFacts, lines: int) -> tuple[str, ...]:
    """Return the last lines of both streams, each with its stream."""
    return tuple(
        f"{stream}: {line}"
        for stream, text in (("stdout", logs.stdout), ("stderr", logs.stderr))
        for line in text.splitlines()[-lines:]
    )


def count(things: Sized, one: str, many: str) -> str:
    """Return how many there are: `3 files`, `no file`."""
    number = len(things)
    return f"{number or 'no'} {one if number == 1 else many}"


def cut(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the first lines, and how many were left out."""
    every = tuple(lines)
    more = (f"… and {len(every) - LINES} more",) if len(every) > LINES else ()
    return every[:LINES] + more

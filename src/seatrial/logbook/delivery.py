"""Sends what waits in the outbox, in order: until it is taken, refused, or time is up."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seatrial.logbook import outbox
from seatrial.logbook.client import Answer, AwayError, send
from seatrial.logbook.outbox import Entry
from seatrial.logbook.place import Logbook

TAKEN = {200, 201, 202}
# What a logbook says that is busy, and a proxy of one that is away: time may help.
AWAY = {408, 429, 502, 503, 504}
# The key may be mended.
KEY = {401, 403}
ANSWER_SECONDS = 10.0
# A database may have to take in fifty thousand components.
SBOM_SECONDS = 60.0
LOCK_SECONDS = 3.0


@dataclass
class Delivery:
    """What became of the entries.

    Attributes:
        sent: Those that the logbook has now.
        refused: Those that it will not have, and what it said; their files are put aside.
        waiting: Files of those that still wait.
        trouble: Why they wait; empty where none does.
        answers: What was said last of each that was sent, by kind and key.
    """

    sent: list[Entry] = field(default_factory=list)
    refused: list[tuple[Entry, str]] = field(default_factory=list)
    waiting: list[Path] = field(default_factory=list)
    trouble: str = ""
    answers: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)


class _StopError(Exception):
    """No entry can be sent now."""


class _KeepError(Exception):
    """This entry was not taken, for no fault of its own; others may be."""


class _RefusedError(Exception):
    """The logbook will not have this entry."""

    def __init__(self, answer: dict[str, Any], told: str) -> None:
        super().__init__(told)
        self.answer = answer


def deliver(folder: Path, logbook: Logbook, *, seconds: float | None = None) -> Delivery:
    """Send what waits; what is put there meanwhile is sent, too.

    Args:
        folder: The outbox.
        logbook: Where to.
        seconds: How long all of it may take; None where somebody asked for it and waits.

    Raises:
        ConfigurationError: When the outbox cannot be written.
    """
    found, end = Delivery(), None if seconds is None else time.monotonic() + seconds
    with outbox.alone(
        folder, LOCK_SECONDS if seconds is None else min(LOCK_SECONDS, seconds)
    ) as held:
        if held:
            _send_all(folder, logbook, end, found)
        else:
            found.trouble = "another run is sending them"
    found.waiting = outbox.waiting(folder)
    if not found.waiting:
        found.trouble = ""
    return found


def _send_all(folder: Path, logbook: Logbook, end: float | None, found: Delivery) -> None:
    kept: set[Path] = set()
    while fresh := [path for path in outbox.waiting(folder) if path not in kept]:
        try:
            for path in fresh:
                _one(path, logbook, end, found, kept)
        except _StopError as error:
            found.trouble = str(error)
            return


def _one(path: Path, logbook: Logbook, end: float | None, found: Delivery, kept: set[Path]) -> None:
    try:
        entry = outbox.read(path)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        entry = Entry("unknown", path.name, path.name, ())
        outbox.refuse(path, {"status": None, "reason": f"the file is no entry: {error}"})
        found.refused.append((entry, f"the file is no entry: {error}"))
        return
    try:
        found.answers[entry.kind, entry.key] = _tell(logbook, entry, end)
    except _KeepError as error:
        kept.add(path)
        found.trouble = str(error)
    except _RefusedError as error:
        outbox.refuse(path, error.answer)
        found.refused.append((entry, str(error)))
    else:
        found.sent.append(entry)
        outbox.forget(path)


def _tell(logbook: Logbook, entry: Entry, end: float | None) -> Mapping[str, Any]:
    known = ""
    told: Mapping[str, Any] = {}
    for request in entry.requests:
        path = request.path.replace("{id}", known)
        seconds = SBOM_SECONDS if entry.kind == "sbom" else ANSWER_SECONDS
        if end is not None:
            seconds = min(seconds, end - time.monotonic())
        if seconds <= 0:
            raise _StopError("there was no time for them")
        try:
            answer = send(logbook, request.method, path, request.body, seconds)
        except AwayError as error:
            raise _StopError(f"{logbook.url}: {error}") from error
        told = {} if answer.status in request.settled else _judged(logbook, answer)
        known = str(told.get("id", ""))
    return told


def _judged(logbook: Logbook, answer: Answer) -> Mapping[str, Any]:
    """Return what the logbook says of what it has taken."""
    status, told = answer.status, f"{logbook.url} says {answer.complaint}"
    if status in TAKEN:
        if answer.document is None:
            # Whatever answers there, nothing was recorded: it may be a sign-in page of a network.
            raise _StopError(f"what answers at {logbook.url} is no logbook")
        return answer.document
    if status in KEY:
        raise _StopError(f"{logbook.url} refuses the key ({answer.complaint})")
    if status in AWAY:
        raise _StopError(told)
    if 400 <= status < 500:
        raise _RefusedError({"status": status, "answer": answer.document or answer.text}, told)
    if status >= 500:
        # It may be this one that it stumbles over: the others are not kept waiting behind it.
        raise _KeepError(told)
    raise _StopError(f"{logbook.url} points elsewhere ({status}); the key is not taken there")

"""Watches a run's containers: the engine tells what happens, so that nobody need ask again."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http.client import HTTPException

from seatrial.engine.api import Conversation, Question
from seatrial.engine.client import Engine
from seatrial.engine.containers import RUN_LABEL
from seatrial.errors import NoEngineError

_KINDS = ("start", "die", "kill", "oom")


@dataclass(frozen=True)
class Event:
    """Something that happened to a container.

    Attributes:
        name: The container's name.
        action: `start`, `die`, `kill` or `oom`.
        at: Seconds since the epoch, by the engine's clock.
        exit_code: Of `die`.
        signal: Of `kill`.
    """

    name: str
    action: str
    at: float
    exit_code: int | None = None
    signal: int | None = None


class Watch:
    """The events of one run, kept, and waited for."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._changed = threading.Condition()
        self._closed = False
        self._lost = False

    def mark(self) -> int:
        """Return how many events there were: what comes `after` that mark belongs to a new life."""
        return len(self._events)

    def wait(self, name: str, *actions: str, seconds: float, after: int = 0) -> Event | None:
        """Return the first event of `actions` of a container; None when it does not come in time.

        Also returns None when the watch is closed, because the trial was stopped.

        Raises:
            NoEngineError: When the engine no longer tells what happens.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or self.seen(name, *actions, after=after) is not None,
                timeout=seconds,
            )
            event = self.seen(name, *actions, after=after)
            if event is None and self._lost:
                # Not to be taken for a container to which nothing happened.
                raise NoEngineError(
                    "the engine went away in the middle of the work",
                    found="it no longer tells what happens",
                )
            return event

    def seen(self, name: str, *actions: str, after: int = 0) -> Event | None:
        """Return the first event of `actions` of a container that has come already."""
        return next(iter(self.all(name, *actions, after=after)), None)

    def all(self, name: str, *actions: str, after: int = 0) -> list[Event]:
        """Return the events of `actions` of a container that have come already, in order."""
        return [e for e in self._events[after:] if e.name == name and e.action in actions]

    def close(self) -> None:
        """Let go of everyone who waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def read(self, stream: Iterable[bytes]) -> None:
        """Keep the events of the engine's stream until it ends."""
        # It is closed under us in the end, in the middle of whatever http.client does just then.
        with contextlib.suppress(ValueError, OSError, AttributeError, HTTPException):
            for line in stream:
                event = parse_event(line)
                if event is not None:
                    with self._changed:
                        self._events.append(event)
                        self._changed.notify_all()
        self._lost = not self._closed
        self.close()


def parse_event(line: bytes) -> Event | None:
    """Return the event that a line of the engine's stream tells, if it tells one."""
    try:
        told = json.loads(line)
    except ValueError:
        return None
    facts = told.get("Actor", {}).get("Attributes", {})
    return Event(
        name=facts.get("name", ""),
        action=str(told.get("Action", "")),
        at=int(told.get("timeNano", 0)) / 1e9,
        exit_code=int(facts["exitCode"]) if "exitCode" in facts else None,
        signal=int(facts["signal"]) if facts.get("signal", "").isdigit() else None,
    )


@contextlib.contextmanager
def watching(engine: Engine, run: str) -> Iterator[Watch]:
    """Watch the containers of a run until the block is left."""
    filters = {"label": [f"{RUN_LABEL}={run}"], "event": list(_KINDS)}
    # A moment back: what happens before the stream is open is told once it is.
    query = {"since": f"{time.time() - 1:.3f}", "filters": json.dumps(filters)}
    watch = Watch()
    conversation = Conversation(engine, Question("GET", "/events", query))
    try:
        response = conversation.__enter__()
        # It answered in time; what it has to tell may take as long as the trial does.
        conversation.linger()
    except (OSError, HTTPException) as error:
        raise NoEngineError("the engine does not tell what happens", found=str(error)) from error
    reader = threading.Thread(target=watch.read, args=(response,), daemon=True)
    reader.start()
    try:
        yield watch
    finally:
        watch.close()
        conversation.cut()
        reader.join(5)
        conversation.__exit__()

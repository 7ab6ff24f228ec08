"""Watches a run's containers: the engine tells what happens, so that nobody need ask again."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from seatrial.engine.calls import streaming
from seatrial.engine.client import Engine
from seatrial.engine.containers import RUN_LABEL

_KINDS = ("start", "die", "kill", "oom", "health_status")


@dataclass(frozen=True)
class Event:
    """Something that happened to a container.

    Attributes:
        name: The container's name.
        action: `start`, `die`, `kill`, `oom`, `healthy` or `unhealthy`.
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

    def wait(self, name: str, *actions: str, seconds: float) -> Event | None:
        """Return the first event of `actions` of a container; None when it does not come in time.

        Also returns None when the watch is closed, because the trial was stopped.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or self.seen(name, *actions) is not None, timeout=seconds
            )
            return self.seen(name, *actions)

    def seen(self, name: str, *actions: str) -> Event | None:
        """Return the first event of `actions` of a container that has come already."""
        return next(iter(self.all(name, *actions)), None)

    def all(self, name: str, *actions: str) -> list[Event]:
        """Return the events of `actions` of a container that have come already, in order."""
        return [e for e in list(self._events) if e.name == name and e.action in actions]

    def close(self) -> None:
        """Let go of everyone who waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def read(self, stream: IO[bytes]) -> None:
        """Keep the events of the engine's stream until it ends."""
        with contextlib.suppress(ValueError, OSError):  # the stream was closed under us
            for line in stream:
                event = parse_event(line)
                if event is not None:
                    with self._changed:
                        self._events.append(event)
                        self._changed.notify_all()
        self.close()


def parse_event(line: bytes) -> Event | None:
    """Return the event that a line of `docker events --format json` tells, if it tells one."""
    try:
        told = json.loads(line)
    except ValueError:
        return None
    facts = told.get("Actor", {}).get("Attributes", {})
    action = str(told.get("Action", ""))
    return Event(
        name=facts.get("name", ""),
        action=action.removeprefix("health_status: "),
        at=int(told.get("timeNano", 0)) / 1e9,
        exit_code=int(facts["exitCode"]) if "exitCode" in facts else None,
        signal=int(facts["signal"]) if facts.get("signal", "").isdigit() else None,
    )


@contextlib.contextmanager
def watching(engine: Engine, run: str) -> Iterator[Watch]:
    """Watch the containers of a run until the block is left."""
    # A moment back: what happens before the stream is open is told once it is.
    words = ["events", "--format", "json", "--since", f"{time.time() - 1:.3f}"]
    words += ["--filter", f"label={RUN_LABEL}={run}"]
    words += [word for kind in _KINDS for word in ("--filter", f"event={kind}")]
    watch = Watch()
    with streaming(engine, *words) as process:
        assert process.stdout is not None  # noqa: S101 - Popen was asked for a pipe
        reader = threading.Thread(target=watch.read, args=(process.stdout,), daemon=True)
        reader.start()
        try:
            yield watch
        finally:
            watch.close()
            process.kill()
            reader.join(5)

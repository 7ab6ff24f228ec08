"""The laboratory of one trial: what every probe needs, and the way to stop them all."""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from seatrial.engine.client import Engine
from seatrial.engine.containers import (
    ContainerRun,
    ContainerState,
    inspect_container,
    make_container,
    remove_container,
    start_container,
)
from seatrial.engine.streams import container_logs
from seatrial.engine.watch import Event, Watch
from seatrial.errors import StoppedError
from seatrial.model.contract import Contract
from seatrial.model.image import ImageFacts
from seatrial.model.observation import LogFacts
from seatrial.model.plan import BuildRecord
from seatrial.verify.masking import mask
from seatrial.verify.places import Turns

CANARY_LENGTH = 40
TEXT_KEPT = 16 * 1024
LINES_KEPT = 20
LINE_KEPT = 200
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_LETTERS = "abcdefghijkmnopqrstuvwxyz23456789"


class Postgres(Protocol):
    """A Postgres in which a trial makes a database of its own."""

    def scratch(self, name: str, password: str) -> AbstractContextManager[tuple[str, int]]:
        """Make a role and a database called `name`, drop them on the way out; host and port."""


@dataclass(frozen=True)
class Order:
    """What is to be tried.

    Attributes:
        contract: What the image promises.
        folder: The contract's folder; its paths are relative to it.
        reference: The image.
        root: Root of the project that the image was built from, or None.
        record: Its build record, or None.
    """

    contract: Contract
    folder: Path
    reference: str
    root: Path | None = None
    record: BuildRecord | None = None


@dataclass(frozen=True)
class Lab:
    """One trial under way.

    Attributes:
        engine: The engine.
        order: What is tried.
        image: The image's configuration.
        run: Id of the trial; every container carries it.
        watch: What the engine tells of the trial's containers.
        values: Environment that the contract asks for, canaries filled in.
        stopping: Set when the trial is to end at once.
        tell: Called with a probe's name and what it does.
        architecture: Of the engine's machine, as the engine names it.
        postgres: Where a database for the container is made; None where there is no such place.
        planted: Secret values that probes made, by what they are.
        stoppers: How to end what would not notice by itself that the trial is to end.
        near: Whether containers are reached at their own addresses: no port need be published,
            which costs the engine a third of a start.
        turns: Turns at what keeps a core busy.
    """

    engine: Engine
    order: Order
    image: ImageFacts
    run: str
    watch: Watch
    values: Mapping[str, str]
    stopping: threading.Event = field(default_factory=threading.Event)
    tell: Callable[[str, str], None] = lambda _probe, _state: None
    architecture: str = ""
    postgres: Postgres | None = None
    planted: dict[str, str] = field(default_factory=dict)
    stoppers: list[Callable[[], None]] = field(default_factory=list)
    near: bool = False
    turns: Turns = field(default_factory=Turns)

    @property
    def contract(self) -> Contract:
        """What the image promises."""
        return self.order.contract

    @property
    def record(self) -> BuildRecord | None:
        """The build record, where the image is one that it tells of."""
        record = self.order.record
        for one in record.images if record else ():
            # By digest: a tag may be another's by now.
            if one.name == self.contract.image and one.digest == self.image.id:
                return record
        return None

    @property
    def secret_values(self) -> dict[str, str]:
        """Values that nobody may see, by their variable's name."""
        variables = {**self.contract.env.required, **self.contract.env.optional}
        given = {
            name: value
            for name, value in self.values.items()
            if name in variables and variables[name].secret and value
        }
        return given | self.planted

    def start(self, probe: str, **options: Any) -> tuple[str, str | None]:
        """Start a container; return its name, and why it could not be started, or None."""
        run = self.prepared(probe, **options)
        failure = make_container(self.engine, run) or start_container(self.engine, run.name)
        return run.name, failure

    def prepared(self, probe: str, **options: Any) -> ContainerRun:
        """Return how a container of the trial is run; its name ends with what it is for."""
        self.check()
        options.setdefault("env", self.values)
        if self.near:
            options.pop("publish", None)
        return ContainerRun(
            name=f"seatrial-{self.run}-{probe}",
            run=self.run,
            image=self.image.id,
            tmpfs=self.contract.filesystem.tmpfs,
            **options,
        )

    def state(self, name: str) -> ContainerState:
        """Return a container's state."""
        self.check()
        return inspect_container(self.engine, name)

    def wait(self, name: str, *actions: str, seconds: float, after: int = 0) -> Event | None:
        """Wait for something to happen to a container; None when it does not in time.

        Raises:
            StoppedError: When the trial is to end.
        """
        event = self.watch.wait(name, *actions, seconds=seconds, after=after)
        self.check()
        return event

    def logs(self, name: str) -> LogFacts:
        """Return what a container said; secret values in it are told by name and masked."""
        self.check()
        return self.log_facts(*container_logs(self.engine, name))

    def log_facts(self, out: str, err: str) -> LogFacts:
        """Return what was said on stdout and stderr; secret values are told by name and masked."""
        return LogFacts(
            stdout=self.masked(out)[-TEXT_KEPT:],
            stderr=self.masked(err)[-TEXT_KEPT:],
            stdout_bytes=len(out),
            stderr_bytes=len(err),
            ansi=bool(_ANSI.search(out) or _ANSI.search(err)),
            secrets=tuple(k for k, v in self.secret_values.items() if v in out or v in err),
            not_json=self._not_json(out),
        )

    def _not_json(self, out: str) -> tuple[str, ...] | None:
        logs = self.contract.logs
        if logs is None or logs.format != "json":
            return None
        return tuple(self.masked(line)[:LINE_KEPT] for line in lines_not_json(out, LINES_KEPT))

    def remove(self, name: str) -> None:
        """Remove a container that would go on working for nothing."""
        remove_container(self.engine, name)

    def masked(self, text: str) -> str:
        """Return a text with secret values replaced by their variables' names."""
        return mask(text, self.secret_values)

    def check(self) -> None:
        """Raise when the trial is to end.

        Raises:
            StoppedError: Then.
        """
        if self.stopping.is_set():
            raise StoppedError("the trial was stopped")

    def stop(self) -> None:
        """End the trial: every probe gives up at its next step."""
        self.stopping.set()
        self.watch.close()
        for stop in list(self.stoppers):
            stop()

    @contextmanager
    def stoppable(self, stop: Callable[[], None]) -> Iterator[None]:
        """Call `stop` when the trial is to end while the block runs."""
        self.stoppers.append(stop)
        try:
            self.check()
            yield
        finally:
            self.stoppers.remove(stop)


def trial_values(contract: Contract) -> dict[str, str]:
    """Return the environment of a trial: given values, and canaries where none is given."""
    values: dict[str, str] = {}
    for name, variable in contract.env.required.items():
        given = "{canary}" if variable.value is None else variable.value
        values[name] = given.replace("{canary}", new_word())
    for name, variable in contract.env.optional.items():
        if variable.value is not None:
            values[name] = variable.value.replace("{canary}", new_word())
    return values


def lines_not_json(text: str, most: int) -> list[str]:
    """Return the first lines that are no JSON object, at most so many."""
    found: list[str] = []
    for line in text.splitlines():
        if len(found) == most:
            break
        if not _is_object(line):
            found.append(line)
    return found


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def new_run() -> str:
    """Return a new run id: time, so that they sort, and chance, so that two never meet."""
    return f"{int(time.time()):x}{secrets.token_hex(3)}"


def new_word() -> str:
    """Return a random word of 40 letters and digits, which nothing says by chance."""
    return "c" + "".join(secrets.choice(_LETTERS) for _ in range(CANARY_LENGTH - 1))

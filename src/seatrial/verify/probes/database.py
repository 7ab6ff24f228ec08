"""A container whose database is away, comes, goes and comes back.

The database is real. Between it and the container stands a relay of ours: while that is closed the
container is refused, as by a machine on which no database runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from seatrial.engine.containers import ContainerState
from seatrial.engine.network import own_address
from seatrial.errors import NoEngineError, SeatrialError, StoppedError
from seatrial.model.observation import DatabaseFacts, HttpAnswer, RunningFacts
from seatrial.relay import Relay
from seatrial.verify.lab import Lab, Postgres, new_word
from seatrial.verify.probes.asking import ask_container
from seatrial.verify.probes.ready import reached_at, start_and_wait
from seatrial.web import Ask

PACE = 0.05
LONGEST_ANSWER = 5.0
# What does not survive it may take a moment to notice.
LOST_FOR = 0.5
NO_WAY = "a container of this engine cannot reach this machine, where the database would be"
NO_POSTGRES = "no Postgres was given to this trial"


@dataclass(frozen=True)
class AwayDatabase:
    """A database that is away until its relay is opened.

    Attributes:
        relay: Between it and the container; None where there is no database.
        name: Of the role and of the database.
        password: Its password.
        values: The environment of a container that is to use it.
        reason: Why there is none, though the contract promises one.
    """

    relay: Relay | None = None
    name: str = ""
    password: str = field(default="", repr=False)
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    reason: str = ""


@contextmanager
def away_database(lab: Lab) -> Iterator[AwayDatabase]:
    """Yield a database that is away, where the contract promises one; its relay is ended after."""
    promised = lab.contract.database
    if promised is None:
        yield AwayDatabase(values=lab.values)
        return
    host = own_address(lab.engine)
    if host is None or lab.postgres is None:
        yield AwayDatabase(values=lab.values, reason=NO_POSTGRES if host else NO_WAY)
        return
    relay = Relay(host)
    name, password = f"trial_{lab.run}", new_word()
    told = {"user": name, "password": password, "host": host, "port": str(relay.port), "name": name}
    url = promised.url
    for part, value in told.items():
        url = url.replace(f"{{{part}}}", value)
    variable = promised.variable
    lab.planted.update({f"{variable} of its database": url, f"password in {variable}": password})
    try:
        yield AwayDatabase(relay, name, password, {**lab.values, variable: url})
    finally:
        relay.end()


def look_at_database(
    lab: Lab, name: str, state: ContainerState, facts: RunningFacts, database: AwayDatabase
) -> RunningFacts:
    """Let the database of a healthy container come, go and come back, and watch what it says.

    What it says of that in its logs may hold a secret; it is not counted as said in service.
    """
    found = _looked(lab, facts, lambda: _comes_and_goes(lab, name, state, database))
    if found.database is None:
        return found
    told = tuple(sorted({*found.logs.secrets, *lab.logs(name).secrets}))
    return found.model_copy(update={"logs": found.logs.model_copy(update={"secrets": told})})


def look_without_health(lab: Lab, facts: RunningFacts, database: AwayDatabase) -> RunningFacts:
    """Start what did not become healthy without its database once more, with it."""
    return _looked(lab, facts, lambda: _with_database(lab, database))


def _looked(lab: Lab, facts: RunningFacts, look: Callable[[], DatabaseFacts]) -> RunningFacts:
    if lab.contract.database is None:
        return facts
    try:
        found = look()
    except (NoEngineError, StoppedError):
        raise
    except SeatrialError as error:
        return facts.model_copy(update={"unseen": {**facts.unseen, "database": error.message}})
    return facts.model_copy(update={"database": found})


def _both(lab: Lab, database: AwayDatabase) -> tuple[Relay, Postgres]:
    if database.relay is None or lab.postgres is None:
        raise SeatrialError(database.reason)
    return database.relay, lab.postgres


def _with_database(lab: Lab, database: AwayDatabase) -> DatabaseFacts:
    relay, postgres = _both(lab, database)
    with postgres.scratch(database.name, database.password) as behind:
        relay.open(behind)
        started = start_and_wait(lab, "with-database", env=database.values)
        relay.close()
    lab.remove(started.name)
    return DatabaseFacts(only_with=started.healthy, connections=relay.taken)


def _comes_and_goes(
    lab: Lab, name: str, state: ContainerState, database: AwayDatabase
) -> DatabaseFacts:
    relay, postgres = _both(lab, database)
    watch = _Watch(lab, name, state)
    away = watch.ready()
    lab.tell("running", "letting its database come and go")
    with postgres.scratch(database.name, database.password) as behind:
        relay.open(behind)
        ready_after = watch.until(lambda answer: answer.status == 200)
        if ready_after is not None and not relay.taken:
            # A connection may be made and not yet be counted.
            watch.lives(LOST_FOR)
        facts = DatabaseFacts(
            away=away, ready_after=ready_after, connections=relay.taken, answer=watch.last
        )
        if ready_after is not None:
            relay.close()
            facts = _loss(facts, watch, lambda: relay.open(behind))
        relay.close()
    died = lab.watch.seen(name, "die")
    return facts.model_copy(update={"exit_code": died.exit_code if died else None})


def _loss(facts: DatabaseFacts, watch: _Watch, come_back: Callable[[], None]) -> DatabaseFacts:
    told_after = watch.until(lambda answer: answer.status != 200)
    watch.lives(LOST_FOR)
    found = facts.model_copy(
        update={"told_after": told_after, "health": watch.health(), "answer": watch.last}
    )
    if told_after is None:
        return found
    come_back()
    again_after = watch.until(lambda answer: answer.status == 200)
    return found.model_copy(update={"again_after": again_after, "answer": watch.last})


class _Watch:
    """Asks a container's ready path until it says something, or has ended."""

    def __init__(self, lab: Lab, name: str, state: ContainerState) -> None:
        place = reached_at(state, lab.contract.network.http_port)
        health = lab.contract.health
        if place is None or health is None or health.ready_path is None:
            raise SeatrialError("its ready path cannot be reached from here")
        self._lab, self._name, self._place = lab, name, place
        self._paths = (health.ready_path, health.path)
        self.last: HttpAnswer | None = None

    def ready(self) -> HttpAnswer:
        """Return the ready path's answer now."""
        self.last = self._asked(self._paths[0] or "/")
        return self.last

    def health(self) -> HttpAnswer | None:
        """Return the health path's answer now; None where none is promised."""
        return self._asked(self._paths[1]) if self._paths[1] else None

    def lives(self, seconds: float) -> bool:
        """Return whether the container lives for so long."""
        return self._lab.wait(self._name, "die", seconds=seconds) is None

    def until(self, is_so: Callable[[HttpAnswer], bool]) -> float | None:
        """Return after how many seconds the ready path said so; None when it never did in time."""
        promised = self._lab.contract.database
        begin = time.monotonic()
        while time.monotonic() - begin < (promised.within if promised else 0.0):
            if is_so(self.ready()):
                return time.monotonic() - begin
            if not self.lives(PACE):
                return None
        return None

    def _asked(self, path: str) -> HttpAnswer:
        host, port = self._place
        return ask_container(self._lab, self._name, Ask(port, path, host=host), LONGEST_ANSWER)

"""The database of a container: how it is kept away, and what is seen as it comes and goes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import seen
from seen import CONTRACT, KEPT

from seatrial.engine.client import Engine
from seatrial.engine.containers import ContainerState
from seatrial.engine.watch import Watch
from seatrial.errors import DatabaseUnreachableError
from seatrial.model.contract import Contract
from seatrial.model.observation import DatabaseFacts, LogFacts, RunningFacts
from seatrial.relay import Relay
from seatrial.verify.lab import Lab, Order
from seatrial.verify.probes import database as probe
from seatrial.verify.probes.database import away_database, look_at_database

WITHIN = "1s"


class Harbour:
    """A Postgres for trials that is none: whoever connects is let in."""

    def __init__(self) -> None:
        self.made: list[tuple[str, str]] = []

    @contextmanager
    def scratch(self, name: str, password: str) -> Iterator[tuple[str, int]]:
        self.made.append((name, password))
        with socket.create_server(("127.0.0.1", 0)) as server:
            host, port = server.getsockname()
            yield host, port


class Nobody:
    @contextmanager
    def scratch(self, name: str, password: str) -> Iterator[tuple[str, int]]:
        raise DatabaseUnreachableError("no Postgres server is installed")
        yield "", 0


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "own_address", lambda _engine: "127.0.0.1")
    running = ContainerState("c1", 1, True, 0, False, None, {})
    monkeypatch.setattr(Lab, "state", lambda _lab, _name: running)
    monkeypatch.setattr(Lab, "logs", lambda _lab, _name: LogFacts(secrets=("password in LEVEL",)))


def lab(postgres: Harbour | Nobody | None) -> Lab:
    told = CONTRACT.model_dump(exclude_unset=True)
    told["database"] = {"variable": "LEVEL", "within": WITHIN}
    contract = Contract.model_validate(told)
    order = Order(contract, Path(), "tug:1")
    return Lab(Engine("docker"), order, KEPT.image, "r1", Watch(), {"A": "b"}, postgres=postgres)


@contextmanager
def serving(is_ready: Callable[[], bool], health: Callable[[], int]) -> Iterator[ContainerState]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ready = 200 if is_ready() else 503
            self.send_response(ready if self.path == "/ready" else health())
            self.end_headers()
            self.wfile.write(b'{"status": "ok"}')

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield ContainerState("c1", 1, True, 0, False, None, {8000: server.server_port})
    server.shutdown()
    server.server_close()


def answers(relay: Relay) -> bool:
    try:
        socket.create_connection((relay.host, relay.port), 1).close()
    except OSError:
        return False
    return True


def tried(
    is_ready: Callable[[Relay], bool], health: Callable[[], int] = lambda: 200
) -> DatabaseFacts:
    trial = lab(Harbour())
    with away_database(trial) as away:
        relay = away.relay
        assert relay is not None
        with serving(lambda: is_ready(relay), health) as state:
            found = look_at_database(trial, "tug", state, RunningFacts(start=seen.UP), away)
    assert found.database is not None
    return found.database


def test_the_address_holds_what_is_secret_and_nobody_answers_there() -> None:
    trial = lab(Harbour())
    with away_database(trial) as away:
        assert away.relay is not None
        url = away.values["LEVEL"]
        assert (
            url == f"postgresql://{away.name}:{away.password}@127.0.0.1:{away.relay.port}/trial_r1"
        )
        assert away.values["A"] == "b"
        assert set(trial.secret_values.values()) >= {url, away.password}
        assert not answers(away.relay)
        assert away.password not in repr(away)


def test_one_that_asks_its_database_each_time_is_seen_to_come_go_and_come_back() -> None:
    facts = tried(answers)
    assert facts.away is not None
    assert facts.away.status == 503
    assert facts.connections
    assert None not in {facts.ready_after, facts.told_after, facts.again_after}
    assert facts.exit_code is None


def test_one_that_always_says_ready_is_seen_never_to_connect() -> None:
    facts = tried(lambda _relay: True)
    assert facts.away is not None
    assert (facts.away.status, facts.connections) == (200, 0)
    assert facts.told_after is None


def test_one_that_never_is_ready_is_given_up_in_time() -> None:
    facts = tried(lambda _relay: False)
    assert facts.ready_after is None
    assert facts.health is None


def test_health_is_asked_while_the_database_is_lost() -> None:
    asked: list[int] = []

    def unwell() -> int:
        asked.append(1)
        return 500

    facts = tried(answers, unwell)
    assert facts.health is not None
    assert facts.health.status == 500
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("postgres", "reason"), [(None, probe.NO_POSTGRES), (Nobody(), "no Postgres server")]
)
def test_without_a_postgres_the_reason_is_kept(postgres: Nobody | None, reason: str) -> None:
    trial = lab(postgres)
    with away_database(trial) as away, serving(lambda: False, lambda: 200) as state:
        found = look_at_database(trial, "tug", state, RunningFacts(start=seen.UP), away)
    assert found.database is None
    assert reason in found.unseen["database"]


def test_where_containers_cannot_reach_this_machine_that_is_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(probe, "own_address", lambda _engine: None)
    trial = lab(Harbour())
    with away_database(trial) as away:
        assert (away.relay, away.reason) == (None, probe.NO_WAY)


def test_secrets_that_it_tells_when_its_database_is_there_are_kept() -> None:
    trial = lab(Harbour())
    with away_database(trial) as away, serving(lambda: False, lambda: 200) as state:
        found = look_at_database(trial, "tug", state, RunningFacts(start=seen.UP), away)
    assert found.logs.secrets == ("password in LEVEL",)


def test_a_trial_that_is_near_its_containers_publishes_none_of_their_ports() -> None:
    far = lab(None)
    assert far.prepared("running", publish=(8000,)).publish == (8000,)
    assert replace(far, near=True).prepared("running", publish=(8000,)).publish == ()

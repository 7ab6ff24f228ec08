"""Who gives a trial its Postgres, and that it is ended whatever happens."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from seen import CONTRACT

from seatrial import trial_database
from seatrial.model.contract import Contract
from seatrial.tasks import trying


class Server:
    made: list[Server] = []  # noqa: RUF012 - a list for each test, see below

    def __init__(self) -> None:
        self.ended = 0
        self.made.append(self)

    def end(self) -> None:
        self.ended += 1


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Server, "made", [])
    monkeypatch.setattr("seatrial.database.scratch.ScratchPostgres", Server)


def test_a_session_of_pytest_ends_the_one_that_it_was_given() -> None:
    session: Any = SimpleNamespace(config=SimpleNamespace(stash=pytest.Stash()))
    given: Any = trial_database.pytest_trial_postgres(session.config)
    assert (Server.made, given.ended) == ([given], 0)
    trial_database.pytest_sessionfinish(session)
    assert given.ended == 1


def test_a_session_that_needed_none_ends_none() -> None:
    session: Any = SimpleNamespace(config=SimpleNamespace(stash=pytest.Stash()))
    trial_database.pytest_sessionfinish(session)
    assert Server.made == []


def test_a_trial_that_is_interrupted_ends_its_own() -> None:
    with pytest.raises(KeyboardInterrupt), trying._postgres(CONTRACT):
        raise KeyboardInterrupt
    (made,) = Server.made
    assert made.ended == 1


def test_a_contract_without_a_database_starts_none() -> None:
    small = Contract.model_validate({"image": "tug", "limits": {"size": "1MiB"}})
    with trying._postgres(small) as given:
        assert given is None
    assert Server.made == []

"""The Postgres of trials: real, shared by sessions, and gone when nobody needs it."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from seatrial.database import scratch
from seatrial.database.scratch import VARIABLE, ScratchPostgres
from seatrial.errors import DatabaseUnreachableError

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """A folder that the server's user can reach, which pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="seatrial-scratch-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def alone(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Share the server with no other session on this machine."""
    monkeypatch.setattr(scratch, "SYSTEM_STATE", state)
    monkeypatch.setenv("XDG_CACHE_HOME", str(state))


@contextmanager
def postgres() -> Iterator[ScratchPostgres]:
    made = ScratchPostgres()
    try:
        yield made
    finally:
        made.end()


def answer(place: tuple[str, int], name: str, password: str) -> object:
    host, port = place
    with psycopg.connect(
        host=host, port=port, user=name, password=password, dbname=name
    ) as connection:
        connection.execute("CREATE TABLE ships (name text)")
        row = connection.execute(
            "SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row is not None
    assert not row[1], "what is tried needs no superuser"
    return row[0]


def test_a_database_is_made_for_its_role_alone_and_dropped_after() -> None:
    with postgres() as server:
        with server.scratch("trial_one", "hush") as place:
            assert answer(place, "trial_one", "hush") == "trial_one"
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                answer(place, "trial_one", "wrong")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            answer(place, "trial_one", "hush")


def test_two_sessions_share_a_server_and_the_last_one_stops_it() -> None:
    with postgres() as first:
        with (
            postgres() as second,
            first.scratch("trial_a", "a") as one,
            second.scratch("trial_b", "b") as other,
        ):
            assert one == other
        with first.scratch("trial_a", "a") as place:
            assert answer(place, "trial_a", "a") == "trial_a"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(place)


def test_what_a_killed_session_left_is_dropped_by_the_next() -> None:
    with postgres() as server:
        left = server.scratch("trial_left", "x")
        place = left.__enter__()
        answer(place, "trial_left", "x")
    with postgres() as server, server.scratch("trial_left", "y") as place:
        assert answer(place, "trial_left", "y") == "trial_left"


def test_an_address_that_is_given_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with postgres() as server:
        admin = server._address.result()
        url = f"postgresql://{admin.user}:{admin.password}@{admin.host}:{admin.port}/postgres"
        monkeypatch.setenv(VARIABLE, url)
        with postgres() as given, given.scratch("trial_given", "x") as place:
            assert place == (admin.host, admin.port)


def test_one_that_does_not_answer_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(VARIABLE, "postgresql://me:hush@127.0.0.1:9/any")
    with (
        postgres() as server,
        pytest.raises(DatabaseUnreachableError) as caught,
        server.scratch("trial_x", "y"),
    ):
        pass
    told = "\n".join(caught.value.lines())
    assert "me@127.0.0.1:9/any" in told
    assert "hush" not in told
    assert VARIABLE in told

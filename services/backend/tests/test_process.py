"""The processes as the image starts them: start, stop, streams, exit codes."""

import json
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from conftest import ENVIRONMENT
from logbook.database.migration import known_revisions
from postgres import Postgres
from process import Running, running

MODULES = ["logbook.api", "logbook.worker"]
LOGIN = json.dumps({"username": "captain", "password": "aye-aye-7"}).encode()
HEAD = (
    b"POST /api/v1/auth/login HTTP/1.1\r\nHost: logbook\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n" % len(LOGIN)
)
SECRETS = ["hidden-word", "hidden-word", ENVIRONMENT["JWT_SECRET_KEY"], "aye-aye-7"]


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Running]:
    """An API whose database is away, answering."""
    with running(tmp_path, ENVIRONMENT) as api:
        api.wait_for("/health", 200)
        yield api


@pytest.mark.parametrize(
    ("module", "names"), [("logbook.api", [*ENVIRONMENT]), ("logbook.worker", ["DATABASE_URL"])]
)
@pytest.mark.parametrize("value", [None, ""])
def test_each_missing_variable_ends_the_start_with_its_name(
    tmp_path: Path, module: str, names: list[str], value: str | None
) -> None:
    with ExitStack() as stack:
        started = {}
        for name in names:
            environment = {**ENVIRONMENT, name: value or ""}
            if value is None:
                del environment[name]
            context = running(tmp_path / name, environment, module=module)
            started[name] = stack.enter_context(context)
        for name, process in started.items():
            assert process.wait() == 2
            assert name in process.stderr
            assert "Traceback" not in process.stderr
            assert process.stdout == ""
            assert not [secret for secret in SECRETS if secret in process.stderr]


def test_all_missing_variables_are_named_at_once(tmp_path: Path) -> None:
    with running(tmp_path, {}) as process:
        assert process.wait() == 2
        assert all(name in process.stderr for name in ENVIRONMENT)


def test_a_stamp_that_cannot_be_read_ends_the_start(tmp_path: Path) -> None:
    stamp = tmp_path / "version.json"
    stamp.write_text("[]")
    with running(tmp_path, {**ENVIRONMENT, "VERSION_FILE": str(stamp)}) as process:
        assert process.wait() == 2
        assert "version.json" in process.stderr


def test_health_tells_the_stamp(tmp_path: Path) -> None:
    stamp = tmp_path / "version.json"
    stamp.write_text('{"sha": "abc", "dirty": true}')
    with running(tmp_path, {**ENVIRONMENT, "VERSION_FILE": str(stamp)}) as api:
        body = api.wait_for("/health", 200)
    assert body["version"] == {"sha": "abc", "dirty": True}


def test_the_api_serves_while_the_database_is_away(api: Running) -> None:
    status, body = api.get("/ready")
    assert (status, body["detail"]) == (503, "The database cannot be reached.")
    assert api.get("/health")[0] == 200
    assert "the database cannot be reached, trying on" in api.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_signal_while_idle_ends_with_0(api: Running, number: int) -> None:
    assert api.end(number) == 0
    assert "Traceback" not in api.stderr


def test_a_stop_signal_closes_idle_connections(api: Running) -> None:
    with api.connect() as idle:
        idle.sendall(b"GET /api/v1/health HTTP/1.1\r\nHost: logbook\r\n\r\n")
        assert b"200 OK" in idle.recv(65_536)
        started = time.monotonic()
        assert api.end() == 0
    assert time.monotonic() - started < 3


def _read_all(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_a_request_half_sent_at_the_stop_signal_is_answered(api: Running) -> None:
    with api.connect() as connection:
        connection.sendall(HEAD + LOGIN[:20])
        time.sleep(0.3)
        api.popen.send_signal(signal.SIGTERM)
        time.sleep(1.5)
        assert api.popen.poll() is None
        connection.sendall(LOGIN[20:])
        answer = _read_all(connection)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 ")  # signing in needs the database
    assert json.loads(body)["detail"] == "The database cannot be reached."
    assert api.wait() == 0


def test_no_new_connection_is_taken_after_the_stop_signal(api: Running) -> None:
    with api.connect() as connection:
        connection.sendall(HEAD + LOGIN[:20])
        time.sleep(0.3)
        api.popen.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        with pytest.raises(OSError, match="refused"):
            api.connect()
        connection.sendall(LOGIN[20:])
        assert _read_all(connection).startswith(b"HTTP/1.1 503")
    assert api.wait() == 0


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("delay", [0.1, 0.4])
def test_a_stop_signal_during_the_start_ends_it(tmp_path: Path, module: str, delay: float) -> None:
    with running(tmp_path, ENVIRONMENT, module=module) as process:
        time.sleep(delay)
        # Before Python runs our first line the default action holds, but not for process number 1.
        assert process.end() in {0, -signal.SIGTERM}
        assert "Traceback" not in process.stderr


def test_a_name_that_never_resolves_does_not_hold_up_the_end(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import socket, time\nsocket.getaddrinfo = lambda *a, **k: time.sleep(60)\n"
    )
    environment = {
        **ENVIRONMENT,
        "DATABASE_URL": "postgresql://a:b@db.invalid/c",
        "PYTHONPATH": str(tmp_path),
    }
    with running(tmp_path, environment) as api:
        deadline = time.monotonic() + 15
        while "Uvicorn running" not in api.stdout and time.monotonic() < deadline:
            time.sleep(0.05)
        started = time.monotonic()
        assert api.end() == 0
        assert time.monotonic() - started < 5


def test_a_port_in_use_ends_the_start(api: Running, tmp_path: Path) -> None:
    environment = {**ENVIRONMENT, "LISTEN_PORT": str(api.port)}
    with running(tmp_path / "second", environment) as second:
        assert second.wait() not in {0, None}
        assert "address already in use" in second.stderr


def test_info_goes_to_stdout_and_warnings_to_stderr(api: Running) -> None:
    with api.connect() as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        _read_all(connection)
    api.get("/health")
    assert api.end() == 0
    out, err = (
        [json.loads(line) for line in stream.splitlines()] for stream in (api.stdout, api.stderr)
    )
    assert {line["level"] for line in out} == {"info"}
    assert {line["level"] for line in err} == {"warning"}
    assert "GET /api/v1/health 200" in [line["message"] for line in out]
    assert "Invalid HTTP request received." in [line["message"] for line in err]
    assert "\x1b" not in api.stdout + api.stderr
    assert not [secret for secret in SECRETS if secret in api.stdout + api.stderr]


def test_the_health_check_tells_a_living_server_from_a_dead_one(
    api: Running, tmp_path: Path
) -> None:
    asked = {"LISTEN_PORT": str(api.port)}
    with running(tmp_path / "living", asked, "--healthy") as check:
        assert check.wait() == 0
    api.end()
    with running(tmp_path / "dead", asked, "--healthy") as check:
        assert check.wait() == 1
        assert str(api.port) in check.stderr
        assert "Traceback" not in check.stderr


def test_the_worker_lives_and_ends(tmp_path: Path) -> None:
    environment = {**ENVIRONMENT, "TMPDIR": str(tmp_path)}

    def healthy(folder: str) -> tuple[int, str]:
        place = tmp_path / folder
        with running(place, environment, "--healthy", module="logbook.worker") as check:
            return check.wait(), check.stderr

    assert healthy("before") == (1, "unhealthy: no heartbeat\n")
    with running(tmp_path, environment, module="logbook.worker") as worker:
        deadline = time.monotonic() + 15
        while "alive" not in worker.stdout and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.2)
        assert healthy("while") == (0, "")
        assert worker.end() == 0
        [warning] = [json.loads(line) for line in worker.stderr.splitlines()]
        assert warning["message"].startswith("cannot work now, trying on")  # no database
    assert healthy("after")[0] == 1


def test_three_processes_at_once_migrate_an_empty_database(
    tmp_path: Path, empty_database: str
) -> None:
    environment = {**ENVIRONMENT, "DATABASE_URL": empty_database}
    with ExitStack() as stack:
        apis = [
            stack.enter_context(running(tmp_path / str(number), environment)) for number in range(3)
        ]
        for api in apis:
            assert api.wait_for("/ready", 200) == {
                "status": "ready",
                "revision": known_revisions()[0],
            }
        for api in apis:
            assert api.end() == 0
            assert api.stderr == ""
    upgrades = [api.stdout.count("Running upgrade") for api in apis]
    assert sum(upgrades) == len(known_revisions())


def test_the_api_recovers_when_the_database_comes_goes_and_returns(
    tmp_path: Path, postgres_home: Path
) -> None:
    postgres = Postgres(postgres_home / "another")
    postgres.home.mkdir()
    postgres.prepare()
    url = postgres.url().render_as_string(hide_password=False)
    with running(tmp_path, {**ENVIRONMENT, "DATABASE_URL": url}) as api:
        api.wait_for("/health", 200)
        assert api.get("/ready")[0] == 503
        postgres.start()
        try:
            api.wait_for("/ready", 200)
        finally:
            postgres.stop()
        api.wait_for("/ready", 503)
        assert api.get("/health")[0] == 200
        postgres.start()
        try:
            api.wait_for("/ready", 200)
        finally:
            postgres.stop()
        assert api.end() == 0
        assert postgres.password not in api.stdout + api.stderr


async def test_a_database_of_a_newer_release_ends_the_start(
    tmp_path: Path, engine: AsyncEngine, migrated_database: str
) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = 'newer'"))
    with running(tmp_path, {**ENVIRONMENT, "DATABASE_URL": migrated_database}) as api:
        assert api.wait() == 1
        assert "the migration failed" in api.stderr
        assert "newer" in api.stderr

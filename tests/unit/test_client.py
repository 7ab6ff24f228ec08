"""Finding the engine and its client."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from unit.fakes import make_docker

from seatrial.engine import client
from seatrial.engine.client import Engine, answers, find_client, find_engine, private_socket
from seatrial.errors import NoEngineError

PONG = b"HTTP/1.0 200 OK\r\n\r\nOK"


@contextmanager
def engine_at(path: Path, reply: bytes = PONG) -> Iterator[Path]:
    """A socket that answers every caller with `reply`, and with nothing at all when it is empty."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        held = []

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                held.append(connection)
                if reply:
                    connection.recv(100)
                    connection.sendall(reply)

        threading.Thread(target=serve, daemon=True).start()
        yield path
        server.shutdown(socket.SHUT_RDWR)
        for connection in held:
            connection.close()


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A client, and no engine anywhere; the environment that says so."""
    make_docker(tmp_path / "bin")
    monkeypatch.setattr(client, "DEFAULT_SOCKET", tmp_path / "default.sock")
    return {
        "PATH": str(tmp_path / "bin"),
        "SEATRIAL_ENGINE_RUN": str(tmp_path),
        "DOCKER_CONFIG": str(tmp_path / "config"),
    }


def test_an_engine_answers_a_ping(tmp_path: Path) -> None:
    with engine_at(tmp_path / "s") as path:
        assert answers(path)


@pytest.mark.parametrize("reply", [b"HTTP/1.0 500 no\r\n\r\n", b"", b"garbage"])
def test_what_gives_no_200_in_time_is_no_engine(tmp_path: Path, reply: bytes) -> None:
    with engine_at(tmp_path / "s", reply) as path:
        assert not answers(path, seconds=0.2)


def test_a_socket_that_nobody_listens_on_is_no_engine(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "stale"))
    assert not answers(tmp_path / "stale")
    assert not answers(tmp_path / "none")
    assert not answers(tmp_path / ("x" * 200))


def test_without_a_client_the_error_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(NoEngineError, match="no docker client on PATH") as caught:
        find_client({"PATH": str(tmp_path)})
    assert "scripts/run" in (caught.value.hint or "")
    assert caught.value.exit_code == 3


def test_the_default_engine_is_preferred_to_the_private_one(
    places: dict[str, str], tmp_path: Path
) -> None:
    with engine_at(tmp_path / "default.sock"), engine_at(tmp_path / "docker.sock"):
        found = find_engine(places)
    assert found == Engine(str(tmp_path / "bin/docker"))
    assert found.argv == (str(tmp_path / "bin/docker"),)


def test_the_private_engine_is_found_where_no_other_answers(
    places: dict[str, str], tmp_path: Path
) -> None:
    with engine_at(tmp_path / "docker.sock") as path:
        found = find_engine(places)
    assert (found.host, found.private) == (f"unix://{path}", True)
    assert found.argv[1:] == ("--host", f"unix://{path}")
    assert private_socket(places) == path


def test_docker_host_comes_before_all_others(places: dict[str, str], tmp_path: Path) -> None:
    with engine_at(tmp_path / "own.sock") as own, engine_at(tmp_path / "default.sock"):
        found = find_engine({**places, "DOCKER_HOST": f"unix://{own}"})
    assert (found.host, found.private) == (f"unix://{own}", False)


def test_docker_host_may_name_the_private_engine(places: dict[str, str], tmp_path: Path) -> None:
    with engine_at(tmp_path / "docker.sock") as path:
        assert find_engine({**places, "DOCKER_HOST": f"unix://{path}"}).private


def test_docker_host_that_points_nowhere_is_an_error_that_names_it(
    places: dict[str, str], tmp_path: Path
) -> None:
    with (
        engine_at(tmp_path / "default.sock"),
        pytest.raises(NoEngineError, match="no engine answers at unix:///none") as caught,
    ):
        find_engine({**places, "DOCKER_HOST": "unix:///none"})
    assert "DOCKER_HOST" in (caught.value.hint or "")


@pytest.mark.parametrize("host", ["tcp://127.0.0.1:{}", "tcp://[::1]:{}/", "tcp://nowhere"])
def test_a_port_that_nobody_listens_on_is_an_error(places: dict[str, str], host: str) -> None:
    address = host.format(unused_port())
    with pytest.raises(NoEngineError, match="no engine answers at tcp://"):
        find_engine({**places, "DOCKER_HOST": address})


def test_a_port_that_somebody_listens_on_is_taken(places: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        assert find_engine({**places, "DOCKER_HOST": host}).host == host


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_an_engine_elsewhere_is_taken_at_its_word(places: dict[str, str]) -> None:
    host = "ssh://somebody@host.example"
    assert find_engine({**places, "DOCKER_HOST": host}).host == host


def test_where_nothing_answers_the_error_names_every_place(
    places: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(NoEngineError, match="no engine answers") as caught:
        find_engine(places)
    for word in ("default.sock", str(tmp_path / "docker.sock"), "DOCKER_HOST"):
        assert word in (caught.value.expected or "")
    assert "scripts/engine up" in (caught.value.hint or "")


def test_a_context_of_dockers_is_left_to_the_client(places: dict[str, str]) -> None:
    assert find_engine({**places, "DOCKER_CONTEXT": "desktop"}).host is None


def write_config(places: dict[str, str], text: str) -> None:
    folder = Path(places["DOCKER_CONFIG"])
    folder.mkdir()
    (folder / "config.json").write_text(text)


def test_the_context_in_use_is_left_to_the_client(places: dict[str, str]) -> None:
    write_config(places, json.dumps({"currentContext": "rootless"}))
    assert find_engine(places) == Engine(find_client(places))


@pytest.mark.parametrize("text", ["{}", '{"currentContext": "default"}', "[", "[]", "7"])
def test_a_configuration_without_a_context_changes_nothing(
    places: dict[str, str], text: str
) -> None:
    write_config(places, text)
    with pytest.raises(NoEngineError):
        find_engine(places)

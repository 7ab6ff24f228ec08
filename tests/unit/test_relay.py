"""The relay between a container and its database: closed, open, closed, open again."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from seatrial.relay import Relay

SECONDS = 5.0


@pytest.fixture
def behind() -> Iterator[tuple[str, int]]:
    """A server that says each line back."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=echo, args=(connection,), daemon=True).start()

    def echo(connection: socket.socket) -> None:
        with connection:
            while piece := connection.recv(100_000):
                connection.sendall(piece)

    threading.Thread(target=serve, daemon=True).start()
    host, port = server.getsockname()
    yield host, port
    server.shutdown(socket.SHUT_RDWR)
    server.close()


@pytest.fixture
def relay() -> Iterator[Relay]:
    relay = Relay("127.0.0.1")
    yield relay
    relay.end()


def connect(relay: Relay) -> socket.socket:
    return socket.create_connection((relay.host, relay.port), SECONDS)


def say(connection: socket.socket, words: bytes) -> bytes:
    connection.sendall(words)
    heard = b""
    while len(heard) < len(words):
        piece = connection.recv(65536)
        if not piece:
            break
        heard += piece
    return heard


def test_a_closed_relay_refuses(relay: Relay) -> None:
    with pytest.raises(ConnectionRefusedError):
        connect(relay)


def test_an_open_relay_hands_on_both_ways_and_counts(relay: Relay, behind: tuple[str, int]) -> None:
    relay.open(behind)
    with connect(relay) as first, connect(relay) as second:
        assert say(first, b"ahoy") == b"ahoy"
        assert say(second, b"x" * 300_000) == b"x" * 300_000
    assert relay.taken == 2


def test_closing_cuts_what_is_connected_and_refuses_the_next(
    relay: Relay, behind: tuple[str, int]
) -> None:
    relay.open(behind)
    with connect(relay) as connection:
        assert say(connection, b"ahoy") == b"ahoy"
        relay.close()
        with pytest.raises(ConnectionRefusedError):
            connect(relay)
        with contextlib.suppress(ConnectionResetError):  # cut is cut
            assert connection.recv(10) == b""


def test_it_opens_again_on_the_same_port_as_often_as_one_likes(
    relay: Relay, behind: tuple[str, int]
) -> None:
    port = relay.port
    for _ in range(5):
        relay.open(behind)
        with connect(relay) as connection:
            assert say(connection, b"ahoy") == b"ahoy"
        relay.close()
    assert relay.port == port


def test_its_port_is_nobody_elses_while_it_is_closed(relay: Relay) -> None:
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind((relay.host, relay.port))


def test_where_nothing_is_behind_the_connection_is_cut(relay: Relay) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    relay.open(("127.0.0.1", port))
    with connect(relay) as connection:
        connection.settimeout(SECONDS)
        assert connection.recv(1) == b""
    assert relay.taken == 0

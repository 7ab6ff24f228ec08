"""Asking a container: whose answer is it?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

from seatrial.verify.probes.asking import ENDED, ask_container, container_listens
from seatrial.web import Ask


class Well(BaseHTTPRequestHandler):
    """Answers everything with success."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"well")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """Where somebody answers: the container, or whoever has its address by now."""
    with HTTPServer(("127.0.0.1", 0), Well) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_port
        server.shutdown()


def lab(*, running: bool) -> Any:
    return SimpleNamespace(state=lambda _name: SimpleNamespace(running=running))


def test_an_answer_counts_while_the_container_runs(port: int) -> None:
    answer = ask_container(lab(running=True), "tug", Ask(port, "/health"))
    assert (answer.status, answer.body) == (200, "well")


def test_an_answer_from_the_address_of_a_container_that_has_ended_is_nobodys(port: int) -> None:
    answer = ask_container(lab(running=False), "tug", Ask(port, "/health"))
    assert (answer.status, answer.error, answer.path) == (None, ENDED, "/health")


@pytest.mark.parametrize("running", [True, False])
def test_a_port_counts_as_the_containers_while_it_runs(port: int, running: bool) -> None:
    assert container_listens(lab(running=running), "tug", ("127.0.0.1", port)) is running


def test_what_answers_nobody_is_not_looked_up(port: int) -> None:
    nobody = SimpleNamespace(state=None)
    place = ("127.0.0.1", 1)
    assert not container_listens(nobody, "tug", place)  # type: ignore[arg-type]
    assert ask_container(nobody, "tug", Ask(1, "/")).status is None  # type: ignore[arg-type]

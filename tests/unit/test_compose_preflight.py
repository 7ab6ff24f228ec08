"""What stands in the way of a stack, before anything is started."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence

import pytest

from seatrial.compose import preflight
from seatrial.compose.preflight import (
    Facts,
    Overlap,
    TakenPort,
    absent_images,
    judge,
    overlapping,
    taken_ports,
)
from seatrial.engine.client import Engine
from seatrial.engine.images import StoredImage
from seatrial.errors import ComposeFailedError, DatabaseUnreachableError
from seatrial.model.stack import Container, Port, Service, Stack

ENGINE = Engine("docker")
HELD = StoredImage("sha256:1", ("shop-web:latest",), 1, {})


@pytest.fixture
def listening() -> Iterator[int]:
    """A port of this machine on which this process listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def _no_publisher(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "publisher", lambda _engine, _port: None)


def web(port: int) -> Service:
    return Service(name="web", ports=(Port(host="127.0.0.1", published=port, target=80),))


def test_nothing_in_the_way_is_no_error() -> None:
    assert judge(Facts()) is None


def test_an_image_that_is_not_there_is_named_with_the_way_to_build_it() -> None:
    error = judge(Facts(absent={"web": "shop-web:latest"}))
    assert isinstance(error, ComposeFailedError)
    assert error.found == "web wants shop-web:latest"
    assert error.hint == "invoke build-prod builds them"


def test_only_images_that_may_not_be_pulled_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def held(_engine: Engine, references: Sequence[str]) -> dict[str, StoredImage]:
        return {HELD.tags[0]: HELD} if HELD.tags[0] in references else {}

    monkeypatch.setattr(preflight, "inspect_images", held)
    services = [
        Service(name="web", image="shop-web", never_pulled=True),
        Service(name="page", image="shop-page", never_pulled=True),
        Service(name="cache", image="redis"),
    ]
    assert absent_images(ENGINE, services) == {"page": "shop-page:latest"}


@pytest.mark.usefixtures("_no_publisher")
def test_a_port_that_another_process_has_is_named_with_it(listening: int) -> None:
    taken = taken_ports(ENGINE, [web(listening)], [])
    error = judge(Facts(taken=taken))
    assert error is not None
    assert error.message == f"web cannot publish its port 127.0.0.1:{listening}"
    assert "(pid " in str(error.found)


def test_a_port_that_a_container_of_others_publishes_is_named_with_it(
    listening: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "publisher", lambda _engine, _port: "somebody-web-1")
    taken = taken_ports(ENGINE, [web(listening)], [])
    assert taken[0].holder == "the container somebody-web-1"


@pytest.mark.usefixtures("_no_publisher")
def test_a_port_that_our_own_stack_has_is_fine(listening: int) -> None:
    port = Port(host="127.0.0.1", published=listening, target=80)
    own = Container(id="1", name="shop-web-1", service="web", state="running", ports=(port,))
    assert taken_ports(ENGINE, [web(listening)], [own]) == ()


@pytest.mark.usefixtures("_no_publisher")
def test_a_free_port_is_fine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    assert taken_ports(ENGINE, [web(free)], []) == ()


def test_a_network_that_overlaps_anothers_is_named_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    others = {"172.16.86.64/26": "vpn", "172.17.0.0/16": "bridge", "fd00::/64": "six"}
    monkeypatch.setattr(preflight, "foreign_subnets", lambda _engine, _name: others)
    stack = Stack(name="shop", services=(), subnets=("172.16.86.0/24", "172.16.87.0/24"))
    found = overlapping(ENGINE, stack)
    assert found == (Overlap("172.16.86.0/24", "172.16.86.64/26", "vpn"),)
    error = judge(Facts(overlaps=found))
    assert isinstance(error, ComposeFailedError)
    assert error.message == "the stack cannot have its network 172.16.86.0/24"
    assert error.found == "the engine's network vpn has 172.16.86.64/26"


def test_a_stack_that_wants_no_subnet_asks_the_engine_nothing() -> None:
    assert overlapping(Engine("no-such-client"), Stack(name="shop", services=())) == ()


def test_a_database_out_of_reach_keeps_its_own_exit_code() -> None:
    error = judge(Facts(database=DatabaseUnreachableError("away", hint="invoke postgres-up")))
    assert error is not None
    assert error.exit_code == 6


def test_several_things_in_the_way_are_all_told_at_once() -> None:
    port = Port(host="127.0.0.1", published=80, target=80)
    error = judge(
        Facts(
            absent={"web": "shop-web:latest"},
            taken=(TakenPort("web", port, None),),
            database=DatabaseUnreachableError("the database is away", hint="invoke postgres-up"),
        )
    )
    assert error is not None
    assert error.message == "3 things stand in the way of the stack"
    told = "\n".join(error.lines())
    for words in ("shop-web:latest", "127.0.0.1:80", "another process", "invoke postgres-up"):
        assert words in told

"""An engine that goes away, hangs, or is full in the middle of a trial."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dock import Dock, assert_clear, make_dock, wait_for_containers
from faults import EngineProxy, processes_naming

from seatrial.contracts import read_contract
from seatrial.engine import api
from seatrial.engine.client import Engine
from seatrial.errors import NoEngineError
from seatrial.verify.lab import Order
from seatrial.verify.trial import observe

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def dock(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dock]:
    with make_dock(engine, tmp_path_factory.mktemp("dock")) as made:
        yield made


@pytest.fixture(autouse=True)
def nothing_left(dock: Dock) -> Iterator[None]:
    yield
    dock.clear()


@pytest.fixture
def proxy(engine: Engine) -> Iterator[EngineProxy]:
    assert engine.socket, "these tests need an engine on a Unix socket"
    with tempfile.TemporaryDirectory(prefix="st-") as folder:
        made = EngineProxy(Path(folder) / "docker.sock", engine.socket)
        yield made
        made.cut()


def test_an_engine_that_goes_away_is_told_with_what_removes_its_containers_later(
    dock: Dock, proxy: EngineProxy
) -> None:
    command = dock.start(DOCKER_HOST=proxy.host)
    wait_for_containers(dock, command)
    proxy.cut()
    ended = command.end(within=30)
    assert ended.code == 3, ended.told
    assert "the engine went away in the middle of the work" in ended.told
    assert list(processes_naming(proxy.host)) == []
    remove_later(dock, ended.told)
    assert_clear(ended, dock)


def test_an_engine_that_no_longer_tells_what_happens_is_not_taken_for_a_quiet_container(
    dock: Dock, proxy: EngineProxy
) -> None:
    command = dock.start(DOCKER_HOST=proxy.host)
    wait_for_containers(dock, command)
    assert proxy.drop("/events") == 1
    ended = command.end(within=60)
    assert ended.code == 3, ended.told
    assert "it no longer tells what happens" in ended.told
    assert_clear(ended, dock)


def test_pytest_ends_as_one_whose_engine_went_away_not_as_one_who_found_a_fault(
    dock: Dock, proxy: EngineProxy
) -> None:
    words = ("-m", "pytest", "-p", "no:cacheprovider", ".", "--trial-ref", f"shop={dock.image}")
    command = dock.command(sys.executable, *words, DOCKER_HOST=proxy.host)
    wait_for_containers(dock, command)
    proxy.cut()
    ended = command.end(within=30)
    assert ended.code == 3, ended.told
    assert "NOT TRIED: the engine went away in the middle of the work" in ended.told
    remove_later(dock, ended.told)
    assert_clear(ended, dock)


def remove_later(dock: Dock, told: str) -> None:
    """Do what the message says, when the engine is back."""
    hint = next(line for line in told.splitlines() if "docker rm" in line)
    engine = f"{dock.engine.client} --host unix://{dock.engine.socket}"
    line = re.sub(r"\bdocker\b", engine, hint.partition("goes with: ")[2])
    subprocess.run(["bash", "-c", line], check=True, capture_output=True, timeout=60)


def hanging(dock: Dock, proxy: EngineProxy, questions: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Try the image on an engine that leaves some questions unanswered; return what is told."""
    # As long as a test can wait, in place of thirty seconds.
    monkeypatch.setattr(api.Question.__init__, "__defaults__", (None, None, 2.0))
    proxy.keep(questions)
    engine = Engine(dock.engine.client, proxy.host, socket=proxy.place)
    contract = read_contract(dock.folder / "contract.toml")
    begin = time.monotonic()
    with pytest.raises(NoEngineError) as caught:
        observe(engine, Order(contract, dock.folder, dock.image))
    assert time.monotonic() - begin < 60
    return "\n".join(caught.value.lines())


def test_a_container_that_can_neither_be_stopped_nor_removed_is_told(
    dock: Dock, proxy: EngineProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = r"^(POST .*/containers/[^ /]+/(stop|kill)|DELETE )"
    told = hanging(dock, proxy, never, monkeypatch)
    assert "the engine did not answer DELETE /containers/" in told
    assert dock.containers()
    remove_later(dock, told)
    assert dock.containers() == []


@pytest.mark.parametrize("questions", ["/start", "/json", "/logs", "/events", "/images"])
def test_an_engine_that_stops_answering_is_told(
    dock: Dock, proxy: EngineProxy, monkeypatch: pytest.MonkeyPatch, questions: str
) -> None:
    told = hanging(dock, proxy, questions, monkeypatch)
    assert "the engine did not answer" in told or "does not tell what happens" in told

"""Bringing a stack up, with an engine that is played."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from seatrial.compose import up
from seatrial.compose.up import Start, bring_up
from seatrial.engine import compose, composed
from seatrial.engine.client import Engine
from seatrial.engine.compose import ComposeProject, UpResult, _event
from seatrial.errors import ComposeFailedError, ConfigurationError, NoEngineError
from seatrial.model.stack import Container, Service, StackEvent

ENGINE = Engine("docker")
WEB = Service(name="web")
START = Start(ComposeProject("shop", Path("compose.yml")), (WEB,), (), 7, Path("empty"))


def container(state: str = "running", health: str | None = "healthy", **more: object) -> Container:
    facts = {"id": "1", "name": "shop-web-1", "service": "web", "state": state, "health": health}
    return Container.model_validate({**facts, **more})


class Played:
    """An engine's side: what `up` answers and what the containers are, look after look."""

    def __init__(self, result: UpResult | BaseException, looks: Sequence[list[Container]]) -> None:
        self.result = result
        self.looks = list(looks)
        self.done: list[tuple[object, ...]] = []
        self.blocked: list[bool] = []

    def up(self, *_args: object, **options: object) -> UpResult:
        self.done.append(("up", options["services"], options["profiles"], options["seconds"]))
        if isinstance(self.result, BaseException):
            raise self.result
        return self.result

    def containers(self, *_args: object) -> tuple[Container, ...]:
        return tuple(self.looks.pop(0) if len(self.looks) > 1 else self.looks[0])

    def note(self, word: str) -> Callable[..., None]:
        def noted(*args: object) -> None:
            self.done.append((word, *args[1:]))
            self.blocked.append(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)

        return noted

    def install(self, monkeypatch: pytest.MonkeyPatch) -> Played:
        monkeypatch.setattr(compose, "up", self.up)
        monkeypatch.setattr(compose, "down", self.note("down"))
        monkeypatch.setattr(composed, "containers_of", self.containers)
        monkeypatch.setattr(composed, "networks_of", lambda *_: ())
        monkeypatch.setattr(composed, "remove_containers", self.note("remove"))
        monkeypatch.setattr(composed, "log_tail", lambda *_: ("one", "two"))
        monkeypatch.setattr(time, "sleep", lambda _seconds: None)
        return self


def nothing(_event: StackEvent) -> None:
    return None


def test_a_stack_that_is_well_gives_its_containers(monkeypatch: pytest.MonkeyPatch) -> None:
    played = Played(UpResult(ok=True), [[], [container()]]).install(monkeypatch)
    assert [c.service for c in bring_up(ENGINE, START, nothing)] == ["web"]
    assert played.done == [("up", ["web"], (), 7)]


def test_a_service_that_dies_is_named_with_its_code_and_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dead = container("exited", None, exit_code=3)
    played = Played(UpResult(ok=False), [[], [dead]]).install(monkeypatch)
    with pytest.raises(ComposeFailedError) as caught:
        bring_up(ENGINE, START, nothing)
    assert caught.value.exit_code == 5
    assert caught.value.message == "web exited with 3"
    assert caught.value.detail == ("web, the last 2 lines of its log:", "one", "two")
    assert "compose-down" in str(caught.value.hint)
    assert [word for word, *_ in played.done] == ["up"], "what came up is left"


def test_a_service_without_a_health_check_must_live_on_for_a_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = [[], [container("running", None)], [container("exited", None, exit_code=1)]]
    Played(UpResult(ok=True), looks).install(monkeypatch)
    with pytest.raises(ComposeFailedError, match="web exited with 1"):
        bring_up(ENGINE, START, nothing)


def test_the_last_health_check_is_shown_of_a_sick_service(monkeypatch: pytest.MonkeyPatch) -> None:
    sick = container("running", "unhealthy", health_output="refused\n")
    Played(UpResult(ok=False), [[], [sick]]).install(monkeypatch)
    with pytest.raises(ComposeFailedError, match="web is unhealthy") as caught:
        bring_up(ENGINE, START, nothing)
    assert caught.value.detail[-2:] == ("web, its last health check:", "refused")


def test_a_one_shot_that_nobody_waits_for_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = container("exited", None, exit_code=0)
    Played(UpResult(ok=False), [[], [ended]]).install(monkeypatch)
    with pytest.raises(ComposeFailedError, match="web exited with 0") as caught:
        bring_up(ENGINE, START, nothing)
    assert "service_completed_successfully" in str(caught.value.hint)


def test_what_compose_complains_of_is_told_where_no_container_is_to_blame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = UpResult(ok=False, complaints=("No such image: web:1",))
    Played(result, [[], [container("created", None)]]).install(monkeypatch)
    with pytest.raises(ComposeFailedError) as caught:
        bring_up(ENGINE, START, nothing)
    assert caught.value.found == "No such image: web:1"


def test_an_interrupted_start_takes_the_whole_project_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    played = Played(KeyboardInterrupt(), [[], [container()], []]).install(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        bring_up(ENGINE, START, nothing)
    assert played.done[1:] == [("down", "shop", Path("empty"), up.INTERRUPTED_GRACE)]
    assert played.blocked == [True], "a second Ctrl-C must not stop the cleaning"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupted_start_leaves_what_ran_before(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = container(id="old"), container(id="new")
    looks = [[old], [old, new], [old]]
    played = Played(KeyboardInterrupt(), looks).install(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        bring_up(ENGINE, START, nothing)
    removed = [done for done in played.done if done[0] == "remove"]
    assert removed[0] == ("remove", ["new"], up.INTERRUPTED_GRACE)
    assert "down" not in [done[0] for done in played.done]


def played_client(folder: Path, script: str) -> Engine:
    """A client that is a script."""
    path = folder / "docker"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return Engine(str(path))


def test_a_client_without_compose_is_an_engine_that_lacks_something(tmp_path: Path) -> None:
    engine = played_client(tmp_path, 'echo "unknown flag: --file" >&2; exit 125')
    with pytest.raises(NoEngineError, match="has no Compose") as caught:
        compose.read_config(engine, START.project)
    assert caught.value.exit_code == 3


def test_an_engine_that_went_away_is_an_error_in_words(tmp_path: Path) -> None:
    engine = played_client(tmp_path, 'echo "Cannot connect to the Docker daemon" >&2; exit 1')
    for ask in (composed.containers_of, composed.networks_of):
        with pytest.raises(NoEngineError, match="does not answer") as caught:
            ask(engine, "shop")
        assert caught.value.found == "Cannot connect to the Docker daemon"


def test_what_compose_cannot_read_is_told_in_its_own_words(tmp_path: Path) -> None:
    engine = played_client(tmp_path, 'echo "required variable KEY is missing" >&2; exit 1')
    with pytest.raises(ConfigurationError, match=r"Compose cannot read compose\.yml") as caught:
        compose.read_config(engine, START.project)
    assert caught.value.found == "required variable KEY is missing"


def test_a_client_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "SPARE_SECONDS", -0.8)
    engine = played_client(tmp_path, "exec sleep 60")
    began = time.monotonic()
    result = compose.up(
        engine, START.project, profiles=[], services=["web"], seconds=1, on_event=nothing
    )
    assert not result.ok
    assert time.monotonic() - began < 10


def test_what_compose_does_is_told_as_it_happens(tmp_path: Path) -> None:
    said = '{"id":"Container shop-web-1","status":"Started"}'
    engine = played_client(tmp_path, f"echo '{said}' >&2; echo nonsense >&2; exit 1")
    events: list[StackEvent] = []
    result = compose.up(
        engine, START.project, profiles=[], services=["web"], seconds=1, on_event=events.append
    )
    assert events == [StackEvent(subject="Container", name="web", status="Started")]
    assert result == UpResult(ok=False, complaints=("nonsense",))


@pytest.mark.parametrize(
    ("line", "event"),
    [
        (
            '{"id":"Container shop-web-1","status":"Started"}',
            StackEvent(subject="Container", name="web", status="Started"),
        ),
        (
            '{"id":"Container named","status":"Started"}',
            StackEvent(subject="Container", name="named", status="Started"),
        ),
        (
            '{"id":"Network shop_default","status":"Creating"}',
            StackEvent(subject="Network", name="shop_default", status="Creating"),
        ),
        (
            '{"error":true,"message":"container shop-web-1 exited (3)"}',
            "container shop-web-1 exited (3)",
        ),
        ("time=… level=warning msg=x\n", "time=… level=warning msg=x"),
        ("\n", None),
        ("7\n", "7"),
    ],
)
def test_lines_of_composes_progress_are_events_or_complaints(
    line: str, event: StackEvent | str | None
) -> None:
    assert _event(line, "shop") == event

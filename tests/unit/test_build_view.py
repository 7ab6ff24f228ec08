"""What people see of a build."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from seatrial.engine.events import Transcript
from seatrial.model.plan import BuildRecord, BuiltImage, Plan, Step
from seatrial.model.progress import BuildEvent, StepChanged, StepLogged
from seatrial.model.stamp import Stamp
from seatrial.report.build_view import (
    LiveView,
    PlainView,
    choose_view,
    is_terminal,
    print_table,
)

DATA = Path(__file__).parent / "data"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI", "GITHUB_ACTIONS", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


def events_of(recording: str, targets: Sequence[str]) -> list[BuildEvent]:
    transcript = Transcript(targets)
    lines = (DATA / f"bake-{recording}.jsonl").read_bytes().splitlines(keepends=True)
    return [event for line in lines for event in transcript.feed(line)]


def plain(targets: Sequence[str], events: Sequence[BuildEvent]) -> list[str]:
    stream = io.StringIO()
    view = PlainView(targets, stream)
    with view.shown():
        for event in events:
            view.take(event)
    return stream.getvalue().splitlines()


def step(image: str = "one", **changes: Any) -> StepChanged:
    facts: dict[str, Any] = {
        "image": image,
        "stage": "build",
        "number": 1,
        "total": 2,
        "instruction": "RUN x",
        "started": 10.0,
        "ended": 12.5,
    }
    return StepChanged(**{**facts, **changes})


def test_a_plain_view_prints_a_line_a_finished_step() -> None:
    lines = plain(("one", "two"), events_of("several", ("one", "two")))
    words = [line.split() for line in lines]
    assert sorted((line[0], line[1]) for line in words if "exporting" not in line) == [
        ("one", "build"),
        ("one", "stage-1"),
        ("two", "1/2"),
    ]
    assert sum("exporting to image" in line for line in lines) == 2


def test_the_same_step_told_twice_is_one_line() -> None:
    nameless: dict[str, Any] = {
        "number": 0,
        "total": 0,
        "stage": "",
        "instruction": "exporting to image",
    }
    twice = [step(), step(ended=13.0), step(**nameless), step(**nameless, ended=14.0)]
    assert len(plain(["one"], twice)) == 2


def test_a_line_says_seconds_cached_failed_or_cancelled() -> None:
    lines = plain(
        ["one"],
        [
            step(number=1),
            step(number=2, cached=True),
            step(number=3, error="exit code: 1"),
            step(number=4, error="context canceled"),
        ],
    )
    for line, word in zip(lines, ("2.5 s", "cached", "failed", "cancelled"), strict=True):
        assert word in line


def test_steps_that_wait_or_run_and_those_without_a_number_give_no_line() -> None:
    quiet = [step(started=None, ended=None), step(ended=None), step(number=0, stage="internal")]
    log = StepLogged("one", "build", 1, "RUN x", "text\n")
    other = step(image="another")
    assert plain(["one"], [*quiet, log, other]) == []


def test_no_view_but_a_terminals_holds_escape_sequences(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = plain(["one"], [step()])
    print_table(record("one"))
    assert "\x1b" not in "".join(lines) + capsys.readouterr().out


def test_in_ci_the_lines_of_an_image_stand_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    lines = plain(("one", "two"), events_of("several", ("one", "two")))
    assert [line for line in lines if line.startswith("== ")] in (
        ["== one", "== two"],
        ["== two", "== one"],
    )
    assert lines[lines.index("== two") + 1].startswith("two  1/2")


def test_github_gets_groups_that_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    lines = plain(("two", "bad"), events_of("failed", ("two", "bad")))
    first = lines.index("::group::bad")
    assert lines[first + 1].startswith("bad  build 1/2")
    assert lines[first + 2] == "::endgroup::"
    assert lines.count("::endgroup::") == len([x for x in lines if x.startswith("::group::")])


def test_a_group_is_printed_as_soon_as_its_image_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    stream = io.StringIO()
    view = PlainView(["one", "two"], stream)
    for change in (step(), step(image="two"), step(number=0, instruction="exporting to image")):
        view.take(change)
    assert stream.getvalue().splitlines()[0] == "== one"
    assert "two" not in stream.getvalue()


def test_a_group_that_never_came_to_its_export_is_shown_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CI", "1")
    stream = io.StringIO()
    view = PlainView(["one"], stream)
    with suppress(KeyboardInterrupt), view.shown():
        view.take(step())
        assert stream.getvalue() == ""
        raise KeyboardInterrupt
    assert stream.getvalue().startswith("== one\none  build 1/2")


STATES: dict[str, list[BuildEvent]] = {
    "waiting": [],
    "queued": [step(started=None, ended=None)],
    "running": [step(ended=None)],
    "a step without a number": [step(number=0, total=0, stage="internal", ended=None)],
    "cached": [step(cached=True)],
    "failed": [step(error="exit code: 1")],
    "cancelled": [step(error="context canceled")],
    "done": [step(), step(number=0, total=0, stage="", instruction="exporting to image")],
    "logging": [step(), StepLogged("one", "build", 1, "RUN x", "text\n")],
    "another's": [step(image="another")],
}


def drawn(images: Sequence[str], events: Sequence[BuildEvent], width: int = 100) -> str:
    view, stream = LiveView(images), io.StringIO()
    with view.shown() as live:
        for event in events:
            view.take(event)
        Console(file=stream, width=width).print(live.get_renderable())
    return stream.getvalue()


@pytest.mark.parametrize("state", STATES)
def test_a_live_view_draws_every_state(state: str) -> None:
    text = drawn(["one", "two"], STATES[state])
    assert [line.split()[1] for line in text.splitlines()] == ["one", "two"]
    assert "waiting" in text.splitlines()[1]


def test_a_live_line_has_mark_place_instruction_and_cached_count() -> None:
    text = drawn(["one"], [step(cached=True), step(number=2, instruction="RUN y", ended=None)])
    for words in ("•", "build 2/2", "RUN y", "1 cached"):
        assert words in text
    assert "✗" in drawn(["one"], STATES["failed"])
    assert "✗" not in drawn(["one"], STATES["cancelled"])
    assert "✓" in drawn(["one"], STATES["done"])


def test_brackets_in_names_are_shown_as_they_are() -> None:
    change = step(
        image="[red]one", stage="[bold]", instruction="RUN [ -f x ] || [/] exit", ended=None
    )
    text = drawn(["[red]one"], [change])
    for words in ("[red]one", "[bold] 1/2", "RUN [ -f x ] || [/] exit"):
        assert words in text


def test_a_narrow_terminal_keeps_a_line_an_image() -> None:
    text = drawn(["one", "two"], [step(instruction="RUN " + "x" * 300)], width=60)
    assert len(text.splitlines()) == 2


def test_a_live_view_follows_a_real_run() -> None:
    text = drawn(("one", "two"), events_of("several", ("one", "two")))
    assert text.count("✓") == 2


@pytest.mark.parametrize(
    ("variables", "live"), [({}, True), ({"CI": "true"}, False), ({"TERM": "dumb"}, False)]
)
def test_only_a_persons_terminal_gets_the_live_view(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], live: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stderr", Terminal())
    assert isinstance(choose_view(["one"]), LiveView) is live
    assert not is_terminal(io.StringIO())


def record(*names: str) -> BuildRecord:
    stamp = Stamp(sha="a" * 40, short_sha="a", describe="a", dirty=False, built_at="x")
    steps = (
        Step(stage="", instruction="load", started=1.0, ended=2.0, cached=True),
        Step(
            stage="b", number=1, total=2, instruction="RUN x", started=2.0, ended=3.0, cached=True
        ),
        Step(stage="b", number=2, total=2, instruction="RUN y", started=3.0, ended=4.0),
    )
    images = tuple(
        BuiltImage(
            name=name,
            tags=(f"acme-{name}:latest", f"acme-{name}:{'0123456789' * 4}"),
            digest="sha256:" + "f" * 64,
            size=3 * 1024 * 1024,
            duration=3.0,
            steps=steps,
        )
        for name in names
    )
    plan = Plan(stamp=stamp, policy="stand-in", images=(), definition={})
    return BuildRecord(started=1.0, duration=3.0, plan=plan, images=images)


def test_the_table_gives_all_that_a_build_made(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(record("one", "two"))
    text = capsys.readouterr().out
    for words in ("acme-one:latest", "acme-two:012345678901…", "f" * 12, "3.0 MiB", "3.0 s"):
        assert words in text
    assert text.count("1/2") == 2
    assert text.count("stand-in") == 2

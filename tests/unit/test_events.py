"""Reading what bake prints with `--progress rawjson`; the lines in data/ are real ones."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.engine.events import Transcript, split_name
from seatrial.model.progress import BuildEvent, StepChanged, StepLogged

DATA = Path(__file__).parent / "data"
ENDED = "2026-11-20T11:14:35.620164288Z"


def read(name: str, *targets: str) -> tuple[Transcript, list[BuildEvent]]:
    transcript = Transcript(targets)
    return transcript, list(feed(transcript, (DATA / f"bake-{name}.jsonl").read_bytes()))


def feed(transcript: Transcript, text: bytes) -> Iterator[BuildEvent]:
    for line in text.splitlines(keepends=True):
        yield from transcript.feed(line)


def vertex(name: str, digest: str = "sha256:a", **facts: object) -> bytes:
    return json.dumps({"vertexes": [{"digest": digest, "name": name, **facts}]}).encode() + b"\n"


def log(data: bytes, digest: str = "sha256:a") -> bytes:
    encoded = base64.b64encode(data).decode()
    return json.dumps({"logs": [{"vertex": digest, "data": encoded}]}).encode() + b"\n"


def test_one_target_alone_is_named_though_buildkit_leaves_it_out() -> None:
    transcript, _ = read("alone", "one")
    numbered = [step for step in transcript.steps()["one"] if step.number]
    assert [(s.stage, s.number, s.total, s.cached) for s in numbered] == [
        ("build", 1, 2, False),
        ("stage-1", 1, 1, False),
    ]
    assert numbered[1].instruction == "COPY --from=build /hello /hello"
    assert all(s.started and s.ended and s.started <= s.ended for s in numbered)


def test_lines_of_several_targets_are_told_apart() -> None:
    transcript, events = read("several", "one", "two")
    steps = transcript.steps()
    assert {s.instruction for s in steps["two"] if s.number} >= {"RUN echo two"}
    assert not any("echo two" in step.instruction for step in steps["one"])
    assert {event.image for event in events} == {"", "one", "two"}


def test_steps_of_a_run_stand_in_the_order_in_which_they_started() -> None:
    for steps in read("several", "one", "two")[0].steps().values():
        starts = [step.started or 0 for step in steps]
        assert starts == sorted(starts)
        assert len(starts) > 3


def test_an_unnamed_stage_of_one_of_several_targets_has_no_stage() -> None:
    assert split_name("[two 1/2] RUN echo two", ["one", "two"]) == ("two", "", 1, 2, "RUN echo two")


def test_a_platform_in_the_name_is_no_stage() -> None:
    name = "[one linux/arm64 build 2/5] RUN make"
    assert split_name(name, ["one", "two"]) == ("one", "build", 2, 5, "RUN make")
    name = "[linux/amd64 build 2/5] RUN make"
    assert split_name(name, ["one"]) == ("one", "build", 2, 5, "RUN make")


def test_a_stage_named_like_another_target_stays_a_stage() -> None:
    name = "[one two 1/3] RUN x"
    assert split_name(name, ["one", "two"]) == ("one", "two", 1, 3, "RUN x")


def test_a_cached_run_says_that_every_step_was_cached() -> None:
    transcript, _ = read("cached", "one", "two")
    numbered = [s for steps in transcript.steps().values() for s in steps if s.number]
    assert numbered
    assert all(step.cached for step in numbered)


def test_the_failed_step_carries_its_error_and_its_log() -> None:
    transcript, _ = read("failed", "two", "bad")
    (failed,) = transcript.failed()
    assert (failed.image, failed.stage, failed.number) == ("bad", "build", 1)
    assert "exit code: 7" in (failed.error or "")
    assert transcript.log_tail(failed, 3) == ("line 28", "line 29", "line 30")
    assert len(transcript.log_tail(failed, 20)) == 20


def test_a_step_that_was_only_cancelled_did_not_fail() -> None:
    transcript, events = read("noparse", "two", "noparse")
    changes = [event for event in events if isinstance(event, StepChanged)]
    assert any(change.cancelled for change in changes)
    assert transcript.failed() == []


def test_bakes_own_lines_are_kept_apart() -> None:
    transcript, _ = read("failed", "two", "bad")
    assert transcript.others[0] == "Dockerfile:2"
    assert transcript.others[-1].startswith("ERROR: target bad: failed to solve")


def test_a_log_that_is_not_utf_8_is_shown_with_a_mark_in_its_place() -> None:
    _, events = read("alone", "one")
    texts = [event.text for event in events if isinstance(event, StepLogged)]
    assert "h\ufffdllo\n" in texts
    assert "café\n" in texts


def test_a_letter_that_two_pieces_of_a_log_share_comes_out_whole() -> None:
    transcript = Transcript(["one"])
    (changed,) = feed(transcript, vertex("[build 1/2] RUN x", error="it failed", started=ENDED))
    assert isinstance(changed, StepChanged)
    letter = "é".encode()
    list(feed(transcript, log(b"caf" + letter[:1]) + log(letter[1:] + b"\n")))
    assert transcript.log_tail(changed, 5) == ("café",)


def test_a_log_that_comes_before_its_step_is_not_lost() -> None:
    transcript = Transcript(["one"])
    assert list(feed(transcript, log(b"early\n"))) == []
    (changed,) = feed(transcript, vertex("[build 1/2] RUN x"))
    assert isinstance(changed, StepChanged)
    assert transcript.log_tail(changed, 5) == ("early",)


def test_logs_of_two_steps_that_alternate_are_not_mixed() -> None:
    transcript = Transcript(["one"])
    names = vertex("[a 1/1] RUN x", "sha256:a") + vertex("[b 1/1] RUN y", "sha256:b")
    changes = [e for e in feed(transcript, names) if isinstance(e, StepChanged)]
    for number in range(50):
        list(feed(transcript, log(b"a%d\n" % number, "sha256:a") + log(b"b\n", "sha256:b")))
    assert transcript.log_tail(changes[0], 2) == ("a48", "a49")
    assert set(transcript.log_tail(changes[1], 50)) == {"b"}


def test_of_a_chatty_step_only_the_last_lines_are_kept() -> None:
    transcript = Transcript(["one"])
    (changed,) = feed(transcript, vertex("[build 1/2] RUN x"))
    assert isinstance(changed, StepChanged)
    list(feed(transcript, b"".join(log(b"line %d\n" % number) for number in range(5_000))))
    kept = transcript.log_tail(changed, 5_000)
    assert kept[-1] == "line 4999"
    assert 200 <= len(kept) < 1_000


def test_what_two_images_share_is_logged_once() -> None:
    transcript = Transcript(["one", "two"])
    shared = vertex("[one base 1/1] RUN x") + vertex("[two base 1/1] RUN x")
    assert [event.image for event in feed(transcript, shared + log(b"text\n"))] == [
        "one",
        "two",
        "one",
    ]


def test_times_are_seconds_since_the_epoch() -> None:
    (changed,) = feed(Transcript(["one"]), vertex("[1/1] RUN x", started=ENDED))
    assert isinstance(changed, StepChanged)
    assert changed.started == pytest.approx(1795173275.620164, abs=1e-6)
    (whole,) = feed(Transcript(["one"]), vertex("[1/1] RUN x", started="2026-11-20T11:14:35Z"))
    assert isinstance(whole, StepChanged)
    assert whole.started == 1795173275.0


def test_the_same_change_is_told_once_and_an_end_is_never_taken_back() -> None:
    transcript = Transcript(["one"])
    began, ended = vertex("[1/1] RUN x", started=ENDED), vertex("[1/1] RUN x", completed=ENDED)
    assert len(list(feed(transcript, began + began + ended + ended + began))) == 2


def test_a_line_that_is_no_json_or_no_object_is_bakes_own() -> None:
    transcript = Transcript(["one"])
    lines = b'#1 [internal]\n{"vertexes": [\n[1, 2]\n"ERROR"\n7\n' + b"[" * 200_000 + b"\n"
    assert list(feed(transcript, lines)) == []
    assert len(transcript.others) == 6


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)
FIELDS = ("digest", "name", "started", "completed", "cached", "error", "vertex", "data")
RECORD = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6)
NAME = st.one_of(
    st.text(max_size=30), st.from_regex(r"\A\[[a-z0-9/ -]{0,20}\] [A-Z]{1,5}\Z"), st.just("[1/")
)
NAMED = st.fixed_dictionaries(
    {"digest": st.text(max_size=3), "name": NAME}, optional={"error": JSON}
)
MESSAGE = st.dictionaries(
    st.sampled_from(["vertexes", "logs", "statuses", "warnings"]),
    st.lists(RECORD | NAMED | JSON, max_size=3) | JSON,
)


@given(st.lists(st.binary(max_size=60) | MESSAGE.map(lambda m: json.dumps(m).encode()), max_size=5))
def test_no_line_whatever_makes_it_fail(lines: list[bytes]) -> None:
    transcript = Transcript(["one", "two"])
    for line in lines:
        for event in transcript.feed(line):
            if isinstance(event, StepChanged):
                transcript.log_tail(event, 3)
    transcript.steps()
    transcript.failed()


def test_a_step_number_beyond_all_measure_is_no_number() -> None:
    assert split_name(f"[1/{'9' * 5000}] RUN x", ["one"])[2:4] == (0, 0)


def test_twenty_thousand_lines_of_log_are_read_in_linear_time() -> None:
    def seconds(count: int) -> float:
        transcript = Transcript(["one"])
        lines = vertex("[build 1/2] RUN x") + b"".join(log(b"line %d\n" % n) for n in range(count))
        began = time.perf_counter()
        assert sum(1 for _ in feed(transcript, lines)) == count + 1
        return time.perf_counter() - began

    small, large = min(seconds(5_000) for _ in range(3)), min(seconds(20_000) for _ in range(3))
    assert large < 1
    assert large < 12 * small

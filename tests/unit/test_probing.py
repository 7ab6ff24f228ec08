"""The pure parts of the probes: changes, rebuilt steps, answers, masking, events."""

from __future__ import annotations

import io
import json
import platform
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import seen
from seen import CONTRACT

from seatrial.engine.containers import ContainerRun
from seatrial.engine.streams import split_streams
from seatrial.engine.watch import Watch, parse_event
from seatrial.model.answers import has_members, is_as_promised, member, show_answer
from seatrial.model.holding_facts import RebuildFacts
from seatrial.model.observation import HttpAnswer
from seatrial.model.plan import Step
from seatrial.verify.lab import lines_not_json, trial_values
from seatrial.verify.masking import mask
from seatrial.verify.probes.environment import names
from seatrial.verify.probes.rebuild import own_steps, surprising
from seatrial.verify.probes.running import changes
from seatrial.verify.probes.still import still_program
from seatrial.web import Ask, HalfRequest, fetch, takes_connections


def step(stage: str, number: int, *, started: float, cached: bool = False) -> Step:
    return Step(stage=stage, number=number, instruction="RUN x", started=started, cached=cached)


def test_mounts_and_the_folders_made_for_them_are_no_changes() -> None:
    found = changes(
        ["/run", "/run/app", "/var", "/var/tmp", "/var/tmp/x", "/tmp/y"], ["/run/app", "/tmp"]
    )
    assert found == ["/var/tmp/x"]


def test_a_step_that_another_build_ran_before_is_cached_for_ours() -> None:
    told = [
        step("internal", 0, started=100.0),
        step("build", 1, started=90.0),
        step("build", 2, started=101.0),
        step("build", 2, started=101.0, cached=True),
        step("build", 3, started=102.0),
    ]
    assert [(one.number, one.cached) for one in own_steps(told)] == [
        (1, True),
        (2, True),
        (3, False),
    ]


def test_only_what_should_come_from_the_cache_and_ran_is_surprising() -> None:
    ran = seen.INSTALL.model_copy(update={"cached": False})
    facts = {**seen.REBUILDS, "version": RebuildFacts(edited="version.json", steps=(ran,))}
    assert surprising(CONTRACT, seen.REBUILDS | {"lock": seen.REBUILDS["version"]}) == []
    assert surprising(CONTRACT, {name: facts[name] for name in ("source", "version")}) == [
        "version"
    ]
    planted = RebuildFacts(edited=".env", steps=(seen.INSTALL, seen.COPY))
    assert surprising(CONTRACT, {"planted": planted}) == ["planted"]


def test_an_answer_is_as_promised_by_status_and_members() -> None:
    answer = HttpAnswer(method="GET", path="/", status=200, json_body={"a": {"b": 1, "c": 2}})
    assert is_as_promised(answer, (200,), {"a": {"b": 1}})
    assert not is_as_promised(answer, (200,), {"a": {"b": 2}})
    assert not is_as_promised(answer, (204,), {})
    assert is_as_promised(answer.model_copy(update={"json_body": None}), (200,), {})
    assert not has_members(None, {"a": 1})


def test_a_member_is_found_by_its_dotted_path() -> None:
    assert member({"a": {"b": 1}}, "a.b") == 1
    assert member({"a": 1}, "a.b") is None


def test_an_answer_is_told_in_a_few_words() -> None:
    assert show_answer(None) == "no answer"
    assert "refused" in show_answer(HttpAnswer(method="GET", path="/", error="refused"))


def test_a_variable_is_named_only_as_a_word_of_its_own() -> None:
    assert names("TOKEN is missing", "TOKEN")
    assert names("'TOKEN'", "TOKEN")
    assert not names("API_TOKEN is missing", "TOKEN")
    assert not names("TOKENS", "TOKEN")


def test_secret_values_are_replaced_by_their_names_the_longest_first() -> None:
    assert mask("abc-abcdef", {"SHORT": "abc", "LONG": "abcdef"}) == "<SHORT>-<LONG>"


def test_a_required_variable_without_a_value_gets_another_word_each_time() -> None:
    first, second = trial_values(CONTRACT), trial_values(CONTRACT)
    assert first["TOKEN"] != second["TOKEN"]
    assert len(first["TOKEN"]) == 40
    assert first["TOKEN"].isalnum()


def test_an_event_is_read() -> None:
    line = {
        "Action": "die",
        "timeNano": 5_000_000_000,
        "Actor": {"Attributes": {"name": "a", "exitCode": "137"}},
    }
    event = parse_event(json.dumps(line).encode())
    assert event is not None
    assert (event.name, event.action, event.at, event.exit_code) == ("a", "die", 5.0, 137)
    assert parse_event(b"no json") is None


def test_whoever_waits_is_let_go_when_the_watch_closes() -> None:
    watch = Watch()
    threading.Timer(0.05, watch.close).start()
    assert watch.wait("a", "die", seconds=30) is None


def test_what_comes_after_a_mark_belongs_to_another_life() -> None:
    watch = Watch()

    def line(action: str) -> bytes:
        return json.dumps({"Action": action, "Actor": {"Attributes": {"name": "a"}}}).encode()

    watch.read([line("start"), line("die")])
    mark = watch.mark()
    assert watch.seen("a", "die", after=mark) is None
    watch.read([line("die")])
    assert watch.seen("a", "die", after=mark) is not None


def test_a_restricted_container_has_a_read_only_root_and_only_the_capabilities_that_it_needs() -> (
    None
):
    run = ContainerRun(
        "n",
        "r",
        "i",
        read_only=True,
        capabilities=("CAP_CHOWN",),
        publish=(80,),
        tmpfs=("/tmp", "/run:uid=1"),
    )
    host = run.settings["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert (host["CapDrop"], host["CapAdd"]) == (["ALL"], ["CAP_CHOWN"])
    assert host["SecurityOpt"] == ["no-new-privileges"]
    assert host["PortBindings"] == {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]}
    assert host["Tmpfs"] == {"/tmp": "", "/run": "uid=1"}
    assert run.settings["Labels"] == {"seatrial.run": "r"}
    assert run.settings["Healthcheck"] == {"Test": ["NONE"]}


def test_a_container_that_is_not_restricted_says_nothing_of_capabilities() -> None:
    host = ContainerRun("n", "r", "i").settings["HostConfig"]
    assert not {"CapDrop", "SecurityOpt", "Memory", "NetworkMode"} & set(host)


@pytest.mark.skipif(sys.platform != "linux", reason="the program is Linux's")
def test_the_program_that_waits_does_so_until_it_is_killed(tmp_path: Path) -> None:
    program = still_program(platform.machine())
    assert program is not None
    path = tmp_path / "still"
    path.write_bytes(program)
    path.chmod(0o755)
    process = subprocess.Popen([path])
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.2)
    finally:
        process.kill()
    assert process.wait(5) == -signal.SIGKILL


def test_there_is_no_such_program_for_an_architecture_that_nobody_tried() -> None:
    assert still_program("s390x") is None


def frame(stream: int, text: bytes) -> bytes:
    return bytes([stream, 0, 0, 0]) + len(text).to_bytes(4, "big") + text


def test_the_streams_of_a_container_are_told_apart_and_cut_when_they_are_long() -> None:
    told = frame(1, b"out") + frame(2, b"err\xff") + frame(1, b"!")
    assert split_streams(io.BytesIO(told)) == ("out!", "err\ufffd")  # type: ignore[arg-type]
    long = b"".join(frame(1, b"x" * 2**20) for _ in range(12))
    assert len(split_streams(io.BytesIO(long))[0]) == 4 * 2**20  # type: ignore[arg-type]


def test_a_frame_that_is_cut_off_is_kept_as_far_as_it_came() -> None:
    assert split_streams(io.BytesIO(frame(2, b"half")[:-2])) == ("", "ha")  # type: ignore[arg-type]


Answering = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def server() -> object:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/drop":
                self.close_connection = True
                return
            self.send_response(201)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.path == "/cut":
                body = body[:-1]
                self.close_connection = True
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}).start()
    yield httpd.server_address[1]
    httpd.shutdown()
    httpd.server_close()


def test_half_a_request_is_asked_for_and_answered_when_the_rest_comes(server: int) -> None:
    half = HalfRequest(Ask(server, "/", "POST", body='{"a": 1}'), 5)
    assert half.send_half(2)
    assert not half.is_dropped_within(0.1)
    answer = half.finish(2)
    assert (answer.status, answer.json_body) == (201, {"a": 1})


def test_a_request_that_is_dropped_has_a_reason_and_no_status(server: int) -> None:
    half = HalfRequest(Ask(server, "/drop", "POST", body="ab"), 5)
    half.send_half(2)
    answer = half.finish(2)
    assert answer.status is None
    assert answer.error


def test_an_answer_that_is_cut_short_is_none(server: int) -> None:
    half = HalfRequest(Ask(server, "/cut", "POST", body="abcd"), 5)
    half.send_half(2)
    for answer in (half.finish(2), fetch(Ask(server, "/cut", "POST", body="abcd"), 2)):
        assert answer.status is None
        assert "IncompleteRead" in (answer.error or "")


def test_where_nothing_listens_there_is_no_answer_but_a_reason() -> None:
    answer = fetch(Ask(1, "/"), 1)
    assert answer.status is None
    assert "refused" in (answer.error or "")
    assert not takes_connections("127.0.0.1", 1)


def test_a_server_that_waits_takes_connections(server: int) -> None:
    assert takes_connections("127.0.0.1", server)


def test_lines_that_are_no_json_objects_are_found_up_to_a_bound() -> None:
    said = '{"a": 1}\nplain\n\n[1]\n"text"\n{"b"\n{}\n'
    assert lines_not_json(said, 10) == ["plain", "", "[1]", '"text"', '{"b"']
    assert lines_not_json("x\n" * 100, 3) == ["x"] * 3
    assert lines_not_json("", 3) == []

"""The outbox and what is sent from it, to a real server that answers as told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from logbooks import KEY, FakeLogbook, sent, trial

from seatrial.logbook import outbox
from seatrial.logbook.delivery import Delivery
from seatrial.logbook.outbox import Entry, Request


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "dist" / "outbox"


def runs(logbook: FakeLogbook) -> list[Any]:
    return [asked.body["run"] for asked in logbook.asked]


def test_entries_go_out_in_the_order_in_which_they_were_put_and_leave_nothing(
    logbook: FakeLogbook, folder: Path
) -> None:
    for run in ("c", "a", "b"):
        outbox.put(folder, trial(run))
    done = sent(logbook, folder)
    assert [entry.key for entry in done.sent] == runs(logbook) == ["c", "a", "b"]
    assert [path.name for path in folder.iterdir()] == [".lock"]
    assert (done.waiting, done.refused, done.trouble) == ([], [], "")


def test_the_key_goes_in_the_header_and_the_paths_are_those_of_the_first_version(
    logbook: FakeLogbook, folder: Path
) -> None:
    outbox.put(folder, trial("a"))
    sent(logbook, folder)
    (asked,) = logbook.asked
    assert (asked.method, asked.path) == ("POST", "/api/v1/trials")
    assert asked.headers["Authorization"] == f"Bearer {KEY}"


def test_what_waits_already_is_not_put_twice(folder: Path) -> None:
    first = outbox.put(folder, trial("a"))
    assert outbox.put(folder, trial("a")) == first
    assert outbox.waiting(folder) == [first]


def test_what_a_store_of_json_cannot_hold_is_taken_out_beforehand(
    logbook: FakeLogbook, folder: Path
) -> None:
    body = {"run": "a", "log": "a\0b \ud83d cut 🚢", "times": (1.5, float("inf"), float("nan"))}
    outbox.put(folder, Entry("trial", "a", "trial a", (Request("POST", "/trials", body),)))
    assert len(sent(logbook, folder).sent) == 1
    (asked,) = logbook.asked
    assert asked.body == {
        "run": "a",
        "log": "a\ufffdb \ufffd cut 🚢",
        "times": [1.5, None, None],
    }


def test_a_second_request_gets_the_id_that_the_first_was_answered(
    logbook: FakeLogbook, folder: Path
) -> None:
    requests = (
        Request("POST", "/builds", {"image": "x", "digest": "d"}),
        Request("PUT", "/builds/{id}/sbom", {"bomFormat": "CycloneDX"}),
    )
    outbox.put(folder, Entry("sbom", "x@d", "SBOM of x", requests))
    sent(logbook, folder)
    assert [asked.path for asked in logbook.asked] == ["/api/v1/builds", "/api/v1/builds/7/sbom"]


def test_an_answer_of_200_to_what_is_known_takes_the_entry_too(
    logbook: FakeLogbook, folder: Path
) -> None:
    for _ in range(2):
        outbox.put(folder, trial("a"))
        assert len(sent(logbook, folder).sent) == 1
    assert len(logbook.kept) == 1
    assert outbox.waiting(folder) == []


@pytest.mark.parametrize("status", [401, 403, 408, 429, 502, 503, 504])
def test_an_answer_that_is_not_the_entrys_fault_keeps_all_of_them(
    logbook: FakeLogbook, folder: Path, status: int
) -> None:
    for run in ("a", "b"):
        outbox.put(folder, trial(run))
    logbook.answers = [status]
    done = sent(logbook, folder)
    assert len(done.waiting) == 2
    assert len(logbook.asked) == 1, "who is refused or away is not asked again at once"
    assert str(status) in done.trouble
    assert len(sent(logbook, folder).sent) == 2


def test_an_entry_that_the_server_stumbles_over_keeps_none_behind_it_waiting(
    logbook: FakeLogbook, folder: Path
) -> None:
    for run in ("a", "b"):
        outbox.put(folder, trial(run))
    logbook.answers = [500]
    done = sent(logbook, folder)
    assert [entry.key for entry in done.sent] == ["b"]
    assert [outbox.read(path).key for path in done.waiting] == ["a"]


@pytest.mark.parametrize("status", [400, 404, 409, 413, 422])
def test_a_refused_entry_is_put_aside_with_the_answer_beside_it(
    logbook: FakeLogbook, folder: Path, status: int
) -> None:
    for run in ("a", "b"):
        outbox.put(folder, trial(run))
    logbook.answers = [status]
    done = sent(logbook, folder)
    assert [entry.key for entry in done.sent] == ["b"]
    ((entry, reason),) = done.refused
    assert entry.key == "a"
    assert str(status) in reason
    (aside,) = outbox.refused(folder)
    assert outbox.read(aside) == trial("a")
    answer = json.loads(aside.with_suffix(".answer.json").read_text())
    assert (answer["status"], answer["answer"]["title"]) == (status, "told so")


def test_what_was_refused_can_be_sent_again(logbook: FakeLogbook, folder: Path) -> None:
    outbox.put(folder, trial("a"))
    logbook.answers = [422]
    sent(logbook, folder)
    assert outbox.give_back(folder) == 1
    assert len(sent(logbook, folder).sent) == 1
    assert list((folder / "refused").iterdir()) == []


def test_a_file_that_is_no_entry_is_put_aside_and_the_others_are_sent(
    logbook: FakeLogbook, folder: Path
) -> None:
    folder.mkdir(parents=True)
    (folder / "00000000000000000001-trial-x.json").write_text('{"schema_ver')
    outbox.put(folder, trial("a"))
    done = sent(logbook, folder)
    assert [entry.key for entry in done.sent] == ["a"]
    assert "no entry" in done.refused[0][1]
    assert outbox.waiting(folder) == []


def test_two_that_send_at_once_send_each_entry_once(logbook: FakeLogbook, folder: Path) -> None:
    for number in range(20):
        outbox.put(folder, trial(f"run {number}"))
    logbook.before = lambda _asked: time.sleep(0.01)
    done: list[Delivery] = []
    threads = [
        threading.Thread(target=lambda: done.append(sent(logbook, folder))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(one.sent) for one in done) == [0, 0, 20]
    assert len(logbook.asked) == 20


def test_who_finds_the_outbox_held_for_long_leaves_it_and_says_so(
    logbook: FakeLogbook, folder: Path
) -> None:
    outbox.put(folder, trial("a"))
    with outbox.alone(folder, 0) as held:
        assert held
        done = sent(logbook, folder, seconds=0.2)
    assert done.trouble == "another run is sending them"
    assert logbook.asked == []


def test_what_is_put_while_others_are_sent_goes_out_with_them(
    logbook: FakeLogbook, folder: Path
) -> None:
    outbox.put(folder, trial("a"))

    def more(asked: Any) -> None:
        if asked.body["run"] == "a":
            outbox.put(folder, trial("b"))

    logbook.before = more
    assert [entry.key for entry in sent(logbook, folder).sent] == ["a", "b"]


SENDS = """
import sys
from pathlib import Path
from seatrial.logbook.delivery import deliver
from seatrial.logbook.place import Logbook
deliver(Path(sys.argv[1]), Logbook(sys.argv[2], "k"))
"""


@pytest.mark.parametrize("killed_at", [0, 2, 4])
def test_a_run_that_is_killed_in_the_middle_loses_and_doubles_nothing(
    logbook: FakeLogbook, folder: Path, killed_at: int
) -> None:
    for number in range(5):
        outbox.put(folder, trial(f"run {number}"))
    process: list[subprocess.Popen[bytes]] = []
    began = threading.Event()

    def kill(asked: Any) -> None:
        began.wait(5)
        logbook.keep(asked)
        if len(logbook.asked) == killed_at + 1:
            os.kill(process[0].pid, signal.SIGKILL)
            time.sleep(0.1)

    logbook.before = kill
    argv = [sys.executable, "-c", SENDS, str(folder), logbook.url]
    process.append(subprocess.Popen(argv))
    began.set()
    assert process[0].wait(30) == -signal.SIGKILL
    assert len(outbox.waiting(folder)) == 5 - killed_at
    logbook.before = lambda _asked: None
    assert len(sent(logbook, folder).sent) == 5 - killed_at
    assert len(logbook.kept) == 5


def test_what_a_killed_writer_left_half_written_is_no_entry(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / ".00000000000000000001-trial-x.json.abc").write_text('{"sch')
    assert outbox.waiting(folder) == []

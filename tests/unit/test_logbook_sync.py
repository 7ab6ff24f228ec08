"""`invoke logbook-sync`: what waits is sent, told, and decides the exit code."""

from __future__ import annotations

import json
from pathlib import Path

from logbooks import FakeLogbook
from toys import make_toy

from seatrial.logbook import outbox
from seatrial.logbook.outbox import Entry, Request


def test_logbook_sync_tells_what_waits_and_what_went(logbook: FakeLogbook, tmp_path: Path) -> None:
    toy = make_toy(tmp_path, "toy")
    folder = tmp_path / "dist" / "outbox"
    assert toy.invoke("logbook-sync").stdout == "logbook: nothing waits\n"
    for number in range(2):
        request = Request("POST", "/trials", {"run": str(number)})
        outbox.put(folder, Entry("trial", str(number), f"trial {number}", (request,)))
    logbook.answers = [500]
    done = toy.invoke("logbook-sync", "--json")
    assert done.returncode == 7
    told = json.loads(done.stdout)
    assert [one["subject"] for one in told["sent"]] == ["trial 1"]
    assert [one["subject"] for one in told["waiting"]] == ["trial 0"]
    assert "error: the logbook did not take all: 1 entry left" in done.stderr
    done = toy.invoke("logbook-sync")
    assert (done.returncode, done.stdout) == (0, "logbook: trial 0 recorded\n")


def test_logbook_sync_ends_with_7_for_a_refused_entry_and_can_send_it_again(
    logbook: FakeLogbook, tmp_path: Path
) -> None:
    toy = make_toy(tmp_path, "toy")
    request = Request("POST", "/trials", {"run": "a"})
    outbox.put(tmp_path / "dist" / "outbox", Entry("trial", "a", "trial a", (request,)))
    logbook.answers = [422]
    done = toy.invoke("logbook-sync")
    assert done.returncode == 7
    assert "--retry-refused" in done.stderr
    assert toy.invoke("logbook-sync", "--retry-refused").returncode == 0
    assert len(logbook.kept) == 1


def test_logbook_sync_without_a_logbook_ends_with_2_and_says_what_is_missing(
    tmp_path: Path,
) -> None:
    done = make_toy(tmp_path, "toy").invoke("logbook-sync", LOGBOOK_URL="")
    assert done.returncode == 2
    assert "LOGBOOK_KEY_FILE" in done.stderr

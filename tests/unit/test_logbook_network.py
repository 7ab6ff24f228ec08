"""What is sent over a network that fails: nobody answers, answers break off, others answer."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest
from logbooks import (
    KEY,
    FakeLogbook,
    dies_in_mid_answer,
    drips,
    fake_logbook,
    redirects,
    sent,
    signs_in,
    trial,
)

from seatrial.logbook import outbox
from seatrial.logbook.client import AwayError, send
from seatrial.logbook.delivery import deliver
from seatrial.logbook.place import Logbook


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "dist" / "outbox"


def test_a_logbook_that_is_away_is_told_and_nothing_is_lost(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    outbox.put(folder, trial("a"))
    began = time.monotonic()
    done = deliver(folder, Logbook(f"http://127.0.0.1:{port}", KEY), seconds=5)
    assert time.monotonic() - began < 1
    assert "refused" in done.trouble
    assert len(done.waiting) == 1


def test_one_that_takes_connections_and_says_nothing_costs_its_time_and_no_more(
    folder: Path,
) -> None:
    for run in ("a", "b"):
        outbox.put(folder, trial(run))
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        began = time.monotonic()
        done = deliver(folder, Logbook(f"http://127.0.0.1:{port}", KEY), seconds=0.6)
        assert 0.5 < time.monotonic() - began < 1.5
    assert len(done.waiting) == 2
    assert "no answer" in done.trouble


def test_one_that_answers_byte_by_byte_costs_no_more_either(
    logbook: FakeLogbook, folder: Path
) -> None:
    outbox.put(folder, trial("a"))
    logbook.answers = [drips]
    began = time.monotonic()
    done = sent(logbook, folder, seconds=0.6)
    assert time.monotonic() - began < 1.5
    assert len(done.waiting) == 1


def test_an_answer_that_breaks_off_is_none_and_what_was_kept_is_kept_once(
    logbook: FakeLogbook, folder: Path
) -> None:
    outbox.put(folder, trial("a"))
    logbook.before = logbook.keep  # type: ignore[assignment]
    logbook.answers = [dies_in_mid_answer]
    done = sent(logbook, folder)
    assert "broke off" in done.trouble
    assert len(done.waiting) == 1
    assert len(sent(logbook, folder).sent) == 1
    assert [asked.body["run"] for asked in logbook.asked] == ["a", "a"]
    assert len(logbook.kept) == 1


def test_a_redirect_is_not_followed_with_the_key(logbook: FakeLogbook, folder: Path) -> None:
    outbox.put(folder, trial("a"))
    with fake_logbook() as elsewhere:
        logbook.answers = [redirects(f"{elsewhere.url}/api/v1/trials")]
        done = sent(logbook, folder)
        assert elsewhere.asked == []
    assert "points elsewhere (307)" in done.trouble
    assert len(done.waiting) == 1


def test_a_sign_in_page_of_a_network_takes_no_entry(logbook: FakeLogbook, folder: Path) -> None:
    outbox.put(folder, trial("a"))
    logbook.answers = [signs_in]
    done = sent(logbook, folder)
    assert "is no logbook" in done.trouble
    assert len(done.waiting) == 1


def test_a_certificate_that_nobody_vouches_for_gets_no_key(tmp_path: Path) -> None:
    import ssl

    certificate = tmp_path / "cert.pem"
    argv = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    argv += ["-keyout", str(tmp_path / "key.pem"), "-out", str(certificate), "-days", "2"]
    subprocess.run(argv, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, tmp_path / "key.pem")
    came: list[bytes] = []

    def serve(server: socket.socket) -> None:
        plain, _ = server.accept()
        try:
            with context.wrap_socket(plain, server_side=True) as wire:
                came.append(wire.recv(100))
        except OSError:
            pass

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, args=(server,), daemon=True).start()
        url = f"https://localhost:{server.getsockname()[1]}"
        with pytest.raises(AwayError, match=r"(?i)certificate"):
            send(Logbook(url, KEY), "POST", "/trials", {}, 5)
    assert came == []

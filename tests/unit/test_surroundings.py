"""Starting processes while another thread changes the environment."""

from __future__ import annotations

import os
import subprocess
import threading

import pytest

from seatrial.surroundings import surroundings


def test_a_copy_is_made_while_another_thread_changes_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SEATRIAL_TEST", "kept")
    ended = threading.Event()

    def disturb() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            os.environ["SEATRIAL_DISTURBED"] = "x" * (number % 500)
            os.environ.pop("SEATRIAL_DISTURBED", None)

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        for _ in range(50):
            assert surroundings()["SEATRIAL_TEST"] == "kept"
            assert subprocess.run(["/bin/true"], env=surroundings(), check=False).returncode == 0
    finally:
        ended.set()
        thread.join()

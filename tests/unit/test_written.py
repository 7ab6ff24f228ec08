"""The kinds of values that a contract is written in."""

from __future__ import annotations

import pytest

from seatrial.model.written import signal_name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("SIGTERM", "SIGTERM"),
        ("TERM", "SIGTERM"),
        ("sigquit", "SIGQUIT"),
        ("15", "SIGTERM"),
        ("9", "SIGKILL"),
        ("34", "SIGRTMIN"),
        ("37", "SIGRTMIN+3"),
        ("RTMIN+3", "SIGRTMIN+3"),
        ("SIGRTMAX-1", "SIGRTMAX-1"),
        ("64", "SIGRTMAX"),
        ("0", None),
        ("99", None),
        ("", None),
        ("TERM; rm", None),
    ],
)
def test_a_signal_has_one_name_however_an_image_writes_it(written: str, name: str | None) -> None:
    assert signal_name(written) == name

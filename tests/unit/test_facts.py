"""What the engine says of an image, put into the model."""

from __future__ import annotations

import pytest

from seatrial.engine import api
from seatrial.engine.api import Reply
from seatrial.engine.client import Engine
from seatrial.engine.facts import _history, _moment
from seatrial.errors import SeatrialError


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("1970-01-02T00:00:00Z", 86400.0),
        ("1970-01-02T01:00:00.5+01:00", 86400.5),
        ("1970-01-02T00:00:00.123456789Z", 86400.123456),
        ("0001-01-01T00:00:00Z", None),
        ("", None),
        (None, None),
        ("yesterday", None),
    ],
)
def test_the_time_of_an_image_is_read_however_it_is_written(
    written: str | None, seconds: float | None
) -> None:
    assert _moment(written) == seconds


def test_a_history_that_the_engine_does_not_tell_is_no_empty_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api, "ask", lambda *_: Reply(500, b'{"message": "lost"}'))
    with pytest.raises(SeatrialError, match="lost"):
        _history(Engine("docker"), "tug:1")

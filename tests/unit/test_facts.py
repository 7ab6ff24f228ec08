"""What the engine says of an image, put into the model."""

from __future__ import annotations

import pytest

from seatrial.engine.facts import _moment


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

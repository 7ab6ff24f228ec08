"""Durations and sizes as people write them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.model.units import parse_duration, parse_size, show_duration, show_size


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("500ms", 0.5), ("30s", 30.0), ("1m30s", 90.0), ("2h", 7200.0), ("1.5s", 1.5), (10, 10.0)],
)
def test_a_duration_is_read_as_seconds(written: object, seconds: float) -> None:
    assert parse_duration(written) == seconds


@pytest.mark.parametrize(
    "written", ["", "s", "30", "30 apples", "-1s", -1, True, "1s!", "1d", None]
)
def test_what_is_no_duration_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="such as 500ms"):
        parse_duration(written)


@pytest.mark.parametrize(
    ("written", "count"),
    [("12B", 12), ("500kB", 500_000), ("250MiB", 262_144_000), ("1.5GiB", 1_610_612_736), (7, 7)],
)
def test_a_size_is_read_as_bytes(written: object, count: int) -> None:
    assert parse_size(written) == count


@pytest.mark.parametrize("written", ["", "MiB", "250", "250 MiBs", "250mib", -1, True, 1.5, None])
def test_what_is_no_size_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="such as 250MiB"):
        parse_size(written)


@given(st.text())
def test_any_text_is_a_duration_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert parse_duration(text) >= 0


@given(st.integers(min_value=0, max_value=10**6), st.sampled_from(["ms", "s", "m", "h"]))
def test_what_is_written_with_a_unit_is_read_again(number: int, unit: str) -> None:
    factor = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[unit]
    assert parse_duration(f"{number}{unit}") == pytest.approx(number * factor)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0124, "12 ms"), (3.42, "3.4 s"), (125.0, "2 min 5 s")]
)
def test_a_duration_is_shown_as_a_person_reads_it(seconds: float, text: str) -> None:
    assert show_duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(812, "812 B"), (4300, "4.2 KiB"), (4404019, "4.2 MiB"), (5 * 1024**3, "5.0 GiB")],
)
def test_a_size_is_shown_as_a_person_reads_it(count: int, text: str) -> None:
    assert show_size(count) == text

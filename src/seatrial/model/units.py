"""Durations and sizes as people write them: `30s`, `250MiB`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]+)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_BYTES = {
    "B": 1,
    "kB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "KiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
}
# Nobody writes more; and a search for numbers in a long text would take for ever.
LONGEST_TEXT = 40
LONGEST_DURATION = 24 * 3600.0
LARGEST_SIZE = 2**63 - 1


def parse_duration(written: object) -> float:
    """Return seconds: `500ms`, `30s`, `1m30s`, `2h`, or a bare number of seconds.

    Raises:
        ValueError: When it is none of these, or negative.
    """
    if isinstance(written, int | float) and not isinstance(written, bool) and written >= 0:
        return float(written)
    text = written.strip() if isinstance(written, str) and len(written) <= LONGEST_TEXT else ""
    parts = _NUMBER.findall(text)
    if not parts or _NUMBER.sub("", text) or any(unit not in _SECONDS for _, unit in parts):
        message = "expected a duration such as 500ms, 30s or 1m30s"
        raise ValueError(message)
    return float(sum(float(number) * _SECONDS[unit] for number, unit in parts))


def parse_size(written: object) -> int:
    """Return bytes: `500kB`, `250MiB`, `1.5GiB`, or a bare number of bytes.

    Raises:
        ValueError: When it is none of these, or negative.
    """
    if isinstance(written, int) and not isinstance(written, bool) and written >= 0:
        return written
    text = written.strip() if isinstance(written, str) and len(written) <= LONGEST_TEXT else ""
    match = _NUMBER.fullmatch(text)
    if match is None or match[2] not in _BYTES:
        message = f"expected a size such as 250MiB; units are {', '.join(_BYTES)}"
        raise ValueError(message)
    return int(float(match[1]) * _BYTES[match[2]])


def show_duration(seconds: float) -> str:
    """Return seconds as a person reads them: `12 ms`, `3.4 s`, `2 min 5 s`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def show_size(count: int) -> str:
    """Return bytes as a person reads them: `812 B`, `4.2 MiB`."""
    if count < 1024:
        return f"{count} B"
    unit, power = next(
        ((u, p) for u, p in (("KiB", 1), ("MiB", 2)) if count < 1024 ** (p + 1)), ("GiB", 3)
    )
    return f"{count / 1024**power:.1f} {unit}"


def _schema(number: str, most: float, units: str) -> WithJsonSchema:
    """Return how editors see such a value: a bare number, or a text with units."""
    bare = {"type": number, "minimum": 0, "maximum": most}
    return WithJsonSchema({"anyOf": [bare, {"type": "string", "pattern": units}]})


Seconds = Annotated[
    float,
    BeforeValidator(parse_duration),
    Field(ge=0, le=LONGEST_DURATION),
    _schema("number", LONGEST_DURATION, rf"^(\d+(\.\d+)?\s*({'|'.join(_SECONDS)}))+$"),
]
Bytes = Annotated[
    int,
    BeforeValidator(parse_size),
    Field(ge=0, le=LARGEST_SIZE),
    _schema("integer", LARGEST_SIZE, rf"^\d+(\.\d+)?\s*({'|'.join(_BYTES)})$"),
]

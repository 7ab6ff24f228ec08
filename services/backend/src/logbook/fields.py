"""What may be written in the fields of what is recorded."""

import math
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

DEEPEST = 32
"""Levels of lists and objects in free JSON: enough for any, few enough to be walked safely."""
BIGGEST_INT = 2**31 - 1
BIGGEST = 2**53 - 1
"""The last number before which every reader of JSON knows all."""

Name = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00]*$")]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
"""A name that stands in an address as it is."""
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Sha = Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]
Number = Annotated[int, Field(ge=1, le=BIGGEST)]
"""One that the database gave."""


def _counted(number: object) -> object:
    """Refuse what JSON does not call a number; 2.0 is one that is whole."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise ValueError("is no number")  # noqa: TRY004 - pydantic tells of these
    return number


Count = Annotated[int, Field(ge=0, le=BIGGEST_INT), BeforeValidator(_counted)]
Bytes = Annotated[int, Field(ge=0, le=BIGGEST), BeforeValidator(_counted)]
Seconds = Annotated[float, Field(strict=True, ge=0)]
YesOrNo = Annotated[bool, Field(strict=True)]


def _written(moment: object) -> object:
    """Refuse a number, also as a text, which would be taken for seconds."""
    if isinstance(moment, str) and "-" in moment[1:]:
        return moment
    raise ValueError("is no date and time (RFC 3339)")


Moment = Annotated[
    AwareDatetime,
    # A day less at either end than there are: each is a moment in every other offset too.
    Field(ge=datetime(1, 1, 2, tzinfo=UTC), lt=datetime(9999, 12, 31, tzinfo=UTC)),
    BeforeValidator(_written),
]


def _storable(document: dict[str, Any]) -> dict[str, Any]:
    """Refuse what JSON in Postgres cannot hold: NUL, half a surrogate pair, NaN, infinity."""
    left: list[tuple[int, Any]] = [(0, document)]
    while left:
        depth, value = left.pop()
        if depth > DEEPEST:
            raise ValueError(f"is nested deeper than {DEEPEST} levels")
        if isinstance(value, dict):
            left += [(depth + 1, part) for pair in value.items() for part in pair]
        elif isinstance(value, list):
            left += [(depth + 1, part) for part in value]
        elif not _is_storable(value):
            raise ValueError("holds a text or a number that JSON cannot carry")
    return document


def _is_storable(value: object) -> bool:
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
    return not isinstance(value, float) or math.isfinite(value)


Document = Annotated[dict[str, Any], AfterValidator(_storable)]
"""Free JSON: an object."""

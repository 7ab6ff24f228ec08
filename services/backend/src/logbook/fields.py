"""What may be written in the fields of what is recorded."""

import math
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, Field

DEEPEST = 32
"""Levels of lists and objects in free JSON: enough for any, few enough to be walked safely."""
BIGGEST_INT = 2**31 - 1
BIGGEST_BIGINT = 2**63 - 1

Name = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00]*$")]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
"""A name that stands in an address as it is."""
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Sha = Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]
Number = Annotated[int, Field(ge=1, le=BIGGEST_BIGINT)]
"""One that the database gave."""
Count = Annotated[int, Field(ge=0, le=BIGGEST_INT)]
Bytes = Annotated[int, Field(ge=0, le=BIGGEST_BIGINT)]
Seconds = Annotated[float, Field(ge=0)]
Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(9999, 1, 1, tzinfo=UTC)),
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

"""What may be written in the fields of what is recorded."""

import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, TypeAdapter
from pydantic_core import to_json

DEEPEST = 32
"""Levels of lists and objects in free JSON: enough for any, few enough to be walked safely."""
_NUL = r"\u0000"
_NESTED = (dict, list)
_SIGNS = (_NUL.encode(), b"NaN", b"Infinity")
_HAS_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
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
    """Refuse what JSON in Postgres cannot hold: NUL, half a surrogate pair, NaN, infinity.

    A document may be as long as an upload: what looks at each value is not written in Python.
    """
    if not _is_shallow([document]):
        raise ValueError(f"is nested deeper than {DEEPEST} levels")
    if not _is_storable(document):
        raise ValueError("holds a text or a number that JSON cannot carry")
    return document


def _each_storable(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Refuse what `_storable` refuses. All are looked at together; one by one where one is bad."""
    if _is_shallow(documents) and _is_storable(documents):
        return documents
    return _DOCUMENTS.validate_python(documents)


def _is_shallow(level: list[Any]) -> bool:
    for _ in range(DEEPEST):
        parts = (part.values() if isinstance(part, dict) else part for part in level)
        level = [value for part in parts for value in part if isinstance(value, _NESTED)]
        if not level:
            return True
    return False


def _is_storable(document: Any) -> bool:
    try:  # nearly all there is: written without a sign of any of these
        written = to_json(document, inf_nan_mode="constants")
    except ValueError:
        return False
    return not any(sign in written for sign in _SIGNS) or _is_exactly_storable(document)


def _is_exactly_storable(document: Any) -> bool:
    try:
        text = json.dumps(document, ensure_ascii=False, allow_nan=False)
        text.encode()
    except ValueError:
        return False
    # Of two backslashes before it one stands for the other: then it is no NUL.
    return _NUL not in text or not _HAS_NUL.search(text)


Document = Annotated[dict[str, Any], AfterValidator(_storable)]
"""Free JSON: an object."""
EachStorable = AfterValidator(_each_storable)
"""Of a list: each item of it is a `Document`."""
_DOCUMENTS = TypeAdapter(list[Document])

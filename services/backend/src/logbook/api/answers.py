"""Answers that are written as they are: not checked once more against the models they follow."""

from typing import Any

from fastapi import Response
from pydantic_core import to_json

MEDIA_TYPE = "application/json"


def answer(thing: dict[str, Any] | bytes, status: int = 200, **headers: str) -> Response:
    """Answer with `thing`, which is JSON already or is made JSON."""
    content = thing if isinstance(thing, bytes) else to_json(thing)
    return Response(content, status, headers, MEDIA_TYPE)


def recorded(thing: dict[str, Any], location: str, *, is_new: bool) -> Response:
    """Answer with a record, `location` telling where it is from now on: 201 where it is new."""
    return answer(thing, 201 if is_new else 200, Location=f"/api/v1{location}")

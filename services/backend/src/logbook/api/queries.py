"""What the addresses of many routes have in common."""

from typing import Annotated, TypeVar

from fastapi import Depends, HTTPException, Path

from logbook.fields import BIGGEST
from logbook.paging import Paging

_Thing = TypeVar("_Thing")

NumberInPath = Annotated[int, Path(ge=1, le=BIGGEST)]
PagingQuery = Annotated[Paging, Depends()]


def found(thing: _Thing | None, what: str) -> _Thing:
    """Return `thing`; raises the answer 404 where it is nothing."""
    if thing is None:
        raise HTTPException(404, f"There is no {what}.")
    return thing

"""What the addresses of many routes have in common."""

import inspect
from typing import Annotated, Any, TypeVar

from fastapi import Depends, HTTPException, Path

from logbook.fields import BIGGEST
from logbook.paging import Paging

_Thing = TypeVar("_Thing")

NumberInPath = Annotated[int, Path(ge=1, le=BIGGEST)]


def of_query(kind: type[_Thing]) -> Any:
    """Depend on a `kind`, a dataclass whose fields are parameters of the query.

    FastAPI calls what is no coroutine in a thread, which takes longer than all the rest of it.
    """

    async def make(**fields: Any) -> _Thing:
        return kind(**fields)

    make.__signature__ = inspect.signature(kind)  # type: ignore[attr-defined]
    return Depends(make)


PagingQuery = Annotated[Paging, of_query(Paging)]


def found(thing: _Thing | None, what: str) -> _Thing:
    """Return `thing`; raises the answer 404 where it is nothing."""
    if thing is None:
        raise HTTPException(404, f"There is no {what}.")
    return thing

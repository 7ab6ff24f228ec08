"""Lists come a page at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, Self, TypeVar

from pydantic import BaseModel, Field
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

Item = TypeVar("Item")
_Row = TypeVar("_Row")

Limit = Annotated[int, Field(ge=1, le=200, description="The most items of a page")]
Cursor = Annotated[
    str, Field(pattern=r"^[1-9][0-9]{0,17}$", description="`next` of the page before")
]


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page is asked for, of a list whose cursor is the number of the last item shown."""

    limit: Limit = 50
    cursor: Cursor | None = None

    @property
    def last(self) -> int | None:
        """The number of the last item of the page before; nothing for the first page."""
        return None if self.cursor is None else int(self.cursor)

    def newest_first(
        self, statement: Select[_Row], number: InstrumentedAttribute[int]
    ) -> Select[_Row]:
        """Return `statement` for this page and one item more, the highest `number` first."""
        statement = statement.order_by(number.desc()).limit(self.limit + 1)
        return statement if self.last is None else statement.where(number < self.last)


class Page(BaseModel, Generic[Item]):
    """Some items; `next` is the cursor of the page after, or nothing at the end."""

    items: list[Item]
    next: str | None

    @classmethod
    def of(cls, found: Sequence[Item], limit: int, cursor: Callable[[Item], object]) -> Self:
        """Return the first `limit` of `found`; one more was looked for, to know of a next page."""
        items = list(found[:limit])
        return cls(items=items, next=str(cursor(items[-1])) if len(found) > limit else None)

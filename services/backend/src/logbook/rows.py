"""Rows of the database as the JSON that goes out, without an object for each in between.

What is asked often is written so: the models describe it (openapi.json), and tests hold the two
together. A statement is made once for each form that it may have, since SQLAlchemy takes longer to
put one together than Postgres takes to answer it.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json
from sqlalchemy import BindParameter, ColumnElement, Integer, Row, Select, bindparam
from sqlalchemy.orm import InstrumentedAttribute

from logbook.database.models import Base
from logbook.database.models.base import Id
from logbook.paging import Paging

Shown = dict[str, Any]


def shown(kind: type[BaseModel], table: type[Base]) -> list[ColumnElement[Any]]:
    """Return what `kind` shows of a row, in its order and under its names."""
    return [getattr(table, name).label(name) for name in kind.model_fields]


def ordered(kind: type[BaseModel], fields: Shown) -> Shown:
    """Return what `kind` shows of `fields`, in its order."""
    return {name: fields[name] for name in kind.model_fields}


def newest_first(
    statement: Select[Any], number: InstrumentedAttribute[int], *, is_first: bool
) -> Select[Any]:
    """Return `statement` for a page, the highest `number` first; see `page_parameters`."""
    limit: BindParameter[int] = bindparam("limit", type_=Integer)
    statement = statement.order_by(number.desc()).limit(limit)
    return statement if is_first else statement.where(number < bindparam("last", type_=Id))


def page_parameters(paging: Paging) -> Shown:
    """Return the parameters of that page and one item more."""
    of_all: Shown = {"limit": paging.limit + 1}
    return of_all if paging.last is None else {**of_all, "last": paging.last}


def page(rows: Sequence[Row[Any]], paging: Paging) -> bytes:
    """Write a page whose items are `rows`, of which there is one too many if more follow."""
    names = rows[0]._fields if rows else ()
    items = [dict(zip(names, row, strict=False)) for row in rows[: paging.limit]]
    more = len(rows) > paging.limit
    return to_json({"items": items, "next": str(items[-1]["id"]) if more else None})

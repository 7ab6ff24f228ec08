"""The keys of machines: given out once, kept as a hash, limited to scopes, revocable."""

import re
import secrets
from datetime import datetime
from hashlib import sha256
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import Connection, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from logbook.database.clock import In
from logbook.database.models import ApiKey
from logbook.database.models.base import Id
from logbook.fields import Name
from logbook.identity import Caller, Scope
from logbook.paging import Page, Paging

SECRET_BYTES = 32
USE_IS_NOTED_EVERY = 60
"""Seconds: noting each use would make every read a write."""

PREFIX = "lbk_"
_FORM = re.compile(PREFIX + r"([1-9][0-9]{0,17})_([0-9a-f]{64})")


def _ordered(scopes: list[Scope]) -> list[Scope]:
    return sorted(set(scopes))


class NewKey(BaseModel):
    """A key to be made."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Name, Field(description="Whose key it is")]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=8), AfterValidator(_ordered)]


class KeySummary(BaseModel):
    """A key as lists show it: `last_used_at` is right to a minute."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    scopes: list[Scope]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class MadeKey(KeySummary):
    """A key that was made; `key` itself is shown this once."""

    key: str


class KeyPage(Page[KeySummary]):
    """Some keys, the one made last first."""


async def make(session: AsyncSession, new: NewKey) -> MadeKey:
    """Make a key of 256 random bits: too many to guess, so a plain hash hides it well enough."""
    secret = secrets.token_hex(SECRET_BYTES)
    row = ApiKey(name=new.name, scopes=new.scopes, secret_sha256=_hash(secret))
    async with session.begin():
        session.add(row)
        await session.flush()
        await session.refresh(row)
    shown = KeySummary.model_validate(row).model_dump()
    return MadeKey(**shown, key=f"{PREFIX}{row.id}_{secret}")


async def page(session: AsyncSession, paging: Paging) -> KeyPage:
    """Return keys, the one made last first, those that were revoked too."""
    rows = await session.scalars(paging.newest_first(select(ApiKey), ApiKey.id))
    keys = [KeySummary.model_validate(row) for row in rows]
    return KeyPage.of(keys, paging.limit, lambda key: key.id)


async def revoke(session: AsyncSession, number: int) -> bool:
    """Make a key worthless from now on, for good; tells whether there is one of that number."""
    async with session.begin():
        row = await session.get(ApiKey, number, with_for_update=True)
        if row is not None and row.revoked_at is None:
            await session.execute(update(ApiKey).where(ApiKey.id == number).values(revoked_at=In()))
        return row is not None


def caller_of(connection: Connection, key: str) -> Caller | None:
    """Return who asks with `key`, or nothing where it is none of ours or was revoked.

    The database is asked each time: a key that is revoked opens nothing more, at any replica.
    """
    if (parts := _FORM.fullmatch(key)) is None:
        return None
    number, given = int(parts[1]), _hash(parts[2])
    row = connection.execute(_CALLER, {"number": number}).one_or_none()
    if row is None or not secrets.compare_digest(given, row.secret_sha256):
        return None
    if row.unnoted:
        connection.execute(_NOTE, {"number": number})
    return Caller(name=row.name, kind="key", scopes=tuple(row.scopes))


_unnoted = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < In(-USE_IS_NOTED_EVERY))
_is_it = ApiKey.id == bindparam("number", type_=Id)
_CALLER = select(ApiKey.name, ApiKey.scopes, ApiKey.secret_sha256, _unnoted.label("unnoted")).where(
    _is_it, ApiKey.revoked_at.is_(None)
)
_NOTE = update(ApiKey).where(_is_it, _unnoted).values(last_used_at=In())


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()

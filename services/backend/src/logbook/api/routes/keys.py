"""Making, listing and revoking the keys of machines."""

import logging

from fastapi import APIRouter, HTTPException, Response

from logbook import keys
from logbook.api.access import OwnerOnly
from logbook.api.queries import NumberInPath, PagingQuery
from logbook.api.wiring import Session

_log = logging.getLogger(__name__)
router = APIRouter(prefix="/keys", tags=["keys"], dependencies=[OwnerOnly])


@router.get("")
async def list_keys(session: Session, paging: PagingQuery) -> keys.KeyPage:
    """List keys, the one made last first, those that were revoked too."""
    return await keys.page(session, paging)


@router.post("", status_code=201)
async def make_key(new: keys.NewKey, session: Session, response: Response) -> keys.MadeKey:
    """Make a key; it is shown in this answer and never again."""
    response.headers["Cache-Control"] = "no-store"
    made = await keys.make(session, new)
    _log.info("key %d was made", made.id)
    return made


@router.delete("/{key_id}", status_code=204)
async def revoke_key(key_id: NumberInPath, session: Session) -> None:
    """Make a key worthless from now on; one that is revoked stays so."""
    if not await keys.revoke(session, key_id):
        raise HTTPException(404, f"There is no key {key_id}.")
    _log.info("key %d is revoked", key_id)

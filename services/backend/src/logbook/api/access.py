"""Who may ask for what."""

from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from logbook.api.wiring import Wired

_bearer = HTTPBearer(auto_error=False, description="The token that signing in gave")


async def _owner_only(
    wiring: Wired, token: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> None:
    if token is None or not wiring.owner.accepts(token.credentials):
        raise HTTPException(
            401, "A valid token is needed; sign in.", headers={"WWW-Authenticate": "Bearer"}
        )


OwnerOnly = Depends(_owner_only)
MayRead = OwnerOnly
MayRecord = OwnerOnly

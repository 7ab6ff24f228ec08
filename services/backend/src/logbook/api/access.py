"""Who may ask for what."""

from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.base import SecurityBase
from starlette.datastructures import Headers
from starlette.types import Scope

from logbook import keys
from logbook.api.wiring import Wired, Wiring, access_session_of
from logbook.identity import Caller
from logbook.identity import Scope as KeyScope

_bearer: SecurityBase = HTTPBearer(
    auto_error=False, description="The token that signing in gave, or an API key"
)


async def authenticate(wiring: Wiring, token: str) -> Caller | None:
    """Return who asks with `token`, which is a key or the owner's, or nothing for any other.

    Raises the answer 503 where that cannot be told, because the database is away.
    """
    if not token.startswith(keys.PREFIX):
        return wiring.owner.caller_of(token)
    async with access_session_of(wiring, wiring.reading) as session:
        return await keys.caller_of(session, token)


async def _caller(
    wiring: Wired, token: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Caller:
    return await _known(wiring, "" if token is None else token.credentials)


async def _known(wiring: Wiring, token: str) -> Caller:
    caller = await authenticate(wiring, token) if token else None
    if caller is None:
        raise HTTPException(
            401,
            "A valid token or API key is needed; sign in.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return caller


Asking = Annotated[Caller, Depends(_caller)]
"""Who asks; 401 where nobody is known."""


async def may_send_more(scope: Scope) -> None:
    """Raise `HTTPException` unless the caller may record: nobody else has much to send."""
    kind, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    known = token.strip() if kind.lower() == "bearer" else ""
    _needs(await _known(scope["app"].state.wiring, known), "record")


async def _may_read(caller: Asking) -> None:
    _needs(caller, "read")


async def _may_record(caller: Asking) -> None:
    _needs(caller, "record")


async def _owner_only(caller: Asking) -> None:
    if caller.kind != "owner":
        raise HTTPException(403, "Only the owner may do this; an API key cannot.")


def _needs(caller: Caller, scope: KeyScope) -> None:
    if scope not in caller.scopes:
        raise HTTPException(
            403,
            f'This API key lacks the scope "{scope}".',
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
        )


MayRead = Depends(_may_read)
MayRecord = Depends(_may_record)
OwnerOnly = Depends(_owner_only)

"""Who may ask for what."""

from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import HTTPBearer
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import Scope

from logbook import keys
from logbook.api.wiring import ACCESS_SECONDS, Wiring, asked, wiring_of
from logbook.identity import Caller
from logbook.identity import Scope as KeyScope


async def authenticate(wiring: Wiring, token: str) -> Caller | None:
    """Return who asks with `token`, which is a key or the owner's, or nothing for any other.

    Raises the answer 503 where that cannot be told, because the database is away or slow.
    """
    if not token.startswith(keys.PREFIX):
        return wiring.owner.caller_of(token)
    return await asked(wiring, lambda one: keys.caller_of(one, token), ACCESS_SECONDS)


class _Guard(HTTPBearer):
    """Tells who asks, or answers 401; with a scope, 403 where the caller lacks it.

    One dependency, which the description of the API knows as its security scheme: FastAPI takes
    longer to solve some small ones than to do all the rest.
    """

    def __init__(self, scope: KeyScope | None = None, *, owner_only: bool = False) -> None:
        super().__init__(
            scheme_name=HTTPBearer.__name__,
            description="The token that signing in gave, or an API key",
        )
        self._scope = scope
        self._owner_only = owner_only

    async def __call__(self, request: HTTPConnection) -> Caller:  # type: ignore[override] # see above
        caller = await _known(request.scope)
        if self._scope is not None:
            _needs(caller, self._scope)
        if self._owner_only and caller.kind != "owner":
            raise HTTPException(403, "Only the owner may do this; an API key cannot.")
        return caller


async def may_send_more(scope: Scope) -> None:
    """Raise `HTTPException` unless the caller may record: nobody else has much to send."""
    _needs(await _known(scope), "record")


async def _known(scope: Scope) -> Caller:
    kind, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    known = token.strip() if kind.lower() == "bearer" else ""
    caller = await authenticate(wiring_of(scope), known) if known else None
    if caller is None:
        raise HTTPException(
            401,
            "A valid token or API key is needed; sign in.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return caller


def _needs(caller: Caller, scope: KeyScope) -> None:
    if scope not in caller.scopes:
        raise HTTPException(
            403,
            f'This API key lacks the scope "{scope}".',
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
        )


Asking = Annotated[Caller, Depends(_Guard())]
"""Who asks; 401 where nobody is known."""
MayRead = Depends(_Guard("read"))
MayRecord = Depends(_Guard("record"))
OwnerOnly = Depends(_Guard(owner_only=True))

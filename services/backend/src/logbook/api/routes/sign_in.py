"""Signing in, and asking who one is."""

import logging
from hashlib import sha256
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, Field, SecretStr

from logbook import lock_out
from logbook.api.access import Asking
from logbook.api.wiring import Wired, Wiring, access_session_of
from logbook.client_address import client_address, subject_of
from logbook.identity import Caller

router = APIRouter(prefix="/auth", tags=["authentication"])

_LONGEST = 1_024
_log = logging.getLogger(__name__)


class Credentials(BaseModel):
    """What the owner signs in with."""

    username: Annotated[str, Field(max_length=_LONGEST)]
    password: Annotated[SecretStr, Field(max_length=_LONGEST)]


class Token(BaseModel):
    """A bearer token (RFC 6750); `expires_in` is in seconds."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a kind of token, not one
    expires_in: int


@router.post("/login", responses={401: {}, 429: {}, 503: {}})
async def login(
    credentials: Credentials, wiring: Wired, request: Request, response: Response
) -> Token:
    """Give a token for the right name and password, else 401; 429 after too many failures."""
    owner, password = wiring.owner, credentials.password.get_secret_value()
    outcome = await _attempt(wiring, request, credentials.username, password)
    if outcome.wait:
        raise HTTPException(
            429,
            f"Too many sign-ins failed; try again in {outcome.wait} s.",
            headers={"Retry-After": str(outcome.wait)},
        )
    if not outcome.is_right:
        raise HTTPException(
            401, "The username or the password is wrong.", headers={"WWW-Authenticate": "Bearer"}
        )
    response.headers["Cache-Control"] = "no-store"
    return Token(access_token=owner.issue_token(), expires_in=owner.expiry_seconds)


async def _attempt(
    wiring: Wiring, request: Request, username: str, password: str
) -> lock_out.Outcome:
    peer = request.client.host if request.client else ""
    forwarded = request.headers.getlist("x-forwarded-for")
    address = subject_of(client_address(peer, forwarded, wiring.trusted_proxies))
    # A name is hashed so that its row is short: anybody can send any.
    name = sha256(username.encode(errors="surrogatepass")).hexdigest()
    rules = [(f"address {address}", wiring.rules.address), (f"name {name}", wiring.rules.name)]
    async with access_session_of(wiring) as session, wiring.sign_ins:
        outcome = await lock_out.attempt(
            session, rules, lambda: wiring.owner.is_signed_in_by(username, password)
        )
    if outcome.is_right:
        _log.info("the owner signed in from %s", address)
    elif not outcome.wait:
        _log.info("a sign-in failed from %s", address)
    for subject in outcome.locks:
        _log.warning("too many sign-ins failed, locked out: %s", subject)
    return outcome


@router.get("/me")
async def me(caller: Asking) -> Caller:
    """Tell who asks, and with which scopes."""
    return caller

"""Signing in."""

from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Response
from pydantic import BaseModel, Field, SecretStr

from logbook.api.wiring import Wired

router = APIRouter(prefix="/auth", tags=["authentication"])

_LONGEST = 1_024


class Credentials(BaseModel):
    """What the owner signs in with."""

    username: Annotated[str, Field(max_length=_LONGEST)]
    password: Annotated[SecretStr, Field(max_length=_LONGEST)]


class Token(BaseModel):
    """A bearer token (RFC 6750); `expires_in` is in seconds."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a kind of token, not one
    expires_in: int


@router.post("/login")
async def login(credentials: Credentials, wiring: Wired, response: Response) -> Token:
    """Give a token for the right name and password, else 401."""
    owner = wiring.owner
    if not owner.is_signed_in_by(credentials.username, credentials.password.get_secret_value()):
        raise HTTPException(
            401, "The username or the password is wrong.", headers={"WWW-Authenticate": "Bearer"}
        )
    response.headers["Cache-Control"] = "no-store"
    return Token(access_token=owner.issue_token(), expires_in=owner.expiry_seconds)

"""Who is asking: the owner's password, and the tokens that stand for it afterwards."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal

from logbook.settings import Settings

# PyJWT is imported where it is needed: not before the first answer.

ALGORITHM = "HS256"
ISSUER = "logbook"

Scope = Literal["read", "record"]
ALL_SCOPES: tuple[Scope, ...] = ("read", "record")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the owner, or a machine with the name of its key."""

    name: str
    kind: Literal["owner", "key"]
    scopes: tuple[Scope, ...]


@dataclass(frozen=True, slots=True)
class Owner:
    """The one person who signs in, and the key that their tokens are signed with."""

    username: str
    password: str = field(repr=False)
    key: str = field(repr=False)
    expiry_seconds: int

    def is_signed_in_by(self, username: str, password: str) -> bool:
        """Tell whether both are right, in a time that does not depend on how wrong they are."""
        name_is_right = _same(username, self.username)
        password_is_right = _same(password, self.password)
        return name_is_right & password_is_right

    def issue_token(self, now: datetime | None = None) -> str:
        """Return a signed token (JWT) that is valid for `expiry_seconds`."""
        import jwt  # noqa: PLC0415

        issued = now or datetime.now(UTC)
        claims = {
            "iss": ISSUER,
            "sub": self.username,
            "iat": issued,
            "exp": issued + timedelta(seconds=self.expiry_seconds),
        }
        return jwt.encode(claims, self.key, algorithm=ALGORITHM)

    def accepts(self, token: str) -> bool:
        """Tell whether `token` is one of this owner's, unchanged and still valid."""
        import jwt  # noqa: PLC0415

        try:
            claims = jwt.decode(
                token,
                self.key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                # Another replica's clock may be a little ahead when it issues one.
                options={"require": ["exp", "iat", "iss", "sub"], "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            return False
        return _same(str(claims["sub"]), self.username)

    def caller_of(self, token: str) -> Caller | None:
        """Return the owner where `token` is one of theirs."""
        return Caller(self.username, "owner", ALL_SCOPES) if self.accepts(token) else None


def owner_of(settings: Settings) -> Owner:
    """Return the owner that the environment names."""
    return Owner(
        username=settings.owner_username,
        password=settings.owner_password.reveal(),
        key=settings.jwt_secret_key.reveal(),
        expiry_seconds=settings.jwt_expiry_seconds,
    )


def _same(given: str, expected: str) -> bool:
    """Compare in constant time; digests hide the lengths, too."""
    return secrets.compare_digest(_digest(given), _digest(expected))


def _digest(text: str) -> bytes:
    return sha256(text.encode(errors="surrogatepass")).digest()

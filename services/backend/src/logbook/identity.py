"""Who is asking: the owner's password, and the tokens that stand for it afterwards."""

import hmac
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal

from logbook.settings import Settings

# PyJWT is imported where it is needed: not before the first answer.

ALGORITHM = "HS256"
ISSUER = "logbook"
MOST_REMEMBERED = 256
PASSWORD_MARK = "pwm"  # noqa: S105 - a claim's name
_CLAIMS = ["exp", "iat", "iss", "sub", PASSWORD_MARK]

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
    _password_mark: str = field(init=False, repr=False)
    """What tells this password from another, to whoever has the key: in each token."""
    _remembered: dict[bytes, float] = field(init=False, repr=False, default_factory=dict)
    """When the tokens expire that were found to be good, by the hash of each: seconds since 1970.
    None of it can change but by the time, for a token is worth what it says."""

    def __post_init__(self) -> None:
        """Mark the password."""
        text = f"logbook password\x00{self.password}".encode(errors="surrogatepass")
        mark = hmac.digest(self.key.encode(errors="surrogatepass"), text, sha256).hex()
        object.__setattr__(self, "_password_mark", mark)

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
            PASSWORD_MARK: self._password_mark,
        }
        return jwt.encode(claims, self.key, algorithm=ALGORITHM)

    def accepts(self, token: str) -> bool:
        """Tell whether `token` is one of this owner's, unchanged, valid, of today's password."""
        digest = _digest(token)
        expiry = self._remembered.get(digest)
        if expiry is None:
            if (expiry := self._expiry_of(token)) is None:
                return False
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[digest] = expiry
        return expiry > time.time()

    def _expiry_of(self, token: str) -> float | None:
        """Return when `token` expires, or nothing where it is none of this owner's."""
        import jwt  # noqa: PLC0415

        try:
            claims = jwt.decode(
                token,
                self.key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                # Another replica's clock may be a little ahead when it issues one.
                options={"require": _CLAIMS, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            return None
        name_is_right = _same(str(claims["sub"]), self.username)
        password_is_right = _same(str(claims[PASSWORD_MARK]), self._password_mark)
        return float(claims["exp"]) if name_is_right & password_is_right else None

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

"""Signing in, and the tokens."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from conftest import ENVIRONMENT
from logbook.identity import Owner, owner_of
from logbook.settings import Settings


@pytest.fixture
def owner(settings: Settings) -> Owner:
    return owner_of(settings)


def test_only_the_right_name_with_the_right_password_signs_in(owner: Owner) -> None:
    assert owner.is_signed_in_by("captain", "aye-aye-7")
    assert not owner.is_signed_in_by("captain", "aye-aye-8")
    assert not owner.is_signed_in_by("cook", "aye-aye-7")
    assert not owner.is_signed_in_by("", "")
    assert not owner.is_signed_in_by("captain", "aye-aye-7 ")


def test_a_token_is_accepted_until_it_expires(owner: Owner) -> None:
    now = datetime.now(UTC)
    assert owner.accepts(owner.issue_token())
    assert owner.accepts(owner.issue_token(now - timedelta(seconds=86_390)))
    assert not owner.accepts(owner.issue_token(now - timedelta(seconds=86_401)))


def test_a_token_of_a_replica_whose_clock_is_ahead_is_accepted(owner: Owner) -> None:
    assert owner.accepts(owner.issue_token(datetime.now(UTC) + timedelta(seconds=30)))


def _token(
    key: str = ENVIRONMENT["JWT_SECRET_KEY"], algorithm: str = "HS256", **claims: object
) -> str:
    now = datetime.now(UTC)
    good: dict[str, object] = {
        "iss": "logbook",
        "sub": "captain",
        "iat": now,
        "exp": now + timedelta(hours=1),
    }
    payload = {name: value for name, value in {**good, **claims}.items() if value is not None}
    return jwt.encode(payload, key, algorithm=algorithm)


def test_a_token_made_by_the_same_rules_is_accepted(owner: Owner) -> None:
    assert owner.accepts(_token())


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        _token()[:-4] + "AAAA",
        _token(key="another key that is long enough to sign"),
        _token(algorithm="HS512", key=ENVIRONMENT["JWT_SECRET_KEY"] * 2),
        jwt.encode({"sub": "captain"}, "", algorithm="none"),
        _token(sub="cook"),
        _token(iss="another"),
        _token(exp=None),
        _token(sub=None),
    ],
)
def test_no_other_token_is_accepted(owner: Owner, token: str) -> None:
    assert not owner.accepts(token)


def test_an_owner_shows_no_secret(owner: Owner) -> None:
    assert "aye-aye-7" not in repr(owner)
    assert ENVIRONMENT["JWT_SECRET_KEY"] not in repr(owner)

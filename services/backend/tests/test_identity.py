"""Signing in, and the tokens."""

import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from conftest import ENVIRONMENT
from logbook import identity
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


def test_a_token_that_was_accepted_expires_all_the_same(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = owner.issue_token()
    assert owner.accepts(token)
    in_a_day = datetime.now(UTC).timestamp() + 86_401
    monkeypatch.setattr("logbook.identity.time.time", lambda: in_a_day)
    assert not owner.accepts(token)


def test_a_password_that_is_changed_ends_the_tokens_of_the_one_before(owner: Owner) -> None:
    changed = replace(owner, password="aye-aye-8")
    assert not changed.accepts(owner.issue_token())
    assert not owner.accepts(changed.issue_token())
    assert changed.accepts(changed.issue_token())


def test_another_replica_accepts_a_token_of_the_same_password(settings: Settings) -> None:
    assert owner_of(settings).accepts(owner_of(settings).issue_token())


def test_a_token_tells_nothing_of_the_password_without_the_key(owner: Owner) -> None:
    other = replace(owner, key="another key that is long enough to sign")
    marks = [
        jwt.decode(one.issue_token(), options={"verify_signature": False})[identity.PASSWORD_MARK]
        for one in (owner, other)
    ]
    assert marks[0] != marks[1]
    assert all(len(mark) == 64 and owner.password not in mark for mark in marks)


def test_no_more_tokens_are_remembered_than_a_few(owner: Owner) -> None:
    now = datetime.now(UTC)
    for seconds in range(2 * identity.MOST_REMEMBERED):
        assert owner.accepts(owner.issue_token(now - timedelta(seconds=seconds)))
        assert not owner.accepts(f"{seconds}.b.c")
    assert len(owner._remembered) <= identity.MOST_REMEMBERED


def test_a_token_of_a_replica_whose_clock_is_ahead_is_accepted(owner: Owner) -> None:
    assert owner.accepts(owner.issue_token(datetime.now(UTC) + timedelta(seconds=30)))


def _mark(password: str) -> str:
    text = b"logbook password\x00" + password.encode()
    return hmac.new(ENVIRONMENT["JWT_SECRET_KEY"].encode(), text, "sha256").hexdigest()


_MARK = _mark("aye-aye-7")


def _token(
    key: str = ENVIRONMENT["JWT_SECRET_KEY"], algorithm: str = "HS256", **claims: object
) -> str:
    now = datetime.now(UTC)
    good: dict[str, object] = {
        "iss": "logbook",
        "sub": "captain",
        "iat": now,
        "exp": now + timedelta(hours=1),
        identity.PASSWORD_MARK: _MARK,
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
        _token(pwm=None),
        _token(pwm=_mark("aye-aye-8")),
        _token(pwm=7),
    ],
)
def test_no_other_token_is_accepted(owner: Owner, token: str) -> None:
    assert not owner.accepts(token)


def test_an_owner_shows_no_secret(owner: Owner) -> None:
    assert "aye-aye-7" not in repr(owner)
    assert ENVIRONMENT["JWT_SECRET_KEY"] not in repr(owner)

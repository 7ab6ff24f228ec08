"""What the environment may say."""

import pytest

from conftest import ENVIRONMENT
from logbook.settings import Settings, SettingsError, load_settings, parse_database_url

SECRETS = ["hidden-word", ENVIRONMENT["JWT_SECRET_KEY"], ENVIRONMENT["OWNER_PASSWORD"]]


@pytest.fixture
def _environment(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("_environment")
@pytest.mark.parametrize("name", ENVIRONMENT)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_empty_or_blank_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    monkeypatch.delenv(name) if value is None else monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert name in str(caught.value)
    assert all(other not in str(caught.value) for other in ENVIRONMENT if other != name)


def test_all_missing_variables_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert all(name in str(caught.value) for name in ENVIRONMENT)


@pytest.mark.usefixtures("_environment")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JWT_SECRET_KEY", "s" * 31),
        ("DATABASE_URL", "mysql://sailor:s3kr1t@db/logbook"),
        ("DATABASE_URL", "s3kr1t"),
        ("DATABASE_URL", "postgresql://sailor:s3kr1t@db:port/logbook"),
        ("DATABASE_URL", "postgresql://sailor:s3kr1t@db/logbook?colour=s3kr1t"),
        ("JWT_EXPIRY_SECONDS", "s3kr1t"),
        ("JWT_EXPIRY_SECONDS", "-86400"),
        ("LISTEN_PORT", "65536"),
        ("LOG_LEVEL", "s3kr1t"),
    ],
)
def test_a_wrong_value_is_named_and_not_told(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert name in str(caught.value)
    assert value not in str(caught.value)
    assert "s3kr1t" not in str(caught.value)


@pytest.mark.usefixtures("_environment")
def test_a_key_of_32_bytes_is_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET_KEY", "é" * 16)
    assert load_settings().jwt_secret_key.get_secret_value() == "é" * 16


@pytest.mark.usefixtures("_environment")
def test_unknown_and_empty_optional_variables_change_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = load_settings()
    monkeypatch.setenv("JWT_EXPIRY_SECONDS", "")
    monkeypatch.setenv("LOGIN_MAX_FAILURES", "5")
    monkeypatch.setenv("LOGBOOK_PORT", "tcp://10.0.0.1:8000")
    assert load_settings() == expected
    assert expected.jwt_expiry_seconds == 86_400


def test_no_secret_shows_when_settings_are_printed(settings: Settings) -> None:
    shown = f"{settings!r} {settings} {settings.database}"
    assert not [secret for secret in SECRETS if secret in shown]


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_every_way_of_writing_postgres_is_understood(scheme: str) -> None:
    url = parse_database_url(f"{scheme}://a:b%40c@db:5433/logbook?sslmode=require")
    assert url.drivername == "postgresql+asyncpg"
    assert (url.password, url.port, dict(url.query)) == ("b@c", 5433, {"ssl": "require"})

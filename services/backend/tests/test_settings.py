"""What a process may be told, and where it may be told it."""

import os
from ipaddress import ip_network
from pathlib import Path

import pytest

from conftest import ENVIRONMENT
from logbook.generation import Generation
from logbook.settings import (
    Settings,
    SettingsError,
    WorkerSettings,
    load_settings,
    load_worker_settings,
    parse_database_url,
)

SECRETS = ["hidden-word", ENVIRONMENT["JWT_SECRET_KEY"], ENVIRONMENT["OWNER_PASSWORD"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the files that are settings."""
    folder = tmp_path / "etc"
    folder.mkdir()
    return folder


def wrong(environment: dict[str, str], folder: Path) -> str:
    """Return what is told about an environment that is not right."""
    with pytest.raises(SettingsError) as caught:
        load_settings(environment, folder)
    return str(caught.value)


@pytest.mark.parametrize("name", ENVIRONMENT)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_empty_or_blank_variable_is_named(
    environment: dict[str, str], folder: Path, name: str, value: str | None
) -> None:
    del environment[name]
    told = wrong(environment if value is None else {**environment, name: value}, folder)
    assert name in told
    assert all(other not in told for other in ENVIRONMENT if other != name)


def test_all_wrong_variables_are_named_at_once(folder: Path) -> None:
    told = wrong({"DATABASE_URL": "mysql://a", "LISTEN_PORT": "x", "LOG_LEVEL": "loud"}, folder)
    assert all(name in told for name in [*ENVIRONMENT, "LISTEN_PORT", "LOG_LEVEL"])
    assert len(told.splitlines()) == 7


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JWT_SECRET_KEY", "s" * 31),
        ("DATABASE_URL", "mysql://sailor:s3kr1t@db/logbook"),
        ("DATABASE_URL", "s3kr1t"),
        ("DATABASE_URL", "postgresql://sailor:s3kr1t@db:port/logbook"),
        ("DATABASE_URL", "postgresql://sailor:s3kr1t@db:123456/logbook"),
        ("DATABASE_URL", "postgresql://sailor:s3kr1t@db/logbook?colour=s3kr1t"),
        ("DATABASE_URL", "sqlite+aiosqlite://s3kr1t/logbook"),
        ("DATABASE_URL", "sqlite+aiosqlite:///s3kr1t?mode=rw"),
        ("DATABASE_URL", "sqlite+aiosqlite:///:memory:"),
        ("DATABASE_URL", "sqlite+aiosqlite:"),
        ("JWT_EXPIRY_SECONDS", "s3kr1t"),
        ("JWT_EXPIRY_SECONDS", "-86400"),
        ("JWT_EXPIRY_SECONDS", "9" * 5_000),
        ("LISTEN_PORT", "65536"),
        ("LISTEN_PORT", "8_000"),
        ("LOGIN_MAX_FAILURES", "-5"),
        ("MAX_UPLOAD_BYTES", "50MiB"),
        ("LOG_LEVEL", "s3kr1t"),
        ("LOGIN_TRUSTED_PROXY_IPS", "s3kr1t"),
        ("LOGIN_TRUSTED_PROXY_IPS", "10.0.0.1/8"),
        ("LOGIN_TRUSTED_PROXY_IPS", "0.0.0.0/0"),
        ("OWNER_PASSWORD", "s3kr1t\udcff"),
    ],
)
def test_a_wrong_value_is_named_and_not_told(
    environment: dict[str, str], folder: Path, name: str, value: str
) -> None:
    told = wrong({**environment, name: value}, folder)
    assert name in told
    assert len(told.splitlines()) == 2
    assert value not in told
    assert "s3kr1t" not in told


def test_a_key_of_32_bytes_is_long_enough(environment: dict[str, str], folder: Path) -> None:
    environment["JWT_SECRET_KEY"] = "é" * 16
    assert load_settings(environment, folder).jwt_secret_key.reveal() == "é" * 16


def test_unknown_and_empty_optional_variables_change_nothing(
    settings: Settings, environment: dict[str, str], folder: Path
) -> None:
    more = {"JWT_EXPIRY_SECONDS": "", "LOGBOOK_PORT": "tcp://10.0.0.1:8000"}
    assert load_settings({**environment, **more}, folder) == settings
    assert settings.jwt_expiry_seconds == 86_400
    assert settings.max_upload_bytes == 52_428_800


def test_trusted_proxies_are_addresses_and_networks(
    environment: dict[str, str], folder: Path
) -> None:
    environment["LOGIN_TRUSTED_PROXY_IPS"] = "10.0.0.7, 172.16.0.0/12,fd00::/8"
    expected = tuple(map(ip_network, ("10.0.0.7/32", "172.16.0.0/12", "fd00::/8")))
    assert load_settings(environment, folder).login_trusted_proxies == expected


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("named", [True, False])
def test_a_setting_may_come_from_a_file(
    environment: dict[str, str], folder: Path, end: bytes, *, named: bool
) -> None:
    del environment["OWNER_PASSWORD"]
    file = folder / ("any-name" if named else "owner_password")
    file.write_bytes(b" two\nlines \n" + end)
    more = {"OWNER_PASSWORD_FILE": str(file)} if named else {"OWNER_PASSWORD": ""}
    read = load_settings({**environment, **more}, folder).owner_password.reveal()
    assert read == (" two\nlines \n" if end else " two\nlines ")


def test_a_setting_given_twice_is_an_error_that_names_both(
    environment: dict[str, str], folder: Path
) -> None:
    file = folder / "owner_password"
    file.write_text("from the folder")
    told = wrong(environment, folder)
    assert f"OWNER_PASSWORD is given more than once, by OWNER_PASSWORD and {file}" in told
    told = wrong({**environment, "OWNER_PASSWORD_FILE": str(file)}, folder)
    assert f"by OWNER_PASSWORD and OWNER_PASSWORD_FILE and {file}" in told


def _unreadable(path: Path, kind: str) -> None:
    match kind:
        case "empty":
            path.write_bytes(b"")
        case "a line end":
            path.write_bytes(b"\n")
        case "blank":
            path.write_bytes(b" \n")
        case "not UTF-8":
            path.write_bytes(b"s3kr1t\xff")
        case "a NUL":
            path.write_bytes(b"s3kr1t\0")
        case "large":
            path.write_bytes(b"s3kr1t" * 11_000)
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "dangling":
            path.symlink_to(path.with_name("nowhere"))


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("absent", "cannot be read: No such file"),
        ("dangling", "cannot be read: No such file"),
        ("empty", "is empty"),
        ("a line end", "is empty"),
        ("blank", "is blank"),
        ("not UTF-8", "is not UTF-8"),
        ("a NUL", "holds a NUL"),
        ("large", "is larger than 65536 bytes"),
        ("folder", "cannot be read: Is a directory"),
        ("pipe", "is no file that can be read"),
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_a_file_that_cannot_be_used_is_named_with_the_reason(
    environment: dict[str, str], folder: Path, kind: str, reason: str, *, named: bool
) -> None:
    if kind == "absent" and not named:
        return
    del environment["JWT_SECRET_KEY"]
    file = folder / ("other" if named else "jwt_secret_key")
    _unreadable(file, kind)
    told = wrong({**environment, **({"JWT_SECRET_KEY_FILE": str(file)} if named else {})}, folder)
    assert "JWT_SECRET_KEY" in told
    assert reason in told
    assert "s3kr1t" not in told
    assert kind == "blank" or str(file) in told


def test_no_folder_of_settings_is_no_fault(
    environment: dict[str, str], settings: Settings, tmp_path: Path
) -> None:
    assert load_settings(environment, tmp_path / "nowhere") == settings
    (tmp_path / "file").write_text("")
    assert load_settings(environment, tmp_path / "file") == settings


def test_the_worker_needs_its_database_alone(environment: dict[str, str], folder: Path) -> None:
    only = {"DATABASE_URL": environment["DATABASE_URL"]}
    settings = load_worker_settings(only, folder)
    assert isinstance(settings, WorkerSettings)
    assert settings.database.password == "hidden-word"
    with pytest.raises(SettingsError, match="DATABASE_URL is missing or empty"):
        load_worker_settings({}, folder)


def test_no_secret_shows_when_settings_are_printed(settings: Settings) -> None:
    shown = f"{settings!r} {settings} {settings.database}"
    assert not [secret for secret in SECRETS if secret in shown]


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_every_way_of_writing_postgres_is_understood(scheme: str) -> None:
    url = parse_database_url(f"{scheme}://a:b%40c/?#@db:5433/logbook?sslmode=require")
    assert url.drivername == "postgresql+asyncpg"
    assert (url.password, url.port, dict(url.query)) == ("b@c/?#", 5433, {"ssl": "require"})


@pytest.mark.parametrize(
    "url", ["postgresql:///logbook?host=/run/postgresql", "postgresql://[::1]"]
)
def test_an_address_may_lack_what_has_a_default(url: str) -> None:
    assert parse_database_url(url).drivername == "postgresql+asyncpg"


def test_a_file_may_be_the_database() -> None:
    assert parse_database_url("sqlite+aiosqlite:////data/logbook.db").database == "/data/logbook.db"
    assert parse_database_url("sqlite+aiosqlite:///logbook.db").database == "logbook.db"


def test_the_generation_is_a_variable_and_never_a_file(
    environment: dict[str, str], folder: Path, tmp_path: Path
) -> None:
    told = {**environment, "GENERATION": "7", "ENVIRONMENT": "harbour"}
    assert load_settings(told, folder).generation == Generation("harbour", 7)
    assert load_worker_settings(told, folder).generation == Generation("harbour", 7)
    assert load_settings(environment, folder).generation == Generation("local", 0)
    (tmp_path / "number").write_text("7")
    assert "GENERATION must be a variable" in wrong(
        {**environment, "GENERATION_FILE": str(tmp_path / "number")}, folder
    )
    (folder / "generation").write_text("7")
    assert "GENERATION must be a variable" in wrong(environment, folder)

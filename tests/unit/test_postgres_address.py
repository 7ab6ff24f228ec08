"""The address of a database: read, shown, judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from seatrial.compose import database as subject
from seatrial.compose.database import embedded_addresses, require_database, stack_database
from seatrial.database.address import DatabaseAddress, complaint_of, is_refusal, read_address
from seatrial.envfile import Variable, Variables
from seatrial.errors import ConfigurationError, DatabaseUnreachableError
from seatrial.model.settings import PostgresSettings

POSTGRES = PostgresSettings()
SECRET = "s3cret-of-mine"
OURS = f"postgresql://logbook:{SECRET}@host.docker.internal:54322/logbook"


def variables(url: str) -> Variables:
    declared = (Variable("STORE_URL", "", ("postgres-url",)),)
    return Variables(Path(".env.example"), Path(".env"), declared, {"STORE_URL": url})


def test_a_url_is_read_whatever_its_driver_and_escapes() -> None:
    url = "postgresql+asyncpg://clerk:a%40b@db.example:6000/shop?ssl=require"
    address = read_address("STORE_URL", url)
    assert address == DatabaseAddress("db.example", 6000, "clerk", "a@b", "shop", "require")


def test_what_is_left_out_has_postgres_own_defaults() -> None:
    address = read_address("STORE_URL", "postgres://clerk@db.example")
    assert (address.port, address.database, address.password) == (5432, "clerk", "")


@pytest.mark.parametrize(
    "url",
    [
        f"mysql://u:{SECRET}@h/d",
        f"postgresql://:{SECRET}@h/d",
        f"postgresql://u:{SECRET}@/d",
        f"postgresql://u:{SECRET}@h:port/d",
        f"postgresql://u:{SECRET}@[h/d",
        SECRET,
    ],
)
def test_what_is_no_address_is_an_error_that_does_not_tell_it(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_address("STORE_URL", url)
    assert "STORE_URL is no address of a Postgres" in caught.value.lines()[0]
    assert SECRET not in "\n".join(caught.value.lines())


def test_the_password_is_never_shown() -> None:
    address = read_address("STORE_URL", OURS)
    assert SECRET not in repr(address) + address.shown
    assert address.shown == "logbook@host.docker.internal:54322/logbook"


def test_the_generated_address_is_the_embedded_postgres() -> None:
    database = stack_database(variables(OURS), POSTGRES, {})
    assert database is not None
    assert database.embedded


@pytest.mark.parametrize("other", ["host.docker.internal:5432", "db.example:54322"])
def test_another_host_or_port_is_a_postgres_of_ones_own(other: str) -> None:
    url = OURS.replace("host.docker.internal:54322", other)
    database = stack_database(variables(url), POSTGRES, {})
    assert database is not None
    assert not database.embedded
    with pytest.raises(ConfigurationError, match="STORE_URL points to a database that is not"):
        embedded_addresses(variables(url), POSTGRES, {})


def with_role(url: str) -> Variables:
    declared = Variable("ROLE_URL", "", ("postgres-role", "packer"))
    plain = variables(OURS)
    return replace(
        plain,
        declared=(*plain.declared, declared),
        values={**plain.values, "ROLE_URL": url},
    )


def test_the_embedded_postgres_has_its_owner_first_and_then_the_other_roles() -> None:
    role = OURS.replace("logbook:", "packer:")
    found = embedded_addresses(with_role(role), POSTGRES, {})
    assert [address.user for address in found] == ["logbook", "packer"]


@pytest.mark.parametrize("url", [OURS, "postgresql://packer:pw@db.example/shop", ""])
def test_no_role_is_made_that_is_the_owner_or_lives_elsewhere(url: str) -> None:
    found = embedded_addresses(with_role(url), POSTGRES, {})
    assert [address.user for address in found] == ["logbook"]


def test_a_stack_without_a_database_needs_none() -> None:
    assert stack_database(Variables(Path("e"), Path(".env")), POSTGRES, {}) is None


def test_an_address_that_means_the_container_itself_is_refused() -> None:
    database = stack_database(variables("postgresql://u@localhost/d"), POSTGRES, {})
    assert database is not None
    with pytest.raises(ConfigurationError, match="which in a container is the container"):
        require_database(database, None)


def test_the_database_is_asked_as_the_host_and_as_containers_reach_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    monkeypatch.setattr(
        subject, "require_answer", lambda address, _hint: asked.append(address.host)
    )
    monkeypatch.setattr(subject, "standing", lambda _host, _port: "free")
    database = stack_database(variables(OURS), POSTGRES, {})
    assert database is not None
    assert require_database(database, "172.17.0.1") == ("127.0.0.1:54322", "172.17.0.1:54322")
    assert asked == ["127.0.0.1", "172.17.0.1"]


def test_a_bridge_that_is_not_on_this_machine_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "require_answer", lambda _address, _hint: None)
    monkeypatch.setattr(subject, "standing", lambda _host, _port: "not ours")
    database = stack_database(variables(OURS), POSTGRES, {})
    assert database is not None
    assert require_database(database, "192.168.65.1") == ("127.0.0.1:54322",)


def test_nobody_listening_is_an_error_with_the_verb_that_helps() -> None:
    url = OURS.replace(":54322", ":1")
    database = stack_database(variables(url), PostgresSettings(port=1), {})
    assert database is not None
    with pytest.raises(DatabaseUnreachableError) as caught:
        require_database(database, None)
    assert caught.value.exit_code == 6
    assert caught.value.hint == "invoke postgres-up"
    assert SECRET not in "\n".join(caught.value.lines())


def test_nobody_listening_is_no_refusal() -> None:
    complaint = complaint_of(DatabaseAddress("127.0.0.1", 1, "u", "p", "d"))
    assert complaint is not None
    assert not is_refusal(complaint)


@pytest.mark.parametrize(
    "complaint",
    [
        'FATAL: password authentication failed for user "x"',
        'FATAL: database "x" does not exist',
        'FATAL: no pg_hba.conf entry for host "127.0.0.1"',
    ],
)
def test_a_server_that_does_not_know_us_refuses(complaint: str) -> None:
    assert is_refusal(complaint)

"""The stack's database: which one its variables point to, and whether it can be reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from seatrial.catalog import Project
from seatrial.database.address import (
    HOST_FROM_CONTAINERS,
    LOOPBACK,
    DatabaseAddress,
    read_address,
    require_answer,
)
from seatrial.envfile import POSTGRES_ROLE, POSTGRES_URL, Variable, Variables, read_variables
from seatrial.errors import ConfigurationError, SeatrialError
from seatrial.listeners import standing
from seatrial.model.settings import PostgresSettings


@dataclass(frozen=True)
class StackDatabase:
    """The database that a stack uses.

    Attributes:
        variable: Variable that holds its address.
        address: The address.
        embedded: Whether it is the one that `postgres-up` runs.
    """

    variable: str
    address: DatabaseAddress
    embedded: bool


def stack_variables(project: Project) -> Variables:
    """Read the variables beside the project's Compose file."""
    return read_variables((project.root / project.settings.compose_file).parent)


def stack_database(
    variables: Variables, postgres: PostgresSettings, environ: Mapping[str, str]
) -> StackDatabase | None:
    """Return the database that the variables point to, or None where they name none.

    Raises:
        ConfigurationError: When the variable holds no address of a Postgres.
    """
    found = _read(variables.of_kind(POSTGRES_URL)[:1], variables, postgres, environ)
    return found[0] if found else None


def role_databases(
    variables: Variables, postgres: PostgresSettings, environ: Mapping[str, str]
) -> tuple[StackDatabase, ...]:
    """Return the database as the roles see it that own nothing in it.

    Raises:
        ConfigurationError: When a variable holds no address of a Postgres.
    """
    return _read(variables.of_kind(POSTGRES_ROLE), variables, postgres, environ)


def _read(
    declared: Sequence[Variable],
    variables: Variables,
    postgres: PostgresSettings,
    environ: Mapping[str, str],
) -> tuple[StackDatabase, ...]:
    values = variables.effective(environ)
    urls = {one.name: values.get(one.name, "").strip() for one in declared}
    return tuple(_database(name, url, postgres) for name, url in urls.items() if url)


def _database(name: str, url: str, postgres: PostgresSettings) -> StackDatabase:
    address = read_address(name, url)
    ours = (HOST_FROM_CONTAINERS, postgres.port)
    embedded = ours == (address.host, address.port) and postgres.host == HOST_FROM_CONTAINERS
    return StackDatabase(name, address, embedded)


def embedded_addresses(
    variables: Variables, postgres: PostgresSettings, environ: Mapping[str, str]
) -> tuple[DatabaseAddress, ...]:
    """Return the address of the embedded Postgres, as its owner and then as each other role.

    Raises:
        ConfigurationError: When the stack uses another database, or none.
    """
    database = stack_database(variables, postgres, environ)
    if database is None:
        raise ConfigurationError(
            "nothing says which variable holds the database's address",
            expected='a line "# generate: postgres-url" above it',
            found=f"no such line in {variables.example}",
        )
    if not database.embedded:
        raise ConfigurationError(
            f"{database.variable} points to a database that is not the embedded one",
            expected=f"{HOST_FROM_CONTAINERS}:{postgres.port}",
            found=f"{database.address.host}:{database.address.port}",
            hint=f"start that one yourself; or empty {database.variable} in {variables.path}, "
            "and this command makes it anew",
        )
    owner = database.address
    others = [one.address for one in role_databases(variables, postgres, environ) if one.embedded]
    return (owner, *(one for one in others if one.user != owner.user))


def require_database(database: StackDatabase, bridge: str | None) -> tuple[str, ...]:
    """Connect to the database as this machine reaches it, and as containers do.

    Args:
        database: The stack's.
        bridge: What `host-gateway` stands for, or None.

    Returns:
        The addresses at which it answered.

    Raises:
        DatabaseUnreachableError: When it does not answer at one of them.
        ConfigurationError: When the address means a container itself.
    """
    address = database.address
    if address.host in {"localhost", LOOPBACK, "::1"}:
        raise ConfigurationError(
            f"{database.variable} points to {address.host}, which in a container is the container",
            expected=f"{HOST_FROM_CONTAINERS} for a database on this machine",
        )
    if not address.on_this_host:
        require_answer(address, "start it, or mend its address in .env")
        return (f"{address.host}:{address.port}",)
    hosts = [LOOPBACK, *([bridge] if bridge and standing(bridge, 0) == "free" else [])]
    for host in hosts:
        require_answer(address.seen_from(host), _hint(database, host))
    return tuple(f"{host}:{address.port}" for host in hosts)


def _hint(database: StackDatabase, host: str) -> str:
    if database.embedded:
        return "invoke postgres-up"
    if host == LOOPBACK:
        return "start it, or mend its address in .env"
    return f"containers reach this machine as {host}: let it listen there (listen_addresses)"


def complaint_of_databases(
    databases: Iterable[StackDatabase], bridge: str | None
) -> SeatrialError | None:
    """Return why one of them cannot be reached, as `require_database` says it, or None."""
    for database in databases:
        try:
            require_database(database, bridge)
        except SeatrialError as error:
            return error
    return None

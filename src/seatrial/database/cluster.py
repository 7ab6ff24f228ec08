"""The embedded cluster on disk: how it is made, how it is configured, what runs in it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from seatrial.database.address import LOOPBACK, DatabaseAddress
from seatrial.database.place import Place
from seatrial.database.programs import Programs
from seatrial.errors import DatabaseUnreachableError

PID_FILE = "postmaster.pid"
# Lines of postmaster.pid, as Postgres writes them.
_PID, _PORT = 0, 3


def data_major(place: Place) -> int | None:
    """Return the major version that the data were made by, or None where there are none."""
    try:
        return int((place.data / "PG_VERSION").read_text().split(".")[0])
    except (FileNotFoundError, ValueError):
        return None


def make_cluster(place: Place, programs: Programs) -> None:
    """Make the data folder; whole or not at all."""
    fresh = place.folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    # No login over the network uses this superuser: pg_hba.conf is ours and does not let it in.
    options = ["--username=postgres", "--auth=reject", "--encoding=UTF8", "--no-locale"]
    programs.run("initdb", [*options, "--no-instructions", "-D", str(fresh)])
    fresh.rename(place.data)


def configure(place: Place, logins: Sequence[DatabaseAddress], listen: Sequence[str]) -> None:
    """Write the server's configuration, all of it, for the next start.

    Args:
        place: Where the cluster is.
        logins: Which port, and who may log in to what; the owner first.
        listen: Addresses of this machine to listen on.
    """
    settings = {
        "listen_addresses": ",".join(listen),
        "port": str(logins[0].port),
        "unix_socket_directories": "",
        "password_encryption": "scram-sha-256",
        "max_connections": "100",
        "shared_buffers": "64MB",
        "log_timezone": "UTC",
        "timezone": "UTC",
        "log_line_prefix": "%m [%p] %u@%d ",
    }
    # samenet is every subnet that this machine has an interface in: also those of the engine's
    # networks, which come and go. Who is not on loopback got here through the engine's bridge.
    hba = [
        f"host {_quoted(login.database)} {_quoted(login.user)} {where} scram-sha-256"
        for login in logins
        for where in (f"{LOOPBACK}/32", "samenet")
    ]
    write_configuration(place, settings, hba)


def write_configuration(place: Place, settings: Mapping[str, str], hba: Sequence[str]) -> None:
    """Write all of `postgresql.conf` and `pg_hba.conf`."""
    lines = [f"{name} = {_literal(value)}" for name, value in settings.items()]
    _write(place, "postgresql.conf", lines)
    _write(place, "pg_hba.conf", hba)


def make_logins(place: Place, programs: Programs, logins: Sequence[DatabaseAddress]) -> None:
    """Make the roles, and the database of the first; or give the roles their new passwords.

    The server must be down: this is Postgres' single-user mode, so that no superuser ever needs a
    password. What is there already makes it print an error and go on.
    """
    statements = [words for login in logins for words in _login(login)]
    database, owner = _quoted(logins[0].database), _quoted(logins[0].user)
    statements.append(f"CREATE DATABASE {database} OWNER {owner}")
    # The statements hold the password: no log may repeat them.
    quiet = ["-c", "log_min_error_statement=panic", "-c", "log_statement=none"]
    options = ["--single", "-D", str(place.data), *quiet, "postgres"]
    programs.run("postgres", options, entry="\n".join(statements) + "\n")


def _login(login: DatabaseAddress) -> tuple[str, str]:
    """Return how a role is made that may log in and is nobody special."""
    role, password = _quoted(login.user), _literal(login.password)
    plain = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    return f"CREATE ROLE {role}", f"ALTER ROLE {role} {plain} PASSWORD {password}"


def server_pid(place: Place) -> int | None:
    """Return the pid of the server that runs on this data, or None.

    A pid file may have outlived its server, and its number may belong to another process by now.
    What tells is the command line, which everyone may read: for the folder that a process stands
    in, root in a container lacks a capability.
    """
    lines = _pid_file(place)
    if not lines or not lines[_PID].strip().isdigit():
        return None
    try:
        process = psutil.Process(int(lines[_PID]))
        words = process.cmdline()
    except psutil.AccessDenied as error:
        raise DatabaseUnreachableError(
            f"the Postgres in {place.folder} belongs to another user",
            hint="run the command as the user who started it",
        ) from error
    except psutil.Error:
        return None
    ours = words and Path(words[0]).name == "postgres" and str(place.data) in words
    return process.pid if ours else None


def server_port(place: Place) -> int | None:
    """Return the port of the server that runs or ran on this data."""
    lines = _pid_file(place)
    return int(lines[_PORT]) if len(lines) > _PORT and lines[_PORT].strip().isdigit() else None


def forget_dead_server(place: Place) -> bool:
    """Remove a pid file that outlived its server; return whether there was one."""
    path = place.data / PID_FILE
    if server_pid(place) is not None or not path.exists():
        return False
    path.unlink()
    return True


def _pid_file(place: Place) -> list[str]:
    try:
        return (place.data / PID_FILE).read_text().splitlines()
    except FileNotFoundError:
        return []


def _write(place: Place, name: str, lines: Sequence[str]) -> None:
    path, aside = place.data / name, place.data / f"{name}.new"
    with contextlib.suppress(FileNotFoundError):
        aside.unlink()
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("# Written by seatrial at every start; changes here are lost.\n")
        file.write("\n".join(lines) + "\n")
    place.give(aside)
    aside.replace(path)


def _quoted(name: str) -> str:
    """Return a name as an SQL identifier, which is also how pg_hba.conf quotes."""
    if any(character in name for character in '"\n\0'):
        raise DatabaseUnreachableError(f"{name!r} cannot be the name of a role or database")
    return f'"{name}"'


def _literal(text: str) -> str:
    """Return a text as an SQL literal, which is also how postgresql.conf quotes."""
    if any(character in text for character in "\n\0"):
        raise DatabaseUnreachableError("the database's password cannot hold a line's end")
    return "'" + text.replace("'", "''") + "'"

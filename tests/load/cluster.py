"""A Postgres of the tests' own, which they may stop and start."""

from __future__ import annotations

import random
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from seatrial.database.address import LOOPBACK, DatabaseAddress, connect
from seatrial.database.binaries import find_binaries
from seatrial.database.cluster import forget_dead_server, server_pid, write_configuration
from seatrial.database.place import Place, own_account, usable
from seatrial.database.programs import Programs

ROLE = "postgres"
PASSWORD = "sea-trial-of-load"


@dataclass(frozen=True)
class Cluster:
    """One server with its data in a folder of its own.

    Attributes:
        place: Where the data are.
        programs: What runs them.
        port: Where it listens, the same after each start.
    """

    place: Place
    programs: Programs
    port: int

    def start(self) -> None:
        """Start and wait until it answers."""
        forget_dead_server(self.place)
        options = ["start", "-D", str(self.place.data), "-l", str(self.place.log), "-w", "-s"]
        self.programs.run("pg_ctl", options)

    def stop(self, mode: str = "immediate") -> None:
        """Stop: `immediate` is a crash, which cuts all connections and writes nothing more."""
        if server_pid(self.place) is not None:
            options = ["stop", "-D", str(self.place.data), "-w", "-s", "-m", mode]
            self.programs.run("pg_ctl", options)

    def make_database(self, name: str) -> str:
        """Make an empty database and return its URL as the services read it."""
        with self.connect() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def url(self, name: str, host: str = LOOPBACK) -> str:
        """Return a database's URL, seen from where this machine is called `host`."""
        return f"postgresql://{ROLE}:{PASSWORD}@{host}:{self.port}/{name}"

    def connect(self, name: str = "postgres") -> psycopg.Connection[Any]:
        """Connect to a database; each statement is a transaction of its own."""
        return connect(DatabaseAddress(LOOPBACK, self.port, ROLE, PASSWORD, name))

    def rows(self, name: str, statement: str) -> list[tuple[Any, ...]]:
        """Return what a statement finds in a database."""
        with self.connect(name) as connection:
            return connection.execute(statement.encode()).fetchall()

    def value(self, name: str, statement: str) -> Any:
        """Return the one value that a statement finds."""
        ((found,),) = self.rows(name, statement)
        return found

    @property
    def log(self) -> str:
        """What the server has logged: every change of a table's form, and every error."""
        return self.place.log.read_text(errors="replace")


@contextmanager
def running_cluster(listen: str = LOOPBACK, *, fsync: bool = False) -> Iterator[Cluster]:
    """Have a server run while the block does.

    Args:
        listen: Its addresses, with commas between them.
        fsync: Whether it waits for the disk. No test here cuts the power, so none needs it; whoever
            measures does.
    """
    # Not pytest's own folder, which the server's user could not reach.
    folder = Path(tempfile.mkdtemp(prefix="seatrial-load-"))
    try:
        cluster = _make(folder, listen, fsync=fsync)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder)


def _make(folder: Path, listen: str, *, fsync: bool) -> Cluster:
    place = Place(folder, own_account())
    place.make()
    programs = Programs(usable(find_binaries(), place), place.account)
    secret = folder / "password"
    secret.write_text(PASSWORD)
    place.give(secret)
    options = [f"--username={ROLE}", "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale"]
    programs.run("initdb", [*options, "--no-sync", f"--pwfile={secret}", "-D", str(place.data)])
    settings = {
        "listen_addresses": listen,
        "port": str(free_port()),
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": "64MB",
        "fsync": "on" if fsync else "off",
        "log_statement": "ddl",
        # What is acknowledged before it is written out is then lost in a crash for certain.
        "wal_writer_delay": "10s",
        "wal_writer_flush_after": "0",
    }
    hba = [f"host all all {source} scram-sha-256" for source in (f"{LOOPBACK}/32", "samenet")]
    write_configuration(place, settings, hba)
    return Cluster(place, programs, int(settings["port"]))


def free_port() -> int:
    """Return a port on which nothing listens, another one each time.

    It is below those that the kernel gives to connections: under load one would soon be ours.
    """
    for _ in range(100):
        port = _ports.randrange(20_000, 32_000)
        try:
            socket.create_server(("", port)).close()
        except OSError:
            continue
        if port not in _given:
            _given.add(port)
            return port
    raise AssertionError("no port is free")


_ports = random.SystemRandom()
_given: set[int] = set()

"""The embedded server's life: up, down, status."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from seatrial.database import cluster
from seatrial.database.address import LOOPBACK, DatabaseAddress, complaint_of, is_refusal
from seatrial.database.binaries import find_binaries
from seatrial.database.place import Place, usable
from seatrial.database.programs import Programs
from seatrial.errors import DatabaseUnreachableError
from seatrial.listeners import holder, standing

START_SECONDS = 30
LOG_BYTES = 8 << 20

Change = Literal["started", "restarted", "none"]


@dataclass(frozen=True)
class Running:
    """A server that answers.

    Attributes:
        change: What was done to have it.
        pid: Its process.
        listen: Addresses it listens on.
        port: Its TCP port.
    """

    change: Change
    pid: int
    listen: tuple[str, ...]
    port: int


def up(place: Place, logins: Sequence[DatabaseAddress], bridge: str | None) -> Running:
    """Have the server run and answer everyone, on loopback and on the engine's bridge.

    Args:
        place: Where its state is.
        logins: Its port, and the roles that must be there; the first owns the database.
        bridge: Address under which containers reach this machine, or None where it has none.

    Raises:
        DatabaseUnreachableError: When it cannot be made to answer; also for a port that is taken.
    """
    place.make()
    with _alone(place):
        pid, port = cluster.server_pid(place), logins[0].port
        if pid is not None and (listen := _answering(place, logins, bridge)):
            return Running("none", pid, listen, port)
        programs = _programs(place)
        if pid is not None:
            _stop(place, programs)
        listen = _addresses(port, bridge)
        with _stopped_when_interrupted(place, programs):
            _start_answering(place, programs, logins, listen)
        started = cluster.server_pid(place)
        assert started is not None  # noqa: S101 - it has just answered
        return Running("restarted" if pid else "started", started, listen, port)


def down(place: Place, *, clean: bool = False) -> bool:
    """Stop the server, and with `clean` remove its data; return whether anything was done."""
    if not place.folder.exists():
        return False
    with _alone(place):
        running = cluster.server_pid(place) is not None
        if running:
            _stop(place, _programs(place))
        cluster.forget_dead_server(place)
    if clean:
        shutil.rmtree(place.folder)
    return running or clean


def log_tail(place: Place, lines: int = 20) -> tuple[str, ...]:
    """Return the last lines of the server's log."""
    with contextlib.suppress(FileNotFoundError):
        return tuple(place.log.read_text(errors="replace").splitlines()[-lines:])
    return ()


def _programs(place: Place) -> Programs:
    binaries = usable(find_binaries(cluster.data_major(place)), place)
    return Programs(binaries, place.account)


def _answering(
    place: Place, logins: Sequence[DatabaseAddress], bridge: str | None
) -> tuple[str, ...] | None:
    """Return where the running server answers, or None when it does not everywhere it should."""
    if cluster.server_port(place) != logins[0].port:
        return None
    wanted = [LOOPBACK, *([bridge] if bridge and _is_local(bridge) else [])]
    return None if _first_complaint(logins, wanted) else tuple(wanted)


def _is_local(host: str) -> bool:
    return standing(host, 0) == "free"


def _addresses(port: int, bridge: str | None) -> tuple[str, ...]:
    """Return the addresses to listen on, all of them free."""
    wanted = [LOOPBACK]
    # An engine in a virtual machine has its bridge there, and forwards to our loopback.
    if bridge and bridge != LOOPBACK and _is_local(bridge):
        wanted.append(bridge)
    for host in wanted:
        if standing(host, port) != "free":
            raise DatabaseUnreachableError(
                f"{host}:{port} is taken, the embedded Postgres cannot listen there",
                found=holder(port) or "a process that does not tell its name",
                hint="stop it, or set another port in [tool.seatrial.postgres]",
            )
    return tuple(wanted)


def _start_answering(
    place: Place, programs: Programs, logins: Sequence[DatabaseAddress], listen: Sequence[str]
) -> None:
    if cluster.data_major(place) is None:
        cluster.make_cluster(place, programs)
        cluster.make_logins(place, programs, logins)
    _start(place, programs, logins, listen)
    complaint = _first_complaint(logins, listen)
    if complaint and is_refusal(complaint):
        # A password in .env is another one by now, or a role or database is new there.
        _stop(place, programs)
        cluster.make_logins(place, programs, logins)
        _start(place, programs, logins, listen)
        complaint = _first_complaint(logins, listen)
    if complaint:
        _stop(place, programs)
        raise DatabaseUnreachableError(
            "Postgres was started and does not let us in", found=complaint, detail=log_tail(place)
        )


def _first_complaint(logins: Sequence[DatabaseAddress], listen: Sequence[str]) -> str | None:
    complaints = (complaint_of(login.seen_from(host)) for login in logins for host in listen)
    return next((complaint for complaint in complaints if complaint), None)


def _start(
    place: Place, programs: Programs, logins: Sequence[DatabaseAddress], listen: Sequence[str]
) -> None:
    cluster.forget_dead_server(place)
    cluster.configure(place, logins, listen)
    if place.log.exists() and place.log.stat().st_size > LOG_BYTES:
        place.log.replace(place.log.with_suffix(".log.1"))
    options = ["start", "-D", str(place.data), "-l", str(place.log), "-w", "-t", str(START_SECONDS)]
    # pg_ctl gives the server a session of its own: it outlives the shell.
    done = programs.run("pg_ctl", [*options, "-s"], must=False)
    if done.returncode != 0:
        raise DatabaseUnreachableError(
            "Postgres did not start",
            found=done.stderr.strip() or None,
            hint=f"its log is {place.log}",
            detail=log_tail(place),
        )


def _stop(place: Place, programs: Programs) -> None:
    options = ["stop", "-D", str(place.data), "-w", "-s", "-t"]
    done = programs.run("pg_ctl", [*options, "15", "-m", "fast"], must=False)
    if done.returncode != 0 and cluster.server_pid(place) is not None:
        programs.run("pg_ctl", [*options, "15", "-m", "immediate"])


@contextlib.contextmanager
def _stopped_when_interrupted(place: Place, programs: Programs) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        _stop(place, programs)
        raise


@contextlib.contextmanager
def _alone(place: Place) -> Iterator[None]:
    """Hold the state's lock: two commands at once would start two servers."""
    with (place.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

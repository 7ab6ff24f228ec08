"""Containers of a run: started, looked at, stopped, and removed whatever happens."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from seatrial.engine.api import Question, Reply, ask, told
from seatrial.engine.client import Engine
from seatrial.errors import NoEngineError, SeatrialError

RUN_LABEL = "seatrial.run"
REMOVE_SECONDS = 20.0
# The engine takes ten ports in their order, then gives up although others may be free.
PORT_TRIES = 20
_TAKEN = ("address already in use", "port is already allocated")
_FULL = "no space left on device"
NANO = 10**9
# Enough to judge by, and an image that prints without end does not fill the disk.
LOGS = {"Type": "json-file", "Config": {"max-size": "2m", "max-file": "1"}}


@dataclass(frozen=True)
class ContainerRun:
    """How a container is run.

    Attributes:
        name: Its name; unique, for it stands for the container everywhere.
        run: Id of the run that it belongs to.
        image: What to run.
        env: Its environment, beside the image's own.
        publish: TCP ports published on free ports of 127.0.0.1.
        tmpfs: Mounts in memory, `PATH` or `PATH:OPTIONS`.
        read_only: Whether its root is read-only.
        capabilities: All that it has, and no new privileges; None: the engine's own set.
        user: `UID:GID` in place of the image's own.
        network: Network in place of the engine's own; `none` is none.
        memory: Bytes it may use, or None.
        check_health: Run the image's HEALTHCHECK, every so many seconds; None: not at all.
        command: Run this in place of the image's entrypoint and command; empty: those.
    """

    name: str
    run: str
    image: str
    env: Mapping[str, str] = field(default_factory=dict)
    publish: tuple[int, ...] = ()
    tmpfs: tuple[str, ...] = ()
    read_only: bool = False
    capabilities: tuple[str, ...] | None = None
    user: str | None = None
    network: str | None = None
    memory: int | None = None
    check_health: float | None = None
    command: tuple[str, ...] = ()

    @property
    def settings(self) -> dict[str, Any]:
        """What the engine's API takes to make it."""
        ports = [f"{port}/tcp" for port in self.publish]
        host: dict[str, Any] = {
            "LogConfig": LOGS,
            "PortBindings": {port: [{"HostIp": "127.0.0.1", "HostPort": ""}] for port in ports},
            "Tmpfs": {m.partition(":")[0]: m.partition(":")[2] for m in self.tmpfs},
            "ReadonlyRootfs": self.read_only,
        }
        if self.capabilities is not None:
            host |= {"CapDrop": ["ALL"], "CapAdd": list(self.capabilities)}
            host["SecurityOpt"] = ["no-new-privileges"]
        if self.memory is not None:
            host |= {"Memory": self.memory, "MemorySwap": self.memory}
        if self.network is not None:
            host["NetworkMode"] = self.network
        made: dict[str, Any] = {
            "Image": self.image,
            "Labels": {RUN_LABEL: self.run},
            "Env": [f"{name}={value}" for name, value in self.env.items()],
            "ExposedPorts": {port: {} for port in ports},
            "Healthcheck": self._health,
            "HostConfig": host,
        }
        if self.user is not None:
            made["User"] = self.user
        if self.command:
            made |= {"Entrypoint": [self.command[0]], "Cmd": list(self.command[1:])}
        return made

    @property
    def _health(self) -> dict[str, Any]:
        if self.check_health is None:
            return {"Test": ["NONE"]}
        # What is left out is the image's own.
        pause = int(self.check_health * NANO)
        return {"Interval": pause, "StartInterval": pause}


@dataclass(frozen=True)
class ContainerState:
    """What the engine says of a container at one moment.

    Attributes:
        id: Its id.
        pid: Process id of its first process as the engine's host sees it; 0 when it has ended.
        running: Whether it runs.
        exit_code: With which code it ended.
        out_of_memory: Whether the kernel killed it for want of memory.
        health: The engine's word on its HEALTHCHECK; None without one.
        ports: Published port on 127.0.0.1 by its own port.
        address: Its own address on the engine's network; None where it has none.
    """

    id: str
    pid: int
    running: bool
    exit_code: int
    out_of_memory: bool
    health: str | None
    ports: dict[int, int]
    address: str | None = None


def make_container(engine: Engine, run: ContainerRun) -> str | None:
    """Make a container without starting it. Returns why the engine could not, or None."""
    query = {"name": run.name}
    return _refusal(ask(engine, Question("POST", "/containers/create", query, run.settings)))


def start_container(engine: Engine, name: str) -> str | None:
    """Start a container that was made, or has ended. Returns why the engine could not, or None.

    Raises:
        NoEngineError: When it has no room or no free port for it, which is no fault of the image's.
    """
    complaint = ""
    for _ in range(PORT_TRIES):
        reply = ask(engine, Question("POST", f"/containers/{name}/start"))
        complaint = reply.complaint
        if reply.ok or not any(sign in complaint for sign in _TAKEN):
            return _refusal(reply)
    raise NoEngineError(
        "the engine finds no free port on 127.0.0.1",
        found=complaint[:300],
        hint="free some: ss --tcp --listening shows what listens",
    )


def inspect_container(engine: Engine, name: str) -> ContainerState:
    """Return the state of a container.

    Raises:
        SeatrialError: When there is no such container.
    """
    facts = told(engine, Question("GET", f"/containers/{name}/json"))
    state: dict[str, Any] = facts["State"]
    network = facts.get("NetworkSettings") or {}
    addresses = [one.get("IPAddress") for one in (network.get("Networks") or {}).values()]
    return ContainerState(
        id=facts["Id"],
        pid=int(state.get("Pid") or 0),
        running=bool(state.get("Running")),
        exit_code=int(state.get("ExitCode") or 0),
        out_of_memory=bool(state.get("OOMKilled")),
        health=(state.get("Health") or {}).get("Status"),
        ports={
            int(port.partition("/")[0]): int(places[0]["HostPort"])
            for port, places in (network.get("Ports") or {}).items()
            if places
        },
        address=next(filter(None, addresses), None),
    )


def container_changes(engine: Engine, name: str) -> list[str]:
    """Return the paths in which a container's root differs from its image, as it says them."""
    found = told(engine, Question("GET", f"/containers/{name}/changes")) or []
    return [change["Path"] for change in found]


def stop_container(engine: Engine, name: str, seconds: int) -> None:
    """Stop a container as any engine does: its stop signal, and SIGKILL `seconds` later."""
    query = {"t": str(seconds)}
    told(engine, Question("POST", f"/containers/{name}/stop", query, seconds=seconds + 15.0))


def kill_container(engine: Engine, name: str, signal: str) -> None:
    """Send a signal to a container's first process; one that has ended already is well."""
    _or_gone(ask(engine, Question("POST", f"/containers/{name}/kill", {"signal": signal})))


def remove_container(engine: Engine, name: str) -> None:
    """Remove a container and its volumes; one that is gone already is well."""
    query = {"force": "1", "v": "1"}
    _or_gone(ask(engine, Question("DELETE", f"/containers/{name}", query)))


def put_files(engine: Engine, name: str, archive: bytes) -> None:
    """Put the files of a tar archive into a container's root.

    Raises:
        SeatrialError: When the engine could not.
    """
    told(engine, Question("PUT", f"/containers/{name}/archive", {"path": "/"}, archive))


def top_output(engine: Engine, name: str) -> str | None:
    """Return `docker top` with pid, ppid, uid, gid, args; None where its host has no ps."""
    query = {"ps_args": "-eo pid,ppid,uid,gid,args"}
    reply = ask(engine, Question("GET", f"/containers/{name}/top", query))
    if not reply.ok:
        return None
    rows = [reply.told["Titles"], *reply.told["Processes"]]
    return "\n".join(" ".join(row) for row in rows)


def containers_of(engine: Engine, run: str) -> list[str]:
    """Return the ids of the containers that belong to a run."""
    query = {"all": "1", "filters": f'{{"label": ["{RUN_LABEL}={run}"]}}'}
    return [one["Id"] for one in told(engine, Question("GET", "/containers/json", query))]


def remove_run(engine: Engine, run: str, seconds: float = REMOVE_SECONDS) -> None:
    """Remove every container of a run, also one that the engine is just making.

    Raises:
        NoEngineError: When some are left after `seconds`.
    """
    end = time.monotonic() + seconds
    while left := containers_of(engine, run):
        # Side by side: the engine takes its time for each, and waits for most of it.
        with ThreadPoolExecutor(len(left), "remove") as pool:
            for removed in [pool.submit(remove_container, engine, name) for name in left]:
                removed.result()
        if time.monotonic() > end:
            raise NoEngineError(f"containers of this trial stay: {' '.join(left)}")


def remedy(run: str) -> str:
    """Return what removes the containers of a run when the engine answers again."""
    found = f"$(docker ps --all --quiet --filter label={RUN_LABEL}={run})"
    return f"what is left of this trial goes with: docker rm --force --volumes {found}"


_GONE = frozenset({404, 409})


def _refusal(reply: Reply) -> str | None:
    """Return why the engine did not do it, or None where it did.

    Raises:
        NoEngineError: When its disk is full.
    """
    if not reply.ok and _FULL in reply.complaint:
        raise NoEngineError(
            "the engine's disk is full",
            found=reply.complaint[:300],
            hint="make room: docker system df shows what it holds",
        )
    return None if reply.ok else reply.complaint


def _or_gone(reply: Reply) -> None:
    # 404: no such container. 409: it does not run, or is being removed by somebody else.
    if not reply.ok and reply.status not in _GONE:
        raise SeatrialError(f"the engine says no: {reply.complaint}")

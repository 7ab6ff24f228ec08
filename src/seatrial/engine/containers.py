"""Containers of a run: started, looked at, stopped, and removed whatever happens."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seatrial.engine.calls import Answer, call
from seatrial.engine.client import Engine
from seatrial.errors import NoEngineError, SeatrialError

RUN_LABEL = "seatrial.run"
REMOVE_SECONDS = 20.0
# Enough to judge by, and an image that prints without end does not fill the disk.
LOG_OPTIONS = ("--log-driver", "json-file", "--log-opt", "max-size=2m", "--log-opt", "max-file=1")


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
        hardened: Read-only root, no capabilities, no new privileges.
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
    hardened: bool = False
    memory: int | None = None
    check_health: float | None = None
    command: tuple[str, ...] = ()

    @property
    def words(self) -> list[str]:
        """The client's words that start it."""
        words = ["run", "--detach", "--pull", "never", "--name", self.name, *LOG_OPTIONS]
        words += ["--label", f"{RUN_LABEL}={self.run}"]
        words += [w for port in self.publish for w in ("--publish", f"127.0.0.1::{port}")]
        words += [w for mount in self.tmpfs for w in ("--tmpfs", mount)]
        words += [w for key, value in self.env.items() for w in ("--env", f"{key}={value}")]
        if self.hardened:
            words += ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
        if self.memory is not None:
            words += ["--memory", str(self.memory), "--memory-swap", str(self.memory)]
        if self.check_health is None:
            words += ["--no-healthcheck"]
        else:
            pause = f"{int(self.check_health * 1000)}ms"
            words += ["--health-interval", pause, "--health-start-interval", pause]
        if self.command:
            words += ["--entrypoint", self.command[0]]
        return [*words, self.image, *self.command[1:]]


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
    """

    id: str
    pid: int
    running: bool
    exit_code: int
    out_of_memory: bool
    health: str | None
    ports: dict[int, int]


def start_container(engine: Engine, run: ContainerRun) -> str | None:
    """Start a container. Returns why the engine could not, or None."""
    answer = call(engine, *run.words)
    return None if answer.code == 0 else answer.complaint


def inspect_container(engine: Engine, name: str) -> ContainerState:
    """Return the state of a container.

    Raises:
        SeatrialError: When there is no such container.
    """
    facts = json.loads(_asked(engine, "container", "inspect", name).stdout)[0]
    state: dict[str, Any] = facts["State"]
    bound = (facts.get("NetworkSettings") or {}).get("Ports") or {}
    return ContainerState(
        id=facts["Id"],
        pid=int(state.get("Pid") or 0),
        running=bool(state.get("Running")),
        exit_code=int(state.get("ExitCode") or 0),
        out_of_memory=bool(state.get("OOMKilled")),
        health=(state.get("Health") or {}).get("Status"),
        ports={
            int(port.partition("/")[0]): int(places[0]["HostPort"])
            for port, places in bound.items()
            if places
        },
    )


def container_logs(engine: Engine, name: str) -> tuple[str, str]:
    """Return all that a container said on stdout and on stderr, as far as the engine kept it."""
    answer = call(engine, "logs", name)
    return answer.stdout, answer.stderr


def container_changes(engine: Engine, name: str) -> list[str]:
    """Return the paths in which a container's root differs from its image, as it says them."""
    lines = _asked(engine, "diff", name).stdout.splitlines()
    return [line[2:] for line in lines if line[1:2] == " "]


def stop_container(engine: Engine, name: str, seconds: int) -> None:
    """Stop a container as any engine does: its stop signal, and SIGKILL `seconds` later."""
    _asked(engine, "stop", "--time", str(seconds), name, seconds=seconds + 15.0)


def remove_container(engine: Engine, name: str) -> None:
    """Remove a container and its volumes; one that is gone already is well."""
    call(engine, "rm", "--force", "--volumes", name)


def exec_output(engine: Engine, name: str, *command: str) -> str | None:
    """Return what a command inside a container prints, or None when it cannot be run there."""
    answer = call(engine, "exec", name, *command)
    return answer.stdout if answer.code == 0 else None


def top_output(engine: Engine, name: str) -> str | None:
    """Return `docker top` with pid, ppid, uid, gid, args; None where its host has no ps."""
    answer = call(engine, "top", name, "-eo", "pid,ppid,uid,gid,args")
    return answer.stdout if answer.code == 0 else None


def containers_of(engine: Engine, run: str) -> list[str]:
    """Return the ids of the containers that belong to a run."""
    words = ("ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={RUN_LABEL}={run}")
    return _asked(engine, *words).stdout.split()


def remove_run(engine: Engine, run: str, seconds: float = REMOVE_SECONDS) -> None:
    """Remove every container of a run, also one that the engine is just making.

    Raises:
        NoEngineError: When some are left after `seconds`.
    """
    end = time.monotonic() + seconds
    while left := containers_of(engine, run):
        call(engine, "rm", "--force", "--volumes", *left)
        if time.monotonic() > end:
            raise NoEngineError(
                f"containers of this trial could not be removed: {' '.join(left)}",
                hint=f"docker rm --force $(docker ps -aq --filter label={RUN_LABEL}={run})",
            )


def _asked(engine: Engine, *words: str, seconds: float = 30.0) -> Answer:
    answer = call(engine, *words, seconds=seconds)
    if answer.code != 0:
        raise SeatrialError(f"`docker {' '.join(words[:2])}` failed: {answer.complaint}")
    return answer

"""The container that serves all checks that only look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from seatrial import overlay, procfs
from seatrial.engine.containers import ContainerState, container_changes, top_output
from seatrial.engine.streams import execute
from seatrial.errors import NoEngineError, SeatrialError
from seatrial.model.observation import HttpAnswer, Listener, ProcessFacts, RunningFacts
from seatrial.verify.lab import Lab
from seatrial.verify.probes.asking import ask_container, container_listens
from seatrial.verify.probes.database import (
    AwayDatabase,
    away_database,
    look_at_database,
    look_without_health,
)
from seatrial.verify.probes.lastly import look_at_changes, look_at_deaths
from seatrial.verify.probes.lives import look_at_further_lives
from seatrial.verify.probes.ready import Started, start_and_wait
from seatrial.web import Ask, fetch

PATHS_KEPT = 200
# How soon it answers is no promise: a first answer may have something to load.
ANSWER_SECONDS = 20.0


def look_at_running(lab: Lab) -> dict[str, Any]:
    """Start the image as the contract says, look at it from all sides, then stop and start it.

    Returns:
        The observation's `running`, `idle_stop` and `restart`.
    """
    with away_database(lab) as database:
        return _lives(lab, database)


def _lives(lab: Lab, database: AwayDatabase) -> dict[str, Any]:
    published = {*(lab.contract.network.listen or ()), lab.contract.network.http_port} - {None}
    ports = tuple(sorted(port for port in published if port))
    env = database.values
    started = start_and_wait(lab, "running", run_health=True, publish=ports, env=env)
    if started.state is None or started.start.exit_code is not None:
        facts = RunningFacts(start=started.start, logs=started.start.logs)
        return {"running": look_without_health(lab, facts, database)}
    facts = _looked_at(lab, started, started.state, ports)
    if not started.healthy:
        return {"running": look_without_health(lab, facts, database)}
    facts = look_at_database(lab, started.name, started.state, facts, database)
    facts = look_at_changes(lab, started.name, started.state, facts)
    idle_stop, restart = look_at_further_lives(lab, started.name)
    facts = look_at_deaths(lab, started.name, facts)
    return {"running": facts, "idle_stop": idle_stop, "restart": restart}


def _looked_at(
    lab: Lab, started: Started, state: ContainerState, ports: tuple[int, ...]
) -> RunningFacts:
    # One that runs and is not healthy is looked at as well: it may listen at the wrong place.
    lab.tell("running", "looking at it")
    answers = tuple(_answers(lab, started)) if started.healthy else ()
    places = {port: place for port in ports if (place := started.place(port))}
    reachable = {p: container_listens(lab, started.name, place) for p, place in places.items()}
    processes, listeners, written = _inside(lab, started.name, state)
    # A volume's folder is made for it where the image has none.
    mounts = (*lab.contract.filesystem.tmpfs_paths, *lab.image.volumes)
    changed = changes(_differing(lab, started.name, state), mounts)
    return RunningFacts(
        start=started.start,
        processes=processes,
        listeners=listeners,
        reachable=reachable,
        answers=answers,
        changed=tuple(changed[:PATHS_KEPT]),
        log_files=tuple(sorted({*written, *filter(procfs.looks_like_log, changed)})[:PATHS_KEPT]),
        logs=lab.logs(started.name),
    )


def changes(paths: Iterable[str], mounts: Iterable[str]) -> list[str]:
    """Return the paths that the image's own processes changed.

    Left out are mounts, what is below them, the folders made for them, and folders that are only
    named because something in them changed.
    """
    places = [mount.rstrip("/") for mount in mounts]
    own = [
        path
        for path in paths
        if not any(
            path == place or path.startswith(f"{place}/") or place.startswith(f"{path}/")
            for place in places
        )
    ]
    return sorted(path for path in own if not any(o.startswith(f"{path}/") for o in own))


def _answers(lab: Lab, started: Started) -> Iterable[HttpAnswer]:
    """Ask what the contract promises, and two questions more: a server logs and writes then."""
    place = started.place(lab.contract.network.http_port)
    if place is None:
        return
    host, port = place
    for one in lab.contract.request:
        ask = Ask(port, one.path, one.method, one.headers, one.body, host)
        yield ask_container(lab, started.name, ask, ANSWER_SECONDS)
    for path in ("/", "/seatrial-no-such-page"):
        fetch(Ask(port, path, host=host))


def _inside(
    lab: Lab, name: str, state: ContainerState
) -> tuple[tuple[ProcessFacts, ...] | None, tuple[Listener, ...] | None, list[str]]:
    pids = procfs.pids_of(state.id, state.pid)
    if pids:
        mounts = lab.contract.filesystem.tmpfs_paths
        return (
            procfs.below(state.pid, procfs.read_processes(pids)),
            procfs.read_listeners(state.pid, pids),
            procfs.log_files(state.pid, pids, mounts),
        )
    return (*_through_the_engine(lab, name, state), [])


def _through_the_engine(
    lab: Lab, name: str, state: ContainerState
) -> tuple[tuple[ProcessFacts, ...] | None, tuple[Listener, ...] | None]:
    """Look from afar: the engine's host is another one, or its processes are hidden from us."""
    top = top_output(lab.engine, name)
    tables = {
        table: text
        for table in procfs.TABLES
        if (text := _read_inside(lab, name, f"/proc/net/{table}")) is not None
    }
    return (
        procfs.below(state.pid, procfs.parse_top(top)) if top else None,
        procfs.parse_listeners(tables) if "tcp" in tables else None,
    )


def _differing(lab: Lab, name: str, state: ContainerState) -> list[str]:
    """Return the paths in which a container's root differs from its image."""
    here = procfs.is_here(state.pid, state.id)
    found = overlay.written_paths(state.pid) if here else None
    return container_changes(lab.engine, name) if found is None else found


def _read_inside(lab: Lab, name: str, path: str) -> str | None:
    """Return a file's text as a program inside the container reads it, or None."""
    try:
        done = execute(lab.engine, name, ("cat", path))
    except NoEngineError:
        raise
    except SeatrialError:
        return None
    return done.stdout if done.code == 0 else None

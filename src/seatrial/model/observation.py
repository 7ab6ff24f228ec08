"""The observation: all that was seen of one image, gathered once. Judging needs nothing else.

Secret values are masked before an observation exists, and every list and text has a bound.
Times are seconds since the epoch unless they are said to be durations, which are seconds.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from seatrial.model.alive_facts import KilledChild, OrphanFacts, TouchFacts
from seatrial.model.base import Model
from seatrial.model.holding_facts import (
    BuildSecretFacts,
    LayerFacts,
    LockFacts,
    RebuildFacts,
    Sighting,
    StampFacts,
)
from seatrial.model.image import EngineFacts, ImageFacts
from seatrial.model.recipe_facts import BasesFacts, RecipeFacts


class ProcessFacts(Model):
    """A process of a container; uid, gid and groups as seen inside it.

    `groups` are the supplementary ones, `capabilities` what it has of any kind; both are None
    where they cannot be seen. `marks` are variables that a reloader gave it, `watches` source that
    it has the kernel watch.
    """

    pid: int
    inside_pid: int
    parent: int
    uid: int
    gid: int
    command: str
    groups: tuple[int, ...] | None = None
    capabilities: tuple[str, ...] | None = None
    marks: tuple[str, ...] = ()
    watches: tuple[str, ...] = ()


class Listener(Model):
    """A socket that waits for others; `pids` hold it, where they are known."""

    protocol: Literal["tcp", "udp"]
    address: str
    port: int
    everywhere: bool
    pids: tuple[int, ...] = ()


class HttpAnswer(Model):
    """An answer, or why there was none. `body` is its first 64 KiB; `after` a duration."""

    method: str
    path: str
    status: int | None = None
    body: str = ""
    json_body: Any = None
    after: float | None = None
    error: str | None = None


class LogFacts(Model):
    """What was said; the text is the last 16 KiB of each stream, `*_bytes` count all of it.

    `not_json` are lines on stdout that are no JSON object, the first 20; None where nobody asked.
    """

    stdout: str = ""
    stderr: str = ""
    stdout_bytes: int = 0
    stderr_bytes: int = 0
    ansi: bool = False
    secrets: tuple[str, ...] = ()
    not_json: tuple[str, ...] | None = None


class Start(Model):
    """How a container came up.

    Attributes:
        healthy_after: Duration from its start until it was healthy in every promised way.
        health_code: What the HEALTHCHECK's command ended with; None where it was not run to its
            end.
        answer: The last answer of the health path; None where none is promised.
        exit_code: With which code it ended, None while it runs.
        failure: Why the engine could not start it.
    """

    healthy_after: float | None = None
    health_code: int | None = None
    answer: HttpAnswer | None = None
    exit_code: int | None = None
    out_of_memory: bool = False
    failure: str | None = None
    logs: LogFacts = LogFacts()


class DatabaseFacts(Model):
    """What a container does while its database comes and goes; each part is None if not reached.

    Attributes:
        away: The ready path's answer before the database was there for the first time.
        ready_after: Duration from its coming until the ready path said so.
        connections: How often the container had connected to it by then.
        told_after: Duration from its loss until the ready path said so.
        health: The health path's answer after that loss.
        again_after: Duration from its coming back until the ready path said so.
        answer: The ready path's answer that was the last one.
        exit_code: With which code the container ended meanwhile.
        only_with: Whether it started with the database and not without it; None where it started.
    """

    away: HttpAnswer | None = None
    ready_after: float | None = None
    connections: int = 0
    told_after: float | None = None
    health: HttpAnswer | None = None
    again_after: float | None = None
    answer: HttpAnswer | None = None
    exit_code: int | None = None
    only_with: bool | None = None


class RunningFacts(Model):
    """What one running container shows; it runs as the contract says, on a writable root.

    Attributes:
        processes: Every process; None where they cannot be seen.
        listeners: Every listening socket; None where they cannot be seen.
        reachable: Whether each promised port takes connections from outside.
        answers: Answers to the promised requests, in the contract's order.
        changed: Paths that differ from the image, mounts left out.
        log_files: Files under mounts and in the root that look like logs.
        database: What it does while its database comes and goes.
        touch: What came of touching its source.
        orphan: What became of an orphan.
        killed: What a killed child did, for each kind of child.
        unseen: Why the last ones could not be looked at, by their names.
    """

    start: Start
    processes: tuple[ProcessFacts, ...] | None = None
    listeners: tuple[Listener, ...] | None = None
    reachable: dict[int, bool] = Field(default_factory=dict)
    answers: tuple[HttpAnswer, ...] = ()
    changed: tuple[str, ...] = ()
    log_files: tuple[str, ...] = ()
    logs: LogFacts = LogFacts()
    database: DatabaseFacts | None = None
    touch: TouchFacts | None = None
    orphan: OrphanFacts | None = None
    killed: tuple[KilledChild, ...] | None = None
    unseen: dict[str, str] = Field(default_factory=dict)


class IdleHealthFacts(Model):
    """What the HEALTHCHECK's command does where no server runs: its exit code, None if none."""

    exit_code: int | None = None
    failure: str | None = None


class StopFacts(Model):
    """How a container stopped, with a request in flight or idle.

    Attributes:
        signal: The signal it got first.
        seen: Whether the server had asked for the body (100 Continue) before the signal.
        answer: What became of the request; None where none was promised.
        refused: Whether newer requests were no longer answered while that one was in flight; None
            where that could not be asked.
        exit_code: With which code it ended.
        duration: From the signal to the end.
        killed: Whether the engine had to kill it.
    """

    signal: int | None = None
    seen: bool = False
    answer: HttpAnswer | None = None
    refused: bool | None = None
    exit_code: int | None = None
    duration: float | None = None
    killed: bool = False


class RestartFacts(Model):
    """How the same container came up again; None where it did not come to that."""

    after_stop: Start | None = None
    after_kill: Start | None = None


class MissingFacts(Model):
    """How it started without one variable, or with an empty one.

    Attributes:
        ended: Whether it ended by itself in the promised time.
        served: Whether it answered over HTTP before it ended.
        named_on: Streams that name the variable.
        duration: From the start to the end, or as long as it was watched.
    """

    variable: str
    kind: Literal["missing", "empty"]
    ended: bool
    exit_code: int | None = None
    served: bool = False
    named_on: tuple[Literal["stdout", "stderr"], ...] = ()
    duration: float
    logs: LogFacts = LogFacts()


class ProbeTime(Model):
    """When a probe ran, as durations from the trial's start, and why it failed, if it did."""

    started: float
    ended: float
    error: str | None = None


class Observation(Model):
    """`observation.json`: all the facts of one image. What was not looked at is None.

    Attributes:
        tried: What the contract of the trial said of how to try it, by field; a check of another
            contract can be judged only where that is the same. None where it was not kept.
        restricted: How it came up with less than usual, by the restriction's name. Where it came
            up with all of them at once, each has that start.
    """

    schema_version: Literal[2] = 2
    reference: str
    run: str
    started: float
    duration: float
    engine: EngineFacts
    image: ImageFacts
    tried: dict[str, Any] | None = None
    probes: dict[str, ProbeTime] = Field(default_factory=dict)
    running: RunningFacts | None = None
    restricted: dict[str, Start] | None = None
    idle_health: IdleHealthFacts | None = None
    stop: StopFacts | None = None
    idle_stop: StopFacts | None = None
    restart: RestartFacts | None = None
    missing: tuple[MissingFacts, ...] | None = None
    layers: LayerFacts | None = None
    build_secrets: BuildSecretFacts | None = None
    config_sightings: tuple[Sighting, ...] | None = None
    lock: LockFacts | None = None
    rebuilds: dict[str, RebuildFacts] | None = None
    stamp: StampFacts | None = None
    bases: BasesFacts | None = None
    recipe: RecipeFacts | None = None

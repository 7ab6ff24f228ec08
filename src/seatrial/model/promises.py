"""The sections of a contract, one class each."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from seatrial.model.base import Model
from seatrial.model.units import Bytes, Seconds

Port = Annotated[int, Field(ge=1, le=65535)]
Id = Annotated[int, Field(ge=0, lt=2**32)]
HttpStatus = Annotated[int, Field(ge=100, le=599)]
HttpPath = Annotated[str, Field(pattern=r"^/[^\s]*$")]
VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class Process(Model):
    """Who the processes are, and how they stop.

    Attributes:
        user: Numeric user that every process runs as.
        group: Numeric group that every process runs as.
        stop_signal: Signal that stops it, as the image's configuration names it.
        stop_within: From the stop signal to the end.
        exit_codes: Codes it may end with when it is told to stop.
    """

    user: Id | None = None
    group: Id | None = None
    stop_signal: Annotated[str, Field(pattern=r"^SIG[A-Z0-9+]+$")] | None = None
    stop_within: Seconds | None = None
    exit_codes: tuple[Annotated[int, Field(ge=0, le=255)], ...] | None = None


class Network(Model):
    """What listens.

    Attributes:
        listen: TCP ports that are listened on, and no others.
        udp: UDP ports that are listened on, and no others.
        port: The port that speaks HTTP; the only one of `listen` where there is one.
    """

    listen: tuple[Port, ...] | None = None
    udp: tuple[Port, ...] = ()
    port: Port | None = None

    @model_validator(mode="after")
    def _port_is_listened_on(self) -> Network:
        if self.port is not None and self.listen is not None and self.port not in self.listen:
            message = f"port {self.port} is not among listen = {list(self.listen)}"
            raise ValueError(message)
        return self

    @property
    def http_port(self) -> int | None:
        """The port that speaks HTTP, if it can be told."""
        if self.port is None and self.listen:
            return self.listen[0]
        return self.port


class Health(Model):
    """How it shows that it works.

    Attributes:
        path: Path that answers over HTTP when it is well.
        status: Its HTTP status.
        expect: Members that its JSON answer has, at least.
        within: From the start to the first healthy answer.
        interval: Of the image's HEALTHCHECK, as are the three below.
        timeout: Of one run of it.
        start_period: In which a failure does not count.
        retries: Failures in a row until it is unhealthy.
    """

    path: HttpPath | None = None
    status: HttpStatus = 200
    expect: dict[str, Any] = Field(default_factory=dict)
    within: Seconds = 30.0
    interval: Seconds | None = None
    timeout: Seconds | None = None
    start_period: Seconds | None = None
    retries: Annotated[int, Field(ge=1)] | None = None

    @property
    def timing(self) -> dict[str, float]:
        """What is promised of the HEALTHCHECK's timing, by name."""
        names = ("interval", "timeout", "start_period", "retries")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


class Variable(Model):
    """An environment variable.

    Attributes:
        description: What it is for.
        value: What the trial gives it; `{canary}` in it becomes a random word of 40 letters and
            digits. Without a value a required variable gets such a word.
        secret: Whether its value must never be seen in the logs.
        default: What an optional one is when it is not given.
    """

    description: str = ""
    value: str | None = None
    secret: bool = False
    default: str | None = None


class Environment(Model):
    """The environment it starts in.

    Attributes:
        required: Variables without which it must not start.
        optional: Variables that have a default; those with a value get it in the trial.
        empty_is_missing: Whether an empty required variable ends the start as well.
        fails_within: From the start to its end when a required one is missing.
    """

    required: dict[VariableName, Variable] = Field(default_factory=dict)
    optional: dict[VariableName, Variable] = Field(default_factory=dict)
    empty_is_missing: bool = False
    fails_within: Seconds = 10.0


class Filesystem(Model):
    """What is on disk and what may be written.

    Attributes:
        read_only: Whether it runs on a read-only root, without capabilities, and writes nothing.
        tmpfs: Mounts in memory, `PATH` or `PATH:OPTIONS` as `docker run --tmpfs` takes them.
        writable: Globs of paths that may be written all the same when the root is writable.
        absent: Globs of paths that are not in the image.
    """

    read_only: bool = False
    tmpfs: tuple[Annotated[str, Field(pattern=r"^/[^:]+(:.+)?$")], ...] = ()
    writable: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def tmpfs_paths(self) -> tuple[str, ...]:
        """The mounts' paths without their options."""
        return tuple(mount.partition(":")[0] for mount in self.tmpfs)


class Dependencies(Model):
    """Which packages are installed.

    Attributes:
        lock: The `uv.lock`, relative to the contract; nothing but its production set is installed.
        also: Packages that may be there besides (a base's own).
    """

    lock: Annotated[str, Field(pattern=r"(^|/)uv\.lock$")]
    also: tuple[str, ...] = ()


class Logs(Model):
    """Where it says what it does; never in a file, never with colours.

    Attributes:
        stdout: Whether something is said on stdout; false: nothing is.
        stderr: Whether something is said on stderr; false: nothing is.
    """

    stdout: bool | None = None
    stderr: bool | None = None


class Request(Model):
    """A request and its promised answer.

    Attributes:
        method: Its HTTP method.
        path: Its path.
        headers: Its headers.
        body: Its body.
        status: Statuses of the answer, one of them.
        expect: Members that the JSON answer has, at least.
    """

    method: Annotated[str, Field(pattern=r"^[A-Z]+$")] = "GET"
    path: HttpPath
    headers: dict[str, str] = Field(default_factory=dict)
    body: str = ""
    status: tuple[HttpStatus, ...] = (200,)
    expect: dict[str, Any] = Field(default_factory=dict)


class Drain(Model):
    """A request that is under way when the stop signal comes: half of its body is sent.

    Attributes:
        method: Its HTTP method; one that has a body.
        path: Its path; one whose answer waits for the body.
        headers: Its headers.
        body: Its body, at least two bytes.
        status: Statuses of the answer, one of them.
    """

    method: Annotated[str, Field(pattern=r"^[A-Z]+$")] = "POST"
    path: HttpPath
    headers: dict[str, str] = Field(default_factory=lambda: {"Content-Type": "application/json"})
    body: Annotated[str, Field(min_length=2)] = "{ }"
    status: Annotated[tuple[HttpStatus, ...], Field(min_length=1)]


class Labels(Model):
    """The image's labels.

    Attributes:
        required: Names that are there and not empty.
        forbidden: Names that are not there.
    """

    required: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()


class StampPromise(Model):
    """Where the build's identity is found.

    Attributes:
        path: `version.json` inside the image.
        labels: Whether `org.opencontainers.image.revision`, `.version` and `.created` tell it.
        health: Where the health answer tells the commit: `version.sha` is member `sha` of
            member `version`.
    """

    path: HttpPath | None = None
    labels: bool = True
    health: str | None = None


class Cache(Model):
    """What an edit rebuilds. Paths are relative to the build context.

    Attributes:
        step: A part of the instruction that installs the dependencies.
        source: A source file; an edit of it keeps that step.
        lock: The lock file; an edit of it runs that step again.
        version_context: Named context of `version.json`; a change of it keeps that step.
    """

    step: Annotated[str, Field(min_length=3)]
    source: str | None = None
    lock: str | None = None
    version_context: str | None = "version"

    def step_is(self, instruction: str) -> bool:
        """Return whether an instruction is the one that installs the dependencies."""
        return " ".join(self.step.split()) in " ".join(instruction.split())


class Secrets(Model):
    """No secrets in configuration, layers and logs, and none taken from the build context.

    Attributes:
        allowed: Globs of files in the image that may look like secrets.
    """

    allowed: tuple[str, ...] = ()


class Limits(Model):
    """What it needs at most.

    Attributes:
        size: Of the image, as the engine reports it.
        memory: That it runs in.
        start: From the start to the first healthy answer.
    """

    size: Bytes | None = None
    memory: Bytes | None = None
    start: Seconds | None = None

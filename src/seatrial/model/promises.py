"""The sections of a contract about what the image does; `holdings` has those about what it holds.

Descriptions and examples are told to people by docs/contract.md and by the JSON Schema.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from seatrial.model.base import Model
from seatrial.model.units import Bytes, Seconds
from seatrial.model.written import (
    AbsolutePath,
    Count,
    ExitCode,
    Flag,
    HttpMethod,
    HttpStatus,
    Id,
    Port,
    SignalName,
    VariableName,
)


class Process(Model):
    """Who the processes are, and how they stop."""

    user: Id | None = Field(
        default=None, description="Numeric user that every process runs as.", examples=[1001]
    )
    group: Id | None = Field(
        default=None, description="Numeric group that every process runs as.", examples=[1001]
    )
    stop_signal: SignalName | None = Field(
        default=None,
        description="Signal that stops it, as the image's configuration names it.",
        examples=["SIGTERM"],
    )
    stop_within: Seconds | None = Field(
        default=None, description="From the stop signal to the end, at most.", examples=["25s"]
    )
    exit_codes: Annotated[tuple[ExitCode, ...], Field(min_length=1)] | None = Field(
        default=None,
        description="Codes it may end with when it is told to stop.",
        examples=[[0, 143]],
    )


class Network(Model):
    """What listens."""

    listen: tuple[Port, ...] | None = Field(
        default=None,
        description="TCP ports that are listened on, and no others; `[]`: none is.",
        examples=[[8000]],
    )
    udp: tuple[Port, ...] = Field(
        default=(),
        description="UDP ports that are listened on, and no others; judged with `listen`.",
        examples=[[5353]],
    )
    port: Port | None = Field(
        default=None,
        description="The port that speaks HTTP; the first of `listen` where it is not told.",
        examples=[8000],
    )

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
    """How it shows that it works."""

    path: AbsolutePath | None = Field(
        default=None,
        description="Path that answers over HTTP when it is well; needs `network`.",
        examples=["/health"],
    )
    status: HttpStatus = Field(default=200, description="Its HTTP status.", examples=[200])
    expect: dict[str, Any] = Field(
        default_factory=dict,
        description="Members that its JSON answer has, at least.",
        examples=[{"status": "ok"}],
    )
    within: Seconds = Field(
        default=30.0,
        description="From the start to the first healthy answer, at most.",
        examples=["30s"],
    )
    interval: Seconds | None = Field(
        default=None, description="Of the image's HEALTHCHECK.", examples=["30s"]
    )
    timeout: Seconds | None = Field(
        default=None, description="Of one run of the HEALTHCHECK.", examples=["5s"]
    )
    start_period: Seconds | None = Field(
        default=None, description="In which a failure does not count.", examples=["10s"]
    )
    retries: Count | None = Field(
        default=None, description="Failures in a row until it is unhealthy.", examples=[3]
    )

    @property
    def timing(self) -> dict[str, float]:
        """What is promised of the HEALTHCHECK's timing, by name."""
        names = ("interval", "timeout", "start_period", "retries")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


class Variable(Model):
    """An environment variable."""

    description: str = Field(
        default="", description="What it is for.", examples=["Postgres, as libpq writes it"]
    )
    value: str | None = Field(
        default=None,
        description="What the trial gives it; `{canary}` in it becomes a random word of 40 letters "
        "and digits. Without a value a required variable gets such a word.",
        examples=["postgresql://app:{canary}@127.0.0.1:9/app"],
    )
    secret: Flag = Field(
        default=False,
        description="Whether its value must never be seen in the logs.",
        examples=[True],
    )
    default: str | None = Field(
        default=None,
        description="What an optional one is when it is not given; for readers, nothing tries it.",
        examples=["52428800"],
    )


class Environment(Model):
    """The environment it starts in."""

    required: dict[VariableName, Variable] = Field(
        default_factory=dict,
        description="Variables without which it must not start, by name.",
        examples=[{"DATABASE_URL": {"secret": True}}],
    )
    optional: dict[VariableName, Variable] = Field(
        default_factory=dict,
        description="Variables that it can do without, by name; those with a value get it in the "
        "trial.",
        examples=[{"LOG_LEVEL": {"default": "info"}}],
    )
    empty_is_missing: Flag = Field(
        default=False,
        description="Whether an empty required variable ends the start as well.",
        examples=[True],
    )
    fails_within: Seconds = Field(
        default=10.0,
        description="From the start to its end when a required one is missing, at most.",
        examples=["10s"],
    )


class Logs(Model):
    """Where it says what it does; never in a file, never with colours."""

    stdout: Flag | None = Field(
        default=None,
        description="Whether something is said on stdout; false: nothing is.",
        examples=[True],
    )
    stderr: Flag | None = Field(
        default=None,
        description="Whether something is said on stderr; false: nothing is.",
        examples=[False],
    )


class Request(Model):
    """A request and its promised answer."""

    method: HttpMethod = Field(default="GET", description="Its HTTP method.", examples=["GET"])
    path: AbsolutePath = Field(description="Its path.", examples=["/items"])
    headers: dict[str, str] = Field(
        default_factory=dict, description="Its headers.", examples=[{"Accept": "application/json"}]
    )
    body: str = Field(default="", description="Its body.", examples=['{"name": "tug"}'])
    status: Annotated[tuple[HttpStatus, ...], Field(min_length=1)] = Field(
        default=(200,), description="Statuses of the answer, one of them.", examples=[[200, 204]]
    )
    expect: dict[str, Any] = Field(
        default_factory=dict,
        description="Members that the JSON answer has, at least.",
        examples=[{"items": []}],
    )


class Drain(Model):
    """A request that is under way when the stop signal comes: half of its body is sent."""

    method: HttpMethod = Field(
        default="POST", description="Its HTTP method; one that has a body.", examples=["PUT"]
    )
    path: AbsolutePath = Field(
        description="Its path; one whose answer waits for the body.", examples=["/items"]
    )
    headers: dict[str, str] = Field(
        default_factory=lambda: {"Content-Type": "application/json"},
        description="Its headers.",
        examples=[{"Content-Type": "text/plain"}],
    )
    body: Annotated[str, Field(min_length=2)] = Field(
        default="{ }", description="Its body, at least two bytes.", examples=['{"name": "tug"}']
    )
    status: Annotated[tuple[HttpStatus, ...], Field(min_length=1)] = Field(
        description="Statuses of the answer, one of them.", examples=[[201]]
    )


class Limits(Model):
    """What it needs at most."""

    size: Bytes | None = Field(
        default=None, description="Of the image, as the engine reports it.", examples=["250MiB"]
    )
    memory: Bytes | None = Field(
        default=None, description="That it runs in, without swap.", examples=["256MiB"]
    )
    start: Seconds | None = Field(
        default=None, description="From the start to the first healthy answer.", examples=["5s"]
    )

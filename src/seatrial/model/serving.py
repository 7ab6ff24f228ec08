"""The sections of a contract about the processes: who they are, what listens, how it is well.

Descriptions and examples are told to people by docs/contract.md and by the JSON Schema.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from seatrial.model.base import Model
from seatrial.model.units import Seconds
from seatrial.model.written import (
    AbsolutePath,
    CapabilityName,
    Count,
    ExitCode,
    Flag,
    HttpStatus,
    Id,
    Port,
    SignalName,
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
    restarts: Flag = Field(
        default=False,
        description="Whether the same container starts again after a clean stop and after SIGKILL.",
        examples=[True],
    )
    capabilities: tuple[CapabilityName, ...] | None = Field(
        default=None,
        description="Capabilities that it needs and its processes may have; `[]`: none.",
        examples=[["CAP_NET_BIND_SERVICE"]],
    )
    any_user: Flag = Field(
        default=False,
        description="Whether it runs as any user with group 0, as OpenShift starts it.",
        examples=[True],
    )
    workdir: AbsolutePath | None = Field(
        default=None, description="WORKDIR of the image.", examples=["/app"]
    )
    pid1: Annotated[str, Field(min_length=1)] | None = Field(
        default=None,
        description="A part of the command line of process 1.",
        examples=["python -m app"],
    )
    children: Literal["none", "fatal", "replaced"] | None = Field(
        default=None,
        description="What a killed child of process 1 does: `none`, it has none; `fatal`, the "
        "container ends with a code that is not 0; `replaced`, process 1 makes a new one.",
        examples=["fatal"],
    )
    orphans: Literal["reaped"] | None = Field(
        default=None,
        description="That process 1 reaps processes whose parent has ended.",
        examples=["reaped"],
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
    outbound: Flag = Field(
        default=True,
        description="Whether it may need something outside of itself to become healthy; false: it "
        "starts where it can reach nothing.",
        examples=[False],
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
    ready_path: AbsolutePath | None = Field(
        default=None,
        description="Path that answers 200 only while it can do its work; needs `network`.",
        examples=["/ready"],
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

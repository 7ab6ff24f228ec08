"""The sections of a contract about what the image is given, asked and allowed.

Descriptions and examples are told to people by docs/contract.md and by the JSON Schema.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from seatrial.model.base import Model
from seatrial.model.units import Bytes, Seconds
from seatrial.model.written import (
    AbsolutePath,
    Flag,
    HttpMethod,
    HttpStatus,
    VariableName,
)


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
        description="What an optional one is when it is not given; an ENV of the image must say "
        "the same, and it must start without the variable.",
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
    format: Literal["json"] | None = Field(
        default=None, description="That every line on stdout is a JSON object.", examples=["json"]
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
    second_signal: Flag = Field(
        default=False,
        description="Whether a second stop signal leaves that request alone.",
        examples=[True],
    )


class Database(Model):
    """The Postgres that it needs: away at the start, there, away again and back."""

    variable: VariableName = Field(
        description="The variable that tells its address.", examples=["DATABASE_URL"]
    )
    url: Annotated[str, Field(pattern=r"\{host\}.*\{port\}")] = Field(
        default="postgresql://{user}:{password}@{host}:{port}/{name}",
        description="How the address is written.",
        examples=["postgresql://{user}:{password}@{host}:{port}/{name}"],
    )
    within: Seconds = Field(
        default=15.0,
        description="From a change of the database until `health.ready_path` tells it, at most.",
        examples=["15s"],
    )


class Limits(Model):
    """What it needs at most."""

    size: Bytes | None = Field(
        default=None,
        description="Of the image: the files of all its layers, unpacked.",
        examples=["250MiB"],
    )
    memory: Bytes | None = Field(
        default=None, description="That it runs in, without swap.", examples=["256MiB"]
    )
    start: Seconds | None = Field(
        default=None, description="From the start to the first healthy answer.", examples=["5s"]
    )
    rebuild: Seconds | None = Field(
        default=None,
        description="Of the image after an edit of `cache.source`, everything else from the cache.",
        examples=["60s"],
    )

"""The contract: what an image promises. What is absent is not promised."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from seatrial.model.base import Model
from seatrial.model.holdings import (
    Bases,
    Cache,
    Dependencies,
    Filesystem,
    Labels,
    Recipe,
    Secrets,
    StampPromise,
)
from seatrial.model.promises import (
    Database,
    Drain,
    Environment,
    Limits,
    Logs,
    Request,
)
from seatrial.model.serving import Health, Network, Process


class Contract(Model):
    """`contract.toml`: what an image promises. What is absent is not promised."""

    image: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._/-]*$")] = Field(
        description="The image's name; the bake target where there is one.", examples=["backend"]
    )
    process: Process = Field(
        default_factory=Process, description="Who the processes are, and how they stop."
    )
    network: Network = Field(default_factory=Network, description="What listens.")
    health: Health | None = Field(default=None, description="How it shows that it works.")
    env: Environment = Field(
        default_factory=Environment, description="The environment it starts in."
    )
    filesystem: Filesystem = Field(
        default_factory=Filesystem,
        description="What is on disk and what may be written; `[filesystem]` alone promises that "
        "nothing of ours may be written by everybody.",
    )
    dependencies: Dependencies | None = Field(
        default=None, description="Which packages are installed."
    )
    logs: Logs | None = Field(
        default=None,
        description="Where it says what it does; `[logs]` alone promises no files and no colours.",
    )
    request: tuple[Request, ...] = Field(
        default=(), description="Requests that have a promised answer, a `[[request]]` each."
    )
    drain: Drain | None = Field(
        default=None, description="A request that is under way when the stop signal comes."
    )
    database: Database | None = Field(
        default=None,
        description="The Postgres that it needs: away at the start, there, away again and back.",
    )
    labels: Labels = Field(default_factory=Labels, description="The image's labels.")
    stamp: StampPromise | None = Field(
        default=None, description="Where the build's identity is found."
    )
    cache: Cache | None = Field(default=None, description="What an edit rebuilds.")
    bases: Bases | None = Field(
        default=None,
        description="What it stands on; `[bases]` alone promises that every base is pinned by its "
        "digest.",
    )
    recipe: Recipe | None = Field(
        default=None,
        description="What hadolint says of its Dockerfile; `[recipe]` alone promises that it finds "
        "nothing.",
    )
    secrets: Secrets | None = Field(
        default=None, description="That there are none; `[secrets]` alone promises it."
    )
    limits: Limits = Field(default_factory=Limits, description="What it needs at most.")

    @model_validator(mode="after")
    def _http_has_a_port(self) -> Contract:
        speaks = [
            name
            for name, asked in (
                ("health.path", self.health and self.health.path),
                ("health.ready_path", self.health and self.health.ready_path),
                ("request", self.request),
                ("drain", self.drain),
            )
            if asked
        ]
        if speaks and self.network.http_port is None:
            message = f"{speaks[0]} needs network.port or network.listen"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _database_can_be_seen(self) -> Contract:
        if self.database is None:
            return self
        if not (self.health and self.health.ready_path):
            message = "database needs health.ready_path, which tells whether it is there"
            raise ValueError(message)
        if self.database.variable not in self.env.required | self.env.optional:
            message = f"database.variable {self.database.variable} is not among [env]"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _promises_something(self) -> Contract:
        if self.model_fields_set <= {"image"}:
            message = "it promises nothing: a trial of it would prove nothing"
            raise ValueError(message)
        return self

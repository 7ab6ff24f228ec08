"""The contract: what an image promises. What is absent is not promised."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from seatrial.model.base import Model
from seatrial.model.promises import (
    Cache,
    Dependencies,
    Drain,
    Environment,
    Filesystem,
    Health,
    Labels,
    Limits,
    Logs,
    Network,
    Process,
    Request,
    Secrets,
    StampPromise,
)


class Contract(Model):
    """`contract.toml`.

    Attributes:
        image: The image's name; the bake target where there is one.
        process: Who the processes are, and how they stop.
        network: What listens.
        health: How it shows that it works.
        env: The environment it starts in.
        filesystem: What is on disk and what may be written.
        dependencies: Which packages are installed.
        logs: Where it says what it does.
        request: Requests that have a promised answer.
        drain: A request that is under way when the stop signal comes.
        labels: The image's labels.
        stamp: Where the build's identity is found.
        cache: What an edit rebuilds.
        secrets: That there are none.
        limits: What it needs at most.
    """

    image: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._/-]*$")]
    process: Process = Process()
    network: Network = Network()
    health: Health | None = None
    env: Environment = Environment()
    filesystem: Filesystem = Filesystem()
    dependencies: Dependencies | None = None
    logs: Logs | None = None
    request: tuple[Request, ...] = ()
    drain: Drain | None = None
    labels: Labels = Labels()
    stamp: StampPromise | None = None
    cache: Cache | None = None
    secrets: Secrets | None = None
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _http_has_a_port(self) -> Contract:
        speaks = [
            name
            for name, asked in (
                ("health.path", self.health and self.health.path),
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
    def _promises_something(self) -> Contract:
        if self.model_fields_set <= {"image"}:
            message = "it promises nothing: a trial of it would prove nothing"
            raise ValueError(message)
        return self

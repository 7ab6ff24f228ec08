"""`[tool.seatrial.dev]` and `[tool.seatrial.migrations]`: how the services run on the host."""

from __future__ import annotations

from pydantic import Field

from seatrial.model.base import Model


class DevProcess(Model):
    """A process of `invoke dev`: `[tool.seatrial.dev.NAME]`.

    In `command`, `prepare` and the values of `env`, `{port}` is the process's own port and `{NAME}`
    that of the process NAME.

    Attributes:
        command: What runs, as a shell would split it; no shell runs it.
        folder: Where it runs, relative to the project's root.
        prepare: What runs there before it, to its end; empty where nothing has to.
        port: TCP port that it listens on, on this machine alone; None where it has none.
        port_variable: Variable of the stack that gives another port.
        variables: Variables of the stack's `.env` that it gets; it gets no others of them. As
            `OWN=OTHER` it gets the stack's OTHER, and calls it OWN.
        env: More variables.
        watch: Folders, relative to `folder`: a file that changes there starts it again.
    """

    command: str = Field(min_length=1)
    folder: str = "."
    prepare: str = ""
    port: int | None = Field(default=None, ge=1, le=65535)
    port_variable: str | None = None
    variables: tuple[str, ...] = ()
    env: dict[str, str] = Field(default_factory=dict)
    watch: tuple[str, ...] = ()


class Migrations(Model):
    """How the database's migrations are applied and made: by Alembic, in the service's environment.

    Attributes:
        command: Alembic, as a shell would split it.
        folder: Where it runs, relative to the project's root.
        variables: Variables of the stack's `.env` that it gets.
    """

    command: str = Field(default="alembic", min_length=1)
    folder: str = "."
    variables: tuple[str, ...] = ()

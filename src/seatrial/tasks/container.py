"""What a container of an image runs, run on the host: for where no engine is, or to look closer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class HostStart:
    """How an image's first process is run on the host.

    Attributes:
        dockerfile: The image's, relative to the project's root.
        stage: Its stage; what it starts is what is run.
        within: What is written before that, so that it finds what the image has: `uv run`, say.
        folder: Where it runs, relative to the project's root.
        variables: Variables of the stack's `.env` that it gets; it gets no others of them.
        port_variable: The one that is told its port.
        stack_port_variable: The variable of the stack that tells the port.
        port: The port where that one says nothing.
        env: More variables.
    """

    dockerfile: str
    stage: str
    within: Sequence[str]
    folder: str
    variables: Sequence[str]
    port_variable: str
    stack_port_variable: str
    port: int
    env: Mapping[str, str] = field(default_factory=dict)


def start_on_host(start: HostStart) -> None:
    """Run it with the stack's database, in the place of this process.

    Raises:
        SeatrialError: When the stack or `invoke dev` runs, the database does not answer, or it
            cannot be started.
    """
    import os

    from seatrial.catalog import read_project
    from seatrial.dev.exclusive import held
    from seatrial.dev.plan import given
    from seatrial.dockerfiles import read_start
    from seatrial.processes import Program, become
    from seatrial.tasks.dev import host_values, require_no_stack

    project = read_project()
    words = read_start(project.root / start.dockerfile, start.dockerfile, start.stage)
    with held(project.state):  # just now; later its port tells that it runs
        require_no_stack(project)
    values = host_values(project, start=True)
    name = start.stack_port_variable
    port = os.environ.get(name) or values.get(name) or str(start.port)
    env = {**given(start.stage, start.variables, values), start.port_variable: port, **start.env}
    print(f"container-start: {' '.join(words)}, on http://127.0.0.1:{port}", flush=True)
    become(Program(start.stage, (*start.within, *words), project.root / start.folder, env))

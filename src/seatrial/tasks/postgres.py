"""`invoke postgres-up`, `postgres-down`, `postgres-status`: the embedded Postgres on the host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invoke.context import Context

from seatrial.tasks.verb import verb

if TYPE_CHECKING:
    from seatrial.catalog import Project
    from seatrial.database.place import Place


@verb()
def postgres_up(c: Context) -> None:
    """Start the embedded Postgres, and generate the stack's secrets where they are missing."""
    import os

    from seatrial.compose.database import embedded_addresses, stack_variables
    from seatrial.database import server
    from seatrial.envfile import POSTGRES_ROLE, POSTGRES_URL, TOKEN, complete

    project, place = _project_and_place()
    postgres = project.settings.postgres
    kinds = {POSTGRES_URL, POSTGRES_ROLE, TOKEN}
    variables, generated = complete(stack_variables(project), postgres, kinds)
    if generated:
        print(f"postgres: generated {', '.join(generated)} in {_short(project, variables.path)}")
    logins = embedded_addresses(variables, postgres, os.environ)
    running = server.up(place, logins, _bridge())
    done = "answers already" if running.change == "none" else running.change
    where = ", ".join(f"{host}:{running.port}" for host in running.listen)
    print(f"postgres: {done}, listens on {where} (pid {running.pid}, data in {place.data})")


@verb(help={"clean": "Remove the data too."})
def postgres_down(c: Context, clean: bool = False) -> None:
    """Stop the embedded Postgres; nothing else that listens on its port is touched."""
    from seatrial.database import server

    _, place = _project_and_place()
    done = server.down(place, clean=clean)
    gone = f", {place.folder} removed" if clean else ""
    print(f"postgres: stopped{gone}" if done else "postgres: was not running")


@verb(help={"json": "Print JSON."})
def postgres_status(c: Context, json: bool = False) -> None:
    """Say whether the stack's database answers; exit 6 when it does not."""
    import os
    from json import dumps

    from seatrial.compose.database import (
        require_database,
        role_databases,
        stack_database,
        stack_variables,
    )
    from seatrial.errors import ConfigurationError

    project, _ = _project_and_place()
    variables = stack_variables(project)
    settings = project.settings.postgres
    database = stack_database(variables, settings, os.environ)
    if database is None:
        raise ConfigurationError(
            "no database is configured", hint="invoke postgres-up, or set its address in .env"
        )
    bridge = _bridge()
    seen = require_database(database, bridge)
    facts = {"address": database.address.shown, "embedded": database.embedded, "answers_at": seen}
    for role in role_databases(variables, settings, os.environ):
        require_database(role, bridge)
    kind = "embedded" if database.embedded else "your own"
    words = f"postgres: {kind}, {database.address.shown} answers at {', '.join(seen)}"
    print(dumps(facts) if json else words)


def _project_and_place() -> tuple[Project, Place]:
    from seatrial.catalog import read_project
    from seatrial.database.place import place_for

    project = read_project()
    return project, place_for(project.root, project.state)


def _bridge() -> str | None:
    from seatrial.engine.client import find_engine
    from seatrial.engine.network import host_gateway

    return host_gateway(find_engine())


def _short(project: Project, path: object) -> str:
    return str(path).removeprefix(f"{project.root}/")

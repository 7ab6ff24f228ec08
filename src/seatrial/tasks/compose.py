"""`invoke compose-up`, `compose-down`, `compose-logs`, `compose-ps`."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from invoke.context import Context

from seatrial.tasks.verb import verb

if TYPE_CHECKING:
    from seatrial.catalog import Project
    from seatrial.compose.up import Start
    from seatrial.engine.client import Engine
    from seatrial.engine.compose import ComposeProject
    from seatrial.envfile import Variables
    from seatrial.errors import SeatrialError
    from seatrial.model.stack import Container, Service, Stack, StackStatus

TIMEOUT = 120
TAIL = 100


@verb(
    iterable=["profile"],
    help={
        "profile": "Enable this profile of the Compose file; may be given more than once.",
        "timeout": f"Seconds to wait for the services to be well ({TIMEOUT}).",
        "json": "Print JSON on standard output in place of the table.",
    },
)
def compose_up(
    c: Context, profile: list[str] | None = None, timeout: int = TIMEOUT, json: bool = False
) -> None:
    """Bring the stack up from the images that are there, and wait until it is well."""
    from seatrial.compose.up import bring_up
    from seatrial.report.stack import stack_view
    from seatrial.tasks import deploying

    project, engine, start, stack = _start(profile or _profiles_of_shell(), timeout)
    view = stack_view()
    began = time.time()
    deployment = deploying.begin(project, engine, start, began)
    start = deploying.numbered(start, project.settings.environment, deployment)
    try:
        with view.shown():
            containers = bring_up(engine, start, view.take)
    except KeyboardInterrupt:
        deploying.take_back(project, deployment)
        raise
    status = _status(project, stack, containers)
    _print(status, as_json=json)
    sys.stdout.flush()
    deploying.finish(project, deployment, containers, status.tree, began)


@verb()
def compose_down(c: Context) -> None:
    """Take the whole stack down: every profile's services, networks, orphans."""
    from seatrial.catalog import read_project
    from seatrial.engine import compose, composed
    from seatrial.engine.client import find_engine
    from seatrial.tasks import deploying

    project, engine = read_project(), find_engine()
    name = project.settings.name
    found = composed.containers_of(engine, name)
    compose.down(engine, name, project.state)
    print(f"compose: {name} is down, {len(found)} containers removed")
    sys.stdout.flush()
    deploying.end(project, found, time.time())


@verb(help={"json": "Print JSON in place of the table."})
def compose_ps(c: Context, json: bool = False) -> None:
    """Show what runs of the stack, and which commit it was built from."""
    from seatrial.catalog import read_project
    from seatrial.engine.client import find_engine
    from seatrial.engine.composed import containers_of

    project, engine = read_project(), find_engine()
    stack = _stack(engine, _compose_project(project))
    containers = containers_of(engine, project.settings.name)
    _print(_status(project, stack, containers), as_json=json)


@verb(
    iterable=["service"],
    help={
        "service": "Only this service; may be given more than once.",
        "follow": "Go on printing what comes, until Ctrl-C.",
        "tail": f"Lines of each service ({TAIL}), or all.",
    },
)
def compose_logs(
    c: Context, service: list[str] | None = None, follow: bool = False, tail: str = str(TAIL)
) -> None:
    """Print what the services logged."""
    from seatrial.catalog import read_project
    from seatrial.compose.stack import check_services
    from seatrial.engine import compose
    from seatrial.engine.client import find_engine
    from seatrial.errors import ComposeFailedError, ConfigurationError

    if not (tail.isdigit() or tail == "all"):
        raise ConfigurationError("--tail is no number of lines", expected="a number, or all")
    project, engine = read_project(), find_engine()
    wanted = check_services(_stack(engine, _compose_project(project)), service or ())
    options = ["--tail", tail, *(["--follow"] if follow else []), "--", *wanted]
    argv = compose.logs_command(engine, project.settings.name, project.state, options)
    if code := compose.print_logs(argv):
        raise ComposeFailedError("Compose could not print the logs", found=f"it ended with {code}")


def _start(profiles: list[str], seconds: int) -> tuple[Project, Engine, Start, Stack]:
    """Look at everything that must be right; the cheap and the likely first."""
    from seatrial.catalog import read_project
    from seatrial.compose.database import stack_variables
    from seatrial.compose.preflight import check_variables
    from seatrial.compose.stack import check_profiles, read_stack, selected
    from seatrial.compose.up import Start
    from seatrial.dev.exclusive import require_no_dev
    from seatrial.engine.client import find_engine
    from seatrial.engine.compose import read_config
    from seatrial.envfile import TOKEN, complete
    from seatrial.errors import ConfigurationError

    if seconds < 1:
        raise ConfigurationError("--timeout must be a second or more", found=str(seconds))
    project, engine = read_project(), find_engine()
    require_no_dev(project.state)
    # Names first: they can be checked while variables are still missing.
    wanted = check_profiles(_stack(engine, _compose_project(project)), profiles)
    variables, _ = complete(stack_variables(project), project.settings.postgres, {TOKEN})
    check_variables(variables, os.environ, project.settings.postgres)
    source = _compose_project(project)
    stack = read_stack(read_config(engine, source))
    services = selected(stack, wanted)
    if problem := _problem(project, engine, stack, services, variables):
        raise problem
    return project, engine, Start(source, services, wanted, seconds, project.state), stack


def _problem(
    project: Project,
    engine: Engine,
    stack: Stack,
    services: tuple[Service, ...],
    variables: Variables,
) -> SeatrialError | None:
    from seatrial.compose import preflight
    from seatrial.compose.database import (
        complaint_of_databases,
        role_databases,
        stack_database,
    )
    from seatrial.engine.composed import containers_of
    from seatrial.engine.network import host_gateway

    own = containers_of(engine, project.settings.name)
    postgres = project.settings.postgres
    database = stack_database(variables, postgres, os.environ)
    databases = (database, *role_databases(variables, postgres, os.environ)) if database else ()
    return preflight.judge(
        preflight.Facts(
            absent=preflight.absent_images(engine, services),
            taken=preflight.taken_ports(engine, services, own),
            overlaps=preflight.overlapping(engine, stack),
            database=complaint_of_databases(databases, host_gateway(engine)) if databases else None,
        )
    )


def _compose_project(project: Project) -> ComposeProject:
    from seatrial.engine.compose import ComposeProject

    file = project.root / project.settings.compose_file
    env_file = file.parent / ".env"
    return ComposeProject(project.settings.name, file, env_file if env_file.exists() else None)


def _stack(engine: Engine, source: ComposeProject) -> Stack:
    from seatrial.compose.stack import read_stack
    from seatrial.engine.compose import read_config

    return read_stack(read_config(engine, source, interpolate=False))


def _status(project: Project, stack: Stack, containers: tuple[Container, ...]) -> StackStatus:
    from seatrial.compose.status import status_of
    from seatrial.errors import ConfigurationError
    from seatrial.git import read_git

    try:
        tree = read_git(project.root)
    except ConfigurationError:
        # A stack can run without git; its table then does not compare.
        tree = None
    return status_of(stack, containers, tree)


def _print(status: StackStatus, *, as_json: bool) -> None:
    from seatrial.report.stack import print_stack

    if as_json:
        print(status.model_dump_json(indent=2))
    elif status.services:
        print_stack(status)
    else:
        print(f"compose: nothing of {status.name} runs")


def _profiles_of_shell() -> list[str]:
    """Return what Compose itself would enable where no profile is given."""
    return [name for name in os.environ.get("COMPOSE_PROFILES", "").split(",") if name]

"""`invoke dev`: the services on the host, started again as their files change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invoke.context import Context

from seatrial.tasks.verb import verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seatrial.catalog import Project
    from seatrial.compose.database import StackDatabase
    from seatrial.dev.plan import Launch


@verb(
    iterable=["only"],
    help={"only": "Run only this process; may be given more than once."},
)
def dev(c: Context, only: list[str] | None = None) -> None:
    """Run the services on the host, on the composed stack's ports, until Ctrl-C; one log of all."""
    from seatrial.catalog import read_project
    from seatrial.dev.exclusive import held
    from seatrial.dev.plan import chosen, launches_of
    from seatrial.dev.run import run
    from seatrial.report.dev_log import DevLog

    project = read_project()
    processes = project.settings.dev
    wanted = chosen(processes, tuple(dict.fromkeys(only or ())))
    with held(project.state):
        require_no_stack(project)
        ports = [one.port_variable for one in processes.values() if one.port_variable]
        values = {**_of_shell(ports), **host_values(project, start=True)}
        launches = launches_of(wanted, processes, project.root, values)
        log = DevLog(["dev", *wanted])
        log.tell("dev", f"{_told(launches)}; Ctrl-C ends all")
        run(launches, log.tell)


def _of_shell(names: Iterable[str]) -> dict[str, str]:
    """Return variables that Compose would take from the shell, though no `.env` names them."""
    import os

    return {name: os.environ[name] for name in names if name in os.environ}


def host_values(project: Project, *, start: bool) -> Mapping[str, str]:
    """Return the stack's variables as this machine sees them, its database among them.

    Args:
        project: The project.
        start: Whether to generate missing secrets and to start the embedded Postgres.

    Raises:
        DatabaseUnreachableError: When the database does not answer.
    """
    import os

    from seatrial.compose.database import role_databases, stack_database, stack_variables
    from seatrial.envfile import POSTGRES_ROLE, POSTGRES_URL, TOKEN, complete

    postgres = project.settings.postgres
    variables = stack_variables(project)
    if start:
        variables, _ = complete(variables, postgres, {POSTGRES_URL, POSTGRES_ROLE, TOKEN})
    values = variables.effective(os.environ)
    database = stack_database(variables, postgres, os.environ)
    if database is None:
        return values
    if database.embedded and start:
        _start_postgres(project)
    values[database.variable] = _seen_here(database, values[database.variable], ask=True)
    for one in role_databases(variables, postgres, os.environ):
        # Who only migrates does that as the owner.
        values[one.variable] = _seen_here(one, values[one.variable], ask=start)
    # As Compose does it: where there is no further role, the one that there is does its work.
    roles = [variable.name for variable in variables.of_kind(POSTGRES_ROLE)]
    missing = {name: values[database.variable] for name in roles if not values.get(name)}
    return values | missing


def _seen_here(database: StackDatabase, url: str, *, ask: bool) -> str:
    """Return a database's address as this machine sees it; it answers there where we `ask`."""
    from seatrial.database.address import LOOPBACK, require_answer

    address = database.address
    seen = address.seen_from(LOOPBACK) if address.on_this_host else address
    if ask:
        require_answer(seen, "invoke postgres-up" if database.embedded else "start it")
    if not address.on_this_host:
        return url
    # No password holds an unquoted @: the last one stands before the host.
    before, _, after = url.rpartition(f"@{address.host}")
    return f"{before}@{LOOPBACK}{after}"


def _start_postgres(project: Project) -> None:
    import os

    from seatrial.compose.database import embedded_addresses, stack_variables
    from seatrial.database import server
    from seatrial.database.place import place_for

    logins = embedded_addresses(stack_variables(project), project.settings.postgres, os.environ)
    # Without an engine's bridge: whoever brings the stack up calls postgres-up, which adds it.
    server.up(place_for(project.root, project.state), logins, None)


def require_no_stack(project: Project) -> None:
    """Refuse to run beside the composed stack; without an engine there is none."""
    from seatrial.engine.client import find_engine
    from seatrial.engine.composed import containers_of
    from seatrial.errors import DevFailedError, NoEngineError

    try:
        found = containers_of(find_engine(), project.settings.name)
    except NoEngineError:
        return
    up = sorted({c.service for c in found if c.state in {"running", "restarting", "paused"}})
    if up:
        raise DevFailedError(
            "the composed stack runs, on the ports and the database of invoke dev",
            found=", ".join(up),
            hint="invoke compose-down, then invoke dev",
        )


def _told(launches: list[Launch]) -> str:
    return ", ".join(
        f"{one.name} on http://127.0.0.1:{one.port}" if one.port else one.name for one in launches
    )

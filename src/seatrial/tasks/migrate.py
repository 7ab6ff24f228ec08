"""`invoke migrate`, `migrate-new`, `migrate-status`: the database's migrations, by Alembic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invoke.context import Context

from seatrial.tasks.verb import verb

if TYPE_CHECKING:
    from seatrial.catalog import Project
    from seatrial.migrations import History
    from seatrial.processes import Program


@verb()
def migrate(c: Context) -> None:
    """Apply the migrations that the stack's database does not have yet."""
    project, history = _looked()
    if not history.pending:
        print(f"migrate: nothing to do, the database has {history.current}")
        return
    _passed(project, "upgrade", "head")
    print(f"migrate: applied {', '.join(one.revision for one in history.pending)}")


@verb(name="migrate-new", help={"message": "What it does, as a few words."})
def migrate_new(c: Context, message: str) -> None:
    """Write a new migration out of how the models differ from the database."""
    from seatrial.errors import MigrationError

    project, history = _looked()
    if history.pending:
        raise MigrationError(
            "the database is behind the migrations that there are: a new one would repeat them",
            found=f"not applied: {', '.join(one.revision for one in history.pending)}",
            hint="invoke migrate first",
        )
    number = history.next_number
    words = ["--rev-id", number] if number else []
    _passed(project, "revision", "--autogenerate", "--message", message, *words)


@verb(name="migrate-status", help={"json": "Print JSON."})
def migrate_status(c: Context, json: bool = False) -> None:
    """Say which migrations the stack's database has, and which it lacks."""
    from json import dumps

    _, history = _looked()
    pending = [{"revision": one.revision, "message": one.text} for one in history.pending]
    if json:
        facts = {"current": history.current, "heads": history.heads, "pending": pending}
        print(dumps(facts, indent=2))
        return
    print(f"migrate: the database has {history.current or 'no migration of these'}")
    for one in pending:
        print(f"migrate: lacks {one['revision']}: {one['message']}")


def _looked() -> tuple[Project, History]:
    """Ask Alembic what there is and what the database has."""
    from seatrial.catalog import read_project
    from seatrial.errors import MigrationError
    from seatrial.migrations import read_history
    from seatrial.processes import output_of

    project = read_project()
    code, out, err = output_of(_program(project, "history", "--indicate-current"))
    if code:
        raise MigrationError(
            f"Alembic cannot tell of the migrations: it ended with {code}",
            detail=tuple(err.splitlines()[-12:]),
        )
    return project, read_history(out)


def _passed(project: Project, *words: str) -> None:
    from seatrial.errors import MigrationError
    from seatrial.processes import pass_through

    if code := pass_through(_program(project, *words)):
        raise MigrationError(f"alembic {words[0]} ended with {code}", hint="what it said is above")


def _program(project: Project, *words: str) -> Program:
    from seatrial.dev.plan import given, words_of
    from seatrial.errors import ConfigurationError
    from seatrial.processes import Program
    from seatrial.tasks.dev import host_values

    settings = project.settings.migrations
    if settings is None:
        raise ConfigurationError(
            "nothing says how migrations are made",
            expected="a table [tool.seatrial.migrations] with command and folder",
        )
    values = host_values(project, start=False)
    argv = (*words_of("migrations", settings.command), *words)
    folder = project.root / settings.folder
    return Program("alembic", argv, folder, given("migrations", settings.variables, values))

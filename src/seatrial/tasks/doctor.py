"""The verb that looks at everything the others rely on."""

from __future__ import annotations

import os

from invoke.context import Context
from invoke.exceptions import Exit

from seatrial.tasks.verb import verb


@verb(help={"json": "Print JSON in place of the table."})
def doctor(c: Context, json: bool = False) -> None:
    """Look at engine, plugins, registry, bases, CA bundle, Postgres and disk."""
    from seatrial.build.ground import ca_bundle, read_all_bases, read_bake
    from seatrial.catalog import read_project
    from seatrial.compose.database import require_database, stack_database, stack_variables
    from seatrial.doctor import examine
    from seatrial.engine.about import read_about
    from seatrial.engine.client import find_engine
    from seatrial.engine.network import host_gateway
    from seatrial.errors import DatabaseUnreachableError, NoEngineError

    project = read_project()
    try:
        engine = find_engine()
    except NoEngineError:
        engine = None

    def references() -> list[str]:
        found = read_all_bases(project, read_bake(project, engine.client if engine else "docker"))
        return sorted({base.reference for bases in found.values() for base in bases})

    def database() -> tuple[str, ...]:
        found = stack_database(stack_variables(project), project.settings.postgres, os.environ)
        if found is None:
            raise DatabaseUnreachableError("no database is set up", hint="invoke postgres-up")
        return require_database(found, host_gateway(engine) if engine else None)

    about = read_about(engine) if engine else None
    diagnosis = examine(
        project,
        engine,
        about,
        references=references,
        ca_bundle=lambda: ca_bundle(project),
        database=database,
    )
    if json:
        print(diagnosis.model_dump_json(indent=2))
    else:
        from seatrial.report.diagnosis_view import print_diagnosis

        print_diagnosis(diagnosis)
    if not diagnosis.has_engine:
        raise Exit(code=3)

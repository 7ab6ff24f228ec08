"""Looks at everything the verbs rely on, and says what to do where something is amiss."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from seatrial.catalog import Project
from seatrial.engine.about import About
from seatrial.engine.client import Engine
from seatrial.engine.images import inspect_images, registry_answers
from seatrial.errors import SeatrialError
from seatrial.model.diagnosis import Diagnosis, Row, State

GIBIBYTE = 1024**3
LITTLE_DISK = 5 * GIBIBYTE
NO_DISK = 1 * GIBIBYTE


def examine(
    project: Project,
    engine: Engine | None,
    about: About | None,
    *,
    references: Callable[[], list[str]],
    ca_bundle: Callable[[], str | None],
    database: Callable[[], tuple[str, ...]],
) -> Diagnosis:
    """Return a row a thing.

    Args:
        project: The project.
        engine: The engine, or None where none answers.
        about: What it says of itself.
        references: Gives the bases of every image; may raise.
        ca_bundle: Gives the CA bundle of build steps; may raise.
        database: Gives the addresses at which the stack's database answers; may raise.
    """
    if about is None or about.server is None:
        engine = None
    rows = [*_engine_rows(engine, about), *_base_rows(project, engine, references)]
    rows.append(_guarded("CA bundle", lambda: _ca_row(ca_bundle())))
    rows.append(_database_row(database))
    rows.append(_disk_row(project.root))
    versions = [f"{name} {version(name)}" for name in ("seatrial", "python-on-whales", "invoke")]
    found = ", ".join((f"Python {platform.python_version()}", *versions))
    rows.append(Row(name="versions", state="ok", found=found))
    return Diagnosis(rows=tuple(rows))


def _engine_rows(engine: Engine | None, about: About | None) -> list[Row]:
    if engine is None or about is None or about.server is None:
        hint = "start Docker, or run scripts/engine up (Debian, root)"
        return [Row(name="engine", state="missing", found="none answers", hint=hint)]
    kind = "private, " if engine.private else ""
    found = f"{about.server} ({kind}{about.platform}, {about.store} store)"
    return [
        Row(name="engine", state="ok", found=found),
        _plugin("buildx", about.buildx, "install the docker-buildx plugin"),
        _plugin("Compose", about.compose, "install the docker-compose plugin"),
    ]


def _plugin(name: str, found: str | None, hint: str) -> Row:
    if found is None:
        return Row(name=name, state="missing", found="no plugin", hint=hint)
    return Row(name=name, state="ok", found=found)


def _base_rows(
    project: Project, engine: Engine | None, references: Callable[[], list[str]]
) -> list[Row]:
    if engine is None:
        return []
    asked = project.settings.bases
    try:
        silence = registry_answers(engine, references())
    except SeatrialError as error:
        return [Row(name="bases", state="missing", found=error.message, hint=error.hint)]
    registry = (
        Row(name="registry", state="ok", found="has every base")
        if silence is None
        else Row(name="registry", state="warning", found=_brief(silence), hint=_without(asked))
    )
    policy = asked if asked != "auto" else "registry" if silence is None else "stand-in"
    return [
        registry,
        _guarded("bases", lambda: _policy_row(project, engine, policy, asked), "missing"),
    ]


def _policy_row(project: Project, engine: Engine, policy: str, asked: str) -> Row:
    found = f"{policy} ({'asked for' if asked != 'auto' else 'auto'})"
    if policy == "registry":
        return Row(name="bases", state="ok", found=found)
    from seatrial.recipes import stand_in_tag

    recipes = project.settings.stand_ins.items()
    tags = [stand_in_tag(name, project.root / folder) for name, folder in recipes]
    held = inspect_images(engine, tags)
    missing = [tag for tag in tags if tag not in held]
    if missing:
        found = f"{found}; {len(missing)} of {len(tags)} stand-ins are not built"
        return Row(name="bases", state="missing", found=found, hint="invoke bases")
    hint = "what is built on stand-ins is labelled so, and is not for pushing"
    return Row(name="bases", state="warning", found=f"{found}; all {len(tags)} built", hint=hint)


def _without(asked: str) -> str:
    return "builds use stand-ins" if asked != "registry" else "a build will fail; mend the network"


def _ca_row(bundle: str | None) -> Row:
    found = f"{bundle} (given to build steps as a secret)" if bundle else "none; none is named"
    return Row(name="CA bundle", state="ok", found=found)


def _database_row(database: Callable[[], tuple[str, ...]]) -> Row:
    try:
        places = database()
    except SeatrialError as error:
        hint = error.hint or "invoke postgres-up"
        return Row(name="Postgres", state="warning", found=error.message, hint=hint)
    return Row(name="Postgres", state="ok", found=f"answers at {' and '.join(places)}")


def _disk_row(root: Path) -> Row:
    free = shutil.disk_usage(root).free
    found = f"{free / GIBIBYTE:.0f} GiB free at {root}"
    if free > LITTLE_DISK:
        return Row(name="disk", state="ok", found=found)
    hint = "free some space: docker system df shows what the engine holds"
    return Row(
        name="disk", state="missing" if free < NO_DISK else "warning", found=found, hint=hint
    )


def _guarded(name: str, look: Callable[[], Row], otherwise: State = "warning") -> Row:
    """Return the row, or what kept us from looking: doctor itself never fails halfway."""
    try:
        return look()
    except SeatrialError as error:
        return Row(name=name, state=otherwise, found=error.message, hint=error.hint)


def _brief(text: str) -> str:
    text = text.removeprefix("ERROR: ")
    return text if len(text) <= 90 else f"{text[:87]}…"

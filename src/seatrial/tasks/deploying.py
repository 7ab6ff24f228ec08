"""What `compose-up` and `compose-down` tell the logbook, and the generation that it gives.

A deployment is told before its containers are made: the logbook gives it the next number of its
environment, and they are started with that. Where no logbook answers they have none, which is 0.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from seatrial.catalog import Project
from seatrial.compose.preflight import GENERATION
from seatrial.compose.stack import with_tag
from seatrial.compose.up import Start
from seatrial.engine import compose, composed
from seatrial.engine.client import Engine
from seatrial.engine.images import inspect_images
from seatrial.errors import ConfigurationError, SeatrialError
from seatrial.git import read_git
from seatrial.logbook import outbox, place, recording
from seatrial.logbook.delivery import deliver
from seatrial.logbook.entries import deployment_entry, ending_entry
from seatrial.logbook.outbox import Entry
from seatrial.logbook.place import Logbook
from seatrial.model.plan import BuildRecord
from seatrial.model.stack import Container
from seatrial.verify.results import read_record

# Where the containers are told which environment their generation counts in.
ENVIRONMENT = "SEATRIAL_ENVIRONMENT"
INTERRUPTED_SECONDS = 2.0


@dataclass(frozen=True)
class Deployment:
    """A deployment that the logbook was told of, or will be.

    Attributes:
        entry: What it is told.
        generation: Its number; 0 where it has none.
        is_new: Whether this run began it.
    """

    entry: Entry
    generation: int
    is_new: bool = True


def begin(project: Project, engine: Engine, start: Start, began: float) -> Deployment | None:
    """Tell the logbook what is about to be started, and return it with its generation.

    What runs already as it would be started goes on with the generation that it has. Nothing is
    raised but by Ctrl-C: a logbook that is away fails nothing.

    Returns:
        None where there is no logbook, the shell gives a generation of its own, or an image is not
        in the engine yet, so that nobody can say what will run.
    """
    try:
        variables = place.variables_of(project.root, os.environ)
        if variables is None or GENERATION in os.environ:
            return None
        logbook = place.logbook_of(variables, project.root)
        return _begun(project, engine, start, logbook, began)
    except SeatrialError as error:
        recording.say(f"the deployment has no generation: {error.message}")
    except Exception as error:  # a fault of ours, and still no reason to start nothing
        recording.say(f"the deployment has no generation: {type(error).__name__}: {error}")
    return None


def numbered(start: Start, environment: str, deployment: Deployment | None) -> Start:
    """Return the start with what its containers are told of their deployment."""
    environ = {ENVIRONMENT: environment}
    if deployment:
        environ[GENERATION] = str(deployment.generation)
    return replace(start, environ=environ)


def finish(
    project: Project,
    deployment: Deployment | None,
    containers: tuple[Container, ...],
    tree: str | None,
    began: float,
) -> None:
    """Send what waits: the stack is up, and may be the logbook itself. Nothing is raised."""
    if deployment:
        recording.send_kept(project.root, project.dist)
        return
    recording.record(
        project.root, project.dist, lambda: [_of_containers(project, containers, tree, began)]
    )


def take_back(project: Project, deployment: Deployment | None) -> None:
    """Tell that what this run began was interrupted. Nothing is raised."""
    if deployment and deployment.is_new:
        entry = ending_entry(deployment.entry)
        _kept_at(project).unlink(missing_ok=True)
        recording.record(project.root, project.dist, lambda: [entry], seconds=INTERRUPTED_SECONDS)


def end(project: Project, containers: tuple[Container, ...], began: float) -> None:
    """Tell that nothing of the stack runs any more. Nothing is raised."""
    kept = _kept(project)

    def entries() -> Iterable[Entry | None]:
        entry = kept.entry if kept else _of_containers(project, containers, None, began)
        return [ending_entry(entry) if entry else None]

    if recording.keep(project.root, project.dist, entries):
        _kept_at(project).unlink(missing_ok=True)
        recording.send_kept(project.root, project.dist)


def _begun(
    project: Project, engine: Engine, start: Start, logbook: Logbook, began: float
) -> Deployment | None:
    there = composed.containers_of(engine, project.settings.name)
    planned = _planned(engine, start, there)
    if planned is None:
        return None
    kept, where = _kept(project), project.settings.environment
    if kept and _is_what_runs(engine, start, where, kept, planned, there):
        number = _told(project, logbook, kept.entry)
        # None: it is away. What runs without a number goes on so: nothing is made anew for one.
        if number is None or (number and kept.generation in {0, number}):
            return kept
    key = str(uuid.uuid4())
    entry = deployment_entry(where, planned, _record(project), _tree(project), began, key=key)
    if entry is None:
        return None
    made = Deployment(entry, _asked(project, logbook, entry))
    outbox.write(_kept_at(project), entry, generation=made.generation)
    return made


def _asked(project: Project, logbook: Logbook, entry: Entry) -> int:
    """Return the generation that the logbook gives, or 0."""
    try:
        number = _told(project, logbook, entry) or 0
    except KeyboardInterrupt:
        # It may have taken it, and nothing will be started.
        outbox.put(project.dist / place.OUTBOX, ending_entry(entry))
        raise
    said = f"is generation {number}" if number else "has no generation: its worker takes every job"
    recording.say(f"{entry.subject} {said}")
    return number


def _planned(
    engine: Engine, start: Start, there: Iterable[Container]
) -> tuple[Container, ...] | None:
    """Return the containers that there will be, without ids; None where an image is not known."""
    wanted = {service.name: with_tag(service.image) for service in start.services}
    held = inspect_images(engine, sorted({image for image in wanted.values() if image}))
    if any(image not in held for image in wanted.values()):
        return None
    made = [
        Container(
            id="",
            name=service.name,
            service=service.name,
            state="created",
            image=service.image,
            image_id=held[wanted[service.name]].id,
            labels=held[wanted[service.name]].labels,
        )
        for service in start.services
    ]
    return (*made, *(container for container in there if container.service not in wanted))


def _is_what_runs(
    engine: Engine,
    start: Start,
    environment: str,
    kept: Deployment,
    planned: Iterable[Container],
    there: Iterable[Container],
) -> bool:
    """Return whether Compose would make no container anew, as that deployment."""
    if kept.entry.requests[0].body.get("environment") != environment:
        return False
    environ = numbered(start, environment, kept).environ
    hashes = compose.config_hashes(engine, start.project, environ)
    images = {container.service: container.image_id for container in planned}
    found = [c for c in there if c.service in {service.name for service in start.services}]
    alike = all(
        (c.labels.get(compose.HASH_LABEL), c.image_id) == (hashes.get(c.service), images[c.service])
        for c in found
    )
    return alike and {c.service for c in found} == {service.name for service in start.services}


def _told(project: Project, logbook: Logbook, entry: Entry) -> int | None:
    """Send what waits and then `entry`; return its generation, 0 where it is deployed no more.

    What waited longer goes first: an older deployment that came after this one would replace it.

    Returns:
        None where the logbook did not say.
    """
    folder = project.dist / place.OUTBOX
    outbox.put(folder, entry)
    done = deliver(folder, logbook, seconds=recording.SECONDS)
    recording.tell(done, logbook.url)
    answer = done.answers.get((entry.kind, entry.key))
    if answer is None or not isinstance(answer.get("generation"), int):
        return None
    return int(answer["generation"]) if answer.get("state") == "deployed" else 0


def _of_containers(
    project: Project, containers: tuple[Container, ...], tree: str | None, began: float
) -> Entry | None:
    where = project.settings.environment
    return deployment_entry(where, containers, _record(project), tree, began)


def _record(project: Project) -> BuildRecord | None:
    return read_record(project.dist / "build.json")


def _tree(project: Project) -> str | None:
    try:
        return read_git(project.root).sha
    except ConfigurationError:
        return None


def _kept_at(project: Project) -> Path:
    return project.state / "deployment.json"


def _kept(project: Project) -> Deployment | None:
    """Return the deployment that the last `compose-up` of this project began, if there is one."""
    path = _kept_at(project)
    try:
        entry, found = outbox.read(path), json.loads(path.read_bytes())
        return Deployment(entry, int(found["generation"]), is_new=False)
    except (OSError, ValueError, KeyError, TypeError):
        return None

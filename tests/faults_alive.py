"""Planted faults of what lives in a container, and observations in which nothing can be seen."""

from __future__ import annotations

from typing import Any

import seen
from seen_alive import FIRST, KILLED, LASTLY, WORKER

from seatrial.model.alive_facts import OrphanFacts, TouchFacts
from seatrial.model.observation import (
    DatabaseFacts,
    HttpAnswer,
    LogFacts,
    Observation,
    RunningFacts,
    Start,
)


def first(**fields: Any) -> Observation:
    """Return the good observation with another process 1."""
    return seen.running(processes=(FIRST.model_copy(update=fields),))


def marked(*words: str) -> Observation:
    """Return the good observation with marks of a reloader at the child of process 1."""
    child = WORKER.model_copy(update={"marks": words})
    return seen.running(processes=(FIRST, child))


def database(**fields: Any) -> Observation:
    """Return the good observation with another fate of its database."""
    return seen.running(database=LASTLY["database"].model_copy(update=fields))


def killed(**fields: Any) -> Observation:
    """Return the good observation with another end of a killed child."""
    return seen.running(killed=(KILLED, KILLED.model_copy(update=fields)))


def lost(**fields: Any) -> Observation:
    """Return the observation of one that did not become healthy without its database."""
    return seen.running(start=Start(exit_code=1), database=DatabaseFacts(**fields))


ANSWERS = HttpAnswer(method="GET", path="/ready", status=200)
SILENT = HttpAnswer(method="GET", path="/ready", error="timed out")
FAULTS: list[tuple[str, Observation]] = [
    ("has-only-promised-capabilities", first(capabilities=("CAP_CHOWN", "CAP_NET_RAW"))),
    ("has-no-other-groups", first(groups=(1001, 999))),
    ("has-no-other-groups", first(groups=(0,))),
    ("first-process-as-promised", first(command="/bin/sh -c python server.py")),
    ("no-development-server", first(command="uvicorn app:app --reload")),
    ("no-development-server", marked("RUN_MAIN=true")),
    ("no-development-server", first(watches=("/app/app.py",))),
    ("no-development-server", seen.running(touch=TouchFacts(replaced=("python app.py",)))),
    ("children-as-promised", seen.running(killed=())),
    ("children-as-promised", killed(ended=False, exit_code=None, after=None)),
    ("children-as-promised", killed(exit_code=0)),
    ("log-lines-as-promised", seen.running(logs=LogFacts(stdout_bytes=9, not_json=("hello",)))),
    ("lives-without-database", lost(only_with=True)),
    ("tells-database-is-away", database(away=ANSWERS)),
    ("tells-database-is-away", database(away=SILENT)),
    ("tells-database-is-away", database(told_after=None, again_after=None, answer=ANSWERS)),
    ("becomes-ready-with-database", database(ready_after=None, answer=SILENT)),
    ("becomes-ready-with-database", database(ready_after=None, exit_code=1)),
    ("becomes-ready-with-database", database(connections=0)),
    ("survives-loss-of-database", database(told_after=None, exit_code=1)),
    ("survives-loss-of-database", database(health=SILENT)),
    ("recovers-its-database", database(again_after=None)),
    ("recovers-its-database", database(again_after=None, exit_code=3)),
    ("log-lines-as-promised", seen.running(logs=LogFacts(stdout_bytes=9, not_json=("",)))),
    ("orphans-are-reaped", seen.running(orphan=OrphanFacts(made_by="perl", reaped=False))),
]
BLIND: list[tuple[str, Observation]] = [
    ("has-only-promised-capabilities", first(capabilities=None)),
    ("has-only-promised-capabilities", seen.running(processes=None)),
    ("has-no-other-groups", first(groups=None)),
    ("first-process-as-promised", seen.running(processes=None)),
    ("no-development-server", seen.running(processes=None)),
    ("children-as-promised", seen.running(killed=None, unseen={"killed": "it is hidden"})),
    ("children-as-promised", seen.changed(running=RunningFacts(start=Start(exit_code=1)))),
    ("log-lines-as-promised", seen.running(logs=LogFacts(stdout_bytes=9))),
    ("lives-without-database", seen.running(database=None, unseen={"database": "no Postgres"})),
    ("lives-without-database", lost(only_with=False)),
    ("tells-database-is-away", lost(only_with=True)),
    ("becomes-ready-with-database", seen.changed(running=None)),
    ("survives-loss-of-database", database(ready_after=None)),
    ("recovers-its-database", database(ready_after=None)),
    ("recovers-its-database", database(told_after=None)),
    ("log-lines-as-promised", seen.running(logs=LogFacts(not_json=()))),
    ("orphans-are-reaped", seen.running(orphan=None)),
]

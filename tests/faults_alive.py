"""Planted faults of what lives in a container, and observations in which nothing can be seen."""

from __future__ import annotations

from typing import Any

import seen
from seen_alive import FIRST, KILLED

from seatrial.model.alive_facts import OrphanFacts, TouchFacts
from seatrial.model.observation import LogFacts, Observation, RunningFacts, Start


def first(**fields: Any) -> Observation:
    """Return the good observation with another process 1."""
    return seen.running(processes=(FIRST.model_copy(update=fields),))


def killed(**fields: Any) -> Observation:
    """Return the good observation with another end of a killed child."""
    return seen.running(killed=(KILLED, KILLED.model_copy(update=fields)))


FAULTS: list[tuple[str, Observation]] = [
    ("has-only-promised-capabilities", first(capabilities=("CAP_CHOWN", "CAP_NET_RAW"))),
    ("has-no-other-groups", first(groups=(1001, 999))),
    ("has-no-other-groups", first(groups=(0,))),
    ("first-process-as-promised", first(command="/bin/sh -c python server.py")),
    ("no-development-server", first(command="uvicorn app:app --reload")),
    ("no-development-server", first(marks=("WERKZEUG_RUN_MAIN=true",))),
    ("no-development-server", first(watches=("/app/app.py",))),
    ("no-development-server", seen.running(touch=TouchFacts(replaced=("python app.py",)))),
    ("children-as-promised", seen.running(killed=())),
    ("children-as-promised", killed(ended=False, exit_code=None, after=None)),
    ("children-as-promised", killed(exit_code=0)),
    ("log-lines-as-promised", seen.running(logs=LogFacts(stdout_bytes=9, not_json=("hello",)))),
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
    ("log-lines-as-promised", seen.running(logs=LogFacts(not_json=()))),
    ("orphans-are-reaped", seen.running(orphan=None)),
]

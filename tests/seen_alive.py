"""What a good image shows of its processes and its database, and what a contract promises of it."""

from __future__ import annotations

from typing import Any

from seatrial.model.alive_facts import KilledChild, OrphanFacts, TouchFacts
from seatrial.model.observation import DatabaseFacts, HttpAnswer, ProcessFacts

PROCESS: dict[str, Any] = {
    "capabilities": [],
    "pid1": "app.py",
    "children": "fatal",
    "orphans": "reaped",
}
DATABASE = {"variable": "LEVEL", "within": "5s"}
FIRST = ProcessFacts(
    pid=70,
    inside_pid=1,
    parent=60,
    uid=1001,
    gid=1001,
    command="python app.py",
    groups=(1001,),
    capabilities=(),
)
WORKER = FIRST.model_copy(
    update={"pid": 71, "inside_pid": 7, "parent": 70, "command": "python worker.py"}
)
KILLED = KilledChild(command=WORKER.command, ended=True, exit_code=1, after=0.1)
LASTLY: dict[str, Any] = {
    "database": DatabaseFacts(
        away=HttpAnswer(method="GET", path="/ready", status=503),
        ready_after=0.4,
        connections=2,
        told_after=0.1,
        health=HttpAnswer(method="GET", path="/health", status=200, json_body={"status": "ok"}),
        again_after=0.2,
        answer=HttpAnswer(method="GET", path="/ready", status=200),
    ),
    "touch": TouchFacts(files=("/app/app.py",)),
    "orphan": OrphanFacts(made_by="/bin/sh", reaped=True, after=0.4),
    "killed": (KILLED,),
}

"""What a good image shows of its processes and its database, and what a contract promises of it."""

from __future__ import annotations

from typing import Any

from seatrial.model.observation import ProcessFacts

PROCESS: dict[str, Any] = {"capabilities": []}
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

"""What the engine and its client say of themselves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from seatrial.engine.calls import call
from seatrial.engine.client import Engine
from seatrial.errors import NoEngineError

SECONDS = 10.0


@dataclass(frozen=True)
class About:
    """Versions and places.

    Attributes:
        client: The client's version, or None.
        server: The engine's version, or None when it does not answer.
        platform: `os/arch` of the engine.
        buildx: The buildx plugin's version, or None where it is missing.
        compose: The Compose plugin's version, or None where it is missing.
        store: `containerd` where images are in containerd's store, else the storage driver.
        root: Folder of the engine's data, as it names it.
    """

    client: str | None
    server: str | None
    platform: str
    buildx: str | None
    compose: str | None
    store: str
    root: str


def read_about(engine: Engine) -> About:
    """Ask the client, the engine and the plugins; what does not answer is None."""
    asked = {
        "version": ("version", "--format", "json"),
        "info": ("info", "--format", "json"),
        "buildx": ("buildx", "version"),
        "compose": ("compose", "version", "--short"),
    }
    answers = {name: _ask(engine, *words) for name, words in asked.items()}
    version, info = _json(answers["version"]), _json(answers["info"])
    server = version.get("Server") or {}
    buildx = (answers["buildx"] or "").split()
    status = dict(info.get("DriverStatus") or [])
    containerd = "containerd.snapshotter" in status.get("driver-type", "")
    return About(
        client=(version.get("Client") or {}).get("Version"),
        server=server.get("Version"),
        platform=f"{server.get('Os', '?')}/{server.get('Arch', '?')}",
        buildx=buildx[1] if len(buildx) > 1 else None,
        compose=(answers["compose"] or "").strip() or None,
        store="containerd" if containerd else str(info.get("Driver", "unknown")),
        root=str(info.get("DockerRootDir", "")),
    )


def _ask(engine: Engine, *words: str) -> str | None:
    try:
        answer = call(engine, *words, seconds=SECONDS)
    except (OSError, NoEngineError):
        return None
    # `docker version` ends with 1 when the engine is away, and tells of the client all the same.
    return answer.stdout if answer.code == 0 or words[0] == "version" else None


def _json(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

"""Remembers the last plan of a clean tree, so that building it again can begin at once.

A plan is a pure function of the commit, the options, the environment and the stand-ins. Where all
of them are as they were, so is the plan, and bake starts before anything heavy is imported.
Imports nothing but the standard library, for that reason.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import seatrial
from seatrial.errors import SeatrialError
from seatrial.files import write_atomic
from seatrial.git import Answers

MEMO = "plan"
# What differs from shell to shell and decides nothing.
_IDLE = {"_", "OLDPWD", "PWD", "SHLVL", "TERM", "COLUMNS", "LINES"}


@dataclass(frozen=True)
class Options:
    """What was asked of a build, as far as its plan depends on it.

    Attributes:
        images: Images asked for, empty for all.
        tag: Takes the place of the default tags, or None.
        bases: Base policy asked for, or None.
        platforms: Platforms, empty for the builder's own.
    """

    images: tuple[str, ...] = ()
    tag: str | None = None
    bases: str | None = None
    platforms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Remembered:
    """A plan that is still true.

    Attributes:
        plan: The plan, as `model.plan.Plan` dumps it.
        epoch: The stamp's time, seconds since the epoch.
        version_json: The stamp, as `version.json` holds it.
    """

    plan: dict[str, Any]
    epoch: int
    version_json: str

    @property
    def targets(self) -> tuple[str, ...]:
        """The targets that it builds."""
        return tuple(image["name"] for image in self.plan["images"])


def key_of(
    root: Path,
    git: Answers,
    options: Options,
    client: str,
    environ: Mapping[str, str] | None = None,
) -> str | None:
    """Return what the plan of a clean tree is remembered by; None when the tree is dirty.

    Args:
        root: The project's root.
        git: What git answered: on a clean tree the commit stands for every file it knows.
        options: What was asked for.
        client: Path of the engine's client.
        environ: The environment; the process's own by default.
    """
    if (
        any(code for name, (code, _, _) in git.items() if name != "origin")
        or git["status"][1].strip()
    ):
        return None
    given = os.environ if environ is None else environ
    facts = {
        "git": {name: answer[1] for name, answer in git.items()},
        "options": asdict(options),
        "client": client,
        "environ": {name: value for name, value in sorted(given.items()) if name not in _IDLE},
        "stand_ins": read(root / ".seatrial" / "bases.stamp"),
        # Once a day the long way is gone: it asks again whether a registry answers.
        "day": int(time.time() // 86400),
        "seatrial": _own_age(),
        "root": str(root),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def recall(root: Path, key: str | None) -> Remembered | None:
    """Return the plan that was kept under `key`, or None; a garbled one is none."""
    head, _, facts = (read(root / ".seatrial" / MEMO) or "").partition("\n")
    if key is None or head != _head(key, facts):
        return None
    found = json.loads(facts)
    return Remembered(found["plan"], found["epoch"], found["version_json"])


def keep(root: Path, key: str | None, plan: Mapping[str, Any], epoch: int, version: str) -> None:
    """Remember a plan; without a key, or where that cannot be written, do nothing."""
    if key is None:
        return
    facts = json.dumps({"epoch": epoch, "version_json": version, "plan": plan})
    with contextlib.suppress(SeatrialError):
        write_atomic(root / ".seatrial" / MEMO, f"{_head(key, facts)}\n{facts}")


def read(path: Path) -> str | None:
    """Return the text of a file, or None where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _head(key: str, facts: str) -> str:
    """Return the first line of the file: the key, and what tells that the rest is whole."""
    return f"{key} {hashlib.sha256(facts.encode()).hexdigest()}"


def _own_age() -> int:
    """Return when this package was last changed, in nanoseconds: another may plan otherwise."""
    package = Path(seatrial.__file__).parent
    folders = (package, package / "build", package / "model", package / "engine")
    return max(e.stat().st_mtime_ns for f in folders for e in os.scandir(f) if e.is_file())

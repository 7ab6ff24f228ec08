"""Runs hadolint, a linter of Dockerfiles, on a text; its own program, for it is no library."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from seatrial.errors import SeatrialError
from seatrial.model.recipe_facts import LintFinding
from seatrial.surroundings import surroundings

# It takes some 10 ms; a Dockerfile that anybody wrote may take long.
GIVE_UP_AFTER = 30.0
FINDINGS_KEPT = 200
TEXT_KEPT = 300
# hadolint's own parser could not read the file, which says nothing of the file: the engine's could.
UNREADABLE = "DL1000"


def lint(text: str) -> tuple[LintFinding, ...]:
    """Return what hadolint says of a Dockerfile's text; its pragmas in there are honoured.

    No configuration of hadolint's own is read: what a recipe is held against does not depend on
    who holds it.

    Raises:
        SeatrialError: When hadolint is not installed, or cannot read the text.
    """
    told = _run(text)
    unreadable = [one for one in told if one["code"] == UNREADABLE]
    if unreadable:
        first = unreadable[0]
        reason = " ".join(str(first["message"]).split())
        raise SeatrialError(f"hadolint cannot read line {first['line']} of it: {reason}")
    lines = text.splitlines()
    return tuple(_finding(one, lines) for one in told[:FINDINGS_KEPT])


def _finding(told: dict[str, Any], lines: list[str]) -> LintFinding:
    line = int(told["line"])
    written = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return LintFinding(
        rule=told["code"],
        line=line,
        level=told["level"],
        message=" ".join(told["message"].split())[:TEXT_KEPT],
        instruction=written[:TEXT_KEPT],
    )


def _run(text: str) -> list[dict[str, Any]]:
    program = _program()
    with tempfile.TemporaryDirectory(prefix="seatrial-hadolint-") as home:
        environ = {k: v for k, v in surroundings().items() if not k.startswith("HADOLINT_")}
        try:
            done = subprocess.run(
                [program, "--no-fail", "--format", "json", "-"],
                input=text.encode(),
                cwd=home,
                env={**environ, "HOME": home, "XDG_CONFIG_HOME": home},
                capture_output=True,
                timeout=GIVE_UP_AFTER,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise SeatrialError(f"hadolint said nothing in {GIVE_UP_AFTER:.0f} s") from error
        except OSError as error:
            raise SeatrialError(f"hadolint cannot be run: {error.strerror}") from error
    try:
        told: list[dict[str, Any]] = json.loads(done.stdout)
    except ValueError as error:
        complaint = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise SeatrialError(
            f"hadolint failed: {complaint[-1][:TEXT_KEPT] if complaint else done.returncode}"
        ) from error
    return told


def _program() -> str:
    """Return hadolint's path: the one installed with seatrial first, for its version is known.

    Raises:
        SeatrialError: When there is none.
    """
    found = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    found = found or shutil.which("hadolint")
    if found is None:
        raise SeatrialError(
            "hadolint is not installed: pip install 'seatrial[recipe]', or put it on PATH"
        )
    return found

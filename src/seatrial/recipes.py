"""Recipes of stand-ins: folders with an executable `make` that writes a build context."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import signal
import subprocess
import time
from pathlib import Path

from seatrial.errors import ConfigurationError

STAND_IN_REGISTRY = "seatrial.local"
LOG_LINES = 20
STOP_SECONDS = 10.0


def repository_and_tag(reference: str) -> str:
    """Return `repository:tag` of a reference, its digest cut off."""
    return reference.partition("@")[0]


def stand_in_tag(reference: str, folder: Path) -> str:
    """Return the local tag of the stand-in that the recipe in `folder` makes for `reference`.

    It ends in a hash of the recipe: another recipe is another image.

    Raises:
        ConfigurationError: When there is no recipe in `folder`.
    """
    if not os.access(folder / "make", os.X_OK):
        raise ConfigurationError(
            f"the stand-in of {reference} has no recipe",
            expected=f"an executable {folder / 'make'}",
            hint="write it, or mend [tool.seatrial.stand_ins]",
        )
    repository, tag = stand_in_place(reference)
    return f"{repository}:{tag}-{recipe_hash(reference, folder)}"


def stand_in_place(reference: str) -> tuple[str, str]:
    """Return the local repository of a base's stand-ins, and what their tags begin with."""
    named = repository_and_tag(reference)
    has_tag = ":" in named.rpartition("/")[2]
    repository, _, tag = named.rpartition(":") if has_tag else (named, "", "latest")
    # A registry's port may not stand in the middle of a name.
    return f"{STAND_IN_REGISTRY}/{repository.replace(':', '_')}", tag


def recipe_hash(reference: str, folder: Path) -> str:
    """Return the hash of a recipe: its files, and those beside its folder that recipes share."""
    shared = (path for path in folder.parent.iterdir() if path.is_file())
    digest = hashlib.sha256(repository_and_tag(reference).encode())
    for path in sorted([*(p for p in folder.rglob("*") if p.is_file()), *shared]):
        if not re.search(r"(\.pyc|~|\.md)$", path.name):
            digest.update(f"\0{path.relative_to(folder.parent)}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def make_context(folder: Path, outdir: Path) -> None:
    """Run a recipe: it writes a Docker build context into `outdir`.

    Raises:
        ConfigurationError: When it fails; its last lines go with the error.
        KeyboardInterrupt: After it was stopped and has cleaned up.
    """
    try:
        process = subprocess.Popen(
            [str(folder.resolve() / "make"), str(outdir)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise ConfigurationError(
            f"the recipe {folder.name} cannot be run: {error.strerror}",
            expected=f"a program, or a script with a #! line, at {folder / 'make'}",
        ) from error
    try:
        output, _ = process.communicate()
    except BaseException:
        _stop(process)
        raise
    if process.returncode != 0:
        raise ConfigurationError(
            f"the recipe {folder.name} made no stand-in: it ended with {process.returncode}",
            hint=f"run {folder / 'make'} by hand with an empty folder to see more",
            detail=tuple(output.splitlines()[-LOG_LINES:]),
        )


def _stop(process: subprocess.Popen[str]) -> None:
    """End a recipe and all that it started; it has a while to clean up."""
    try:
        os.killpg(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            process.poll()
            # Raises once nobody is left, children of the recipe's included.
            os.killpg(process.pid, 0)
            time.sleep(0.02)
    except ProcessLookupError:
        return
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout:
            process.stdout.close()

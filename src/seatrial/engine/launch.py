"""Starts bake. Imports little: what is known already is on its way before the rest is loaded."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from seatrial.engine.client import Engine
from seatrial.surroundings import surroundings

# BuildKit stops its work when its client ends; 2 s for the client leave 1 s of the promised 3.
STOP_SECONDS = 2.0
PLUGIN_FOLDERS = (
    "~/.docker/cli-plugins",
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
)


@dataclass(frozen=True)
class Launch:
    """What bake is asked to do.

    Attributes:
        definition: A bake file as JSON.
        targets: Targets to build.
        root: Folder that the definition's paths are relative to.
        environ: Variables added to the client's environment.
        no_cache: Build every step anew.
        builder: Name of another builder than the default one.
    """

    definition: Mapping[str, Any]
    targets: Sequence[str]
    root: Path
    environ: Mapping[str, str]
    no_cache: bool = False
    builder: str | None = None


class RunningBake:
    """A bake run under way: its lines, and what it left behind once they ended.

    Attributes:
        started: Seconds since the epoch.
    """

    def __init__(self, process: subprocess.Popen[bytes], metadata: Path) -> None:
        self.started = time.time()
        self._process = process
        self._metadata = metadata

    def lines(self) -> Iterator[bytes]:
        """Return the lines of its standard error, as they come."""
        stderr: IO[bytes] | None = self._process.stderr
        return iter(stderr) if stderr else iter(())

    def ended_well(self) -> bool:
        """Wait for its end."""
        return self._process.wait() == 0

    def stop(self) -> None:
        """Interrupt it, from any thread; its lines end soon after."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGINT)

    def digests(self) -> dict[str, str]:
        """Return the digest of each target that was exported."""
        try:
            found = json.loads(self._metadata.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {
            target: facts["containerimage.digest"]
            for target, facts in found.items()
            if isinstance(facts, dict) and "containerimage.digest" in facts
        }


@contextlib.contextmanager
def launch_bake(engine: Engine, launch: Launch) -> Iterator[RunningBake]:
    """Start bake; at the end of the context it has ended, by itself or by our hand."""
    with tempfile.TemporaryDirectory(prefix="seatrial-bake-") as folder:
        file, metadata = Path(folder, "bake.json"), Path(folder, "metadata.json")
        file.write_text(json.dumps(launch.definition), encoding="utf-8")
        process = subprocess.Popen(
            [*_buildx(engine, launch), "--file", str(file), "--metadata-file", str(metadata)]
            + [f"--allow=fs.read={path}" for path in outside_paths(launch.definition, launch.root)]
            + (["--no-cache"] if launch.no_cache else [])
            + list(launch.targets),
            cwd=launch.root,
            env=_environ(engine, launch),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            # A group of its own: Ctrl-C reaches us alone, and we stop it and its plugins together.
            start_new_session=True,
        )
        try:
            yield RunningBake(process, metadata)
        finally:
            _stop(process)


def outside_paths(definition: Mapping[str, Any], root: Path) -> list[str]:
    """Return the local paths outside `root` that a definition reads.

    Bake asks for a permission for each; the definition is the user's own and its paths are what
    the user wrote, so each is granted, and nothing besides.
    """
    found: set[str] = set()
    for target in definition.get("target", {}).values():
        paths = [target.get("context", "."), *target.get("contexts", {}).values()]
        paths += [s["src"] for s in target.get("secret", ()) if isinstance(s, dict) and "src" in s]
        for path in paths:
            place = (root / path).resolve()
            if ":" not in path and not place.is_relative_to(root.resolve()):
                found.add(str(place))
    return sorted(found)


def _buildx(engine: Engine, launch: Launch) -> list[str]:
    """Return the command up to its files: the plugin itself, where it is in a usual place.

    By way of `docker buildx` the client is started twice, which a no-op build feels.
    """
    config = os.environ.get("DOCKER_CONFIG")
    folders = ((f"{config}/cli-plugins",) if config else ()) + PLUGIN_FOLDERS
    plugins = (Path(folder, "docker-buildx").expanduser() for folder in folders)
    plugin = next((str(path) for path in plugins if os.access(path, os.X_OK)), None)
    words = [plugin] if plugin else [*engine.argv, "buildx"]
    builder = ["--builder", launch.builder] if launch.builder else []
    return [*words, *builder, "bake", "--progress", "rawjson"]


def _environ(engine: Engine, launch: Launch) -> dict[str, str]:
    host = {"DOCKER_HOST": engine.host} if engine.host else {}
    # The digest is all we read of the metadata; provenance would be resolved for nothing.
    fixed = {"BUILDX_METADATA_PROVENANCE": "disabled"}
    return {**surroundings(), **host, **fixed, **launch.environ}


def _stop(process: subprocess.Popen[bytes]) -> None:
    for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGKILL, None)):
        if process.poll() is not None:
            break
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    if process.stderr:
        process.stderr.close()

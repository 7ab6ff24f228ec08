"""Runs bake: the one long, streaming command that does not go through python-on-whales.

python-on-whales reads a stream in time that grows with its square and leaves the child running
when it is closed; a build needs neither.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from seatrial.engine.client import Engine
from seatrial.engine.events import Transcript
from seatrial.errors import ConfigurationError
from seatrial.model.plan import Step
from seatrial.model.progress import BuildEvent, StepChanged

# BuildKit stops its work when its client ends; 2 s for the client leave 1 s of the promised 3.
STOP_SECONDS = 2.0


@dataclass(frozen=True)
class BakeResult:
    """What a bake run left behind.

    Attributes:
        ok: Whether it ended well.
        steps: Steps of each target, in the order in which they started.
        digests: Digest of each target that was exported.
        failed: Steps that failed.
        tails: Last lines of the log of each failed step.
        complaint: Lines that bake printed beside its progress: its own errors.
    """

    ok: bool
    steps: dict[str, tuple[Step, ...]]
    digests: dict[str, str]
    failed: tuple[StepChanged, ...] = ()
    tails: tuple[tuple[str, ...], ...] = ()
    complaint: tuple[str, ...] = ()


def run_bake(
    engine: Engine,
    definition: Mapping[str, Any],
    targets: Sequence[str],
    *,
    root: Path,
    no_cache: bool = False,
    builder: str | None = None,
    environ: Mapping[str, str] | None = None,
    on_event: Callable[[BuildEvent], None] | None = None,
    log_lines: int = 20,
) -> BakeResult:
    """Build `targets` of a bake definition.

    Args:
        engine: The engine whose client runs bake.
        definition: A bake file as JSON.
        targets: Targets to build.
        root: Folder that the definition's paths are relative to.
        no_cache: Build every step anew.
        builder: Name of another builder than the default one.
        environ: Variables added to the client's environment.
        on_event: Called with every event as it comes.
        log_lines: How many lines of a failed step's log are kept.

    Returns:
        The outcome. A build that failed is an outcome, not an error.

    Raises:
        KeyboardInterrupt: After the client was stopped, and BuildKit's work with it.
    """
    transcript = Transcript(targets)
    with tempfile.TemporaryDirectory(prefix="seatrial-bake-") as folder:
        file, metadata = Path(folder, "bake.json"), Path(folder, "metadata.json")
        file.write_text(json.dumps(definition), encoding="utf-8")
        argv = [*engine.argv, "buildx", *(("--builder", builder) if builder else ()), "bake"]
        argv += ["--file", str(file), "--progress", "rawjson", "--metadata-file", str(metadata)]
        argv += ["--no-cache"] if no_cache else []
        argv += [f"--allow=fs.read={path}" for path in outside_paths(definition, root)]
        argv += targets
        with _client(argv, root, environ) as stream:
            for line in stream:
                for event in transcript.feed(line):
                    if on_event:
                        on_event(event)
        digests = _digests(metadata)
    failed = tuple(transcript.failed())
    return BakeResult(
        ok=stream.returncode == 0,
        steps=transcript.steps(),
        digests=digests,
        failed=failed,
        tails=tuple(transcript.log_tail(change, log_lines) for change in failed),
        complaint=tuple(transcript.others),
    )


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


def print_bake(client: str, file: str, root: Path, targets: Sequence[str] = ()) -> dict[str, Any]:
    """Return a bake file as `docker buildx bake --print` resolves it. Needs no engine.

    Raises:
        ConfigurationError: When bake does not understand the file.
    """
    argv = [client, "buildx", "bake", "--file", file, "--print", "--progress", "quiet", *targets]
    result = subprocess.run(
        argv,
        cwd=root,
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if result.returncode != 0:
        lines = [text for text in result.stderr.splitlines() if text and not text.startswith("#")]
        raise ConfigurationError(
            f"the bake file {file} cannot be read",
            hint="mend it; bake says where",
            detail=tuple(lines[-12:]),
        )
    printed: dict[str, Any] = json.loads(result.stdout)
    return printed


class _Stream:
    """The lines of a running client, and its return code once they ended."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def __iter__(self) -> Iterator[bytes]:
        stderr: IO[bytes] | None = self._process.stderr
        return iter(stderr) if stderr else iter(())

    @property
    def returncode(self) -> int:
        return self._process.wait()


@contextlib.contextmanager
def _client(
    argv: Sequence[str], root: Path, environ: Mapping[str, str] | None
) -> Iterator[_Stream]:
    process = subprocess.Popen(
        argv,
        cwd=root,
        # The digest is all we read of the metadata; provenance would be resolved for nothing.
        env={**os.environ, "BUILDX_METADATA_PROVENANCE": "disabled", **(environ or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        # A group of its own: Ctrl-C reaches us alone, and we stop it and its plugins together.
        start_new_session=True,
    )
    try:
        yield _Stream(process)
        process.wait()
    finally:
        _stop(process)


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


def _digests(metadata: Path) -> dict[str, str]:
    try:
        found = json.loads(metadata.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {
        target: facts["containerimage.digest"]
        for target, facts in found.items()
        if isinstance(facts, dict) and "containerimage.digest" in facts
    }

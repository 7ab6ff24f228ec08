"""Follows bake: the one long, streaming command that does not go through python-on-whales.

python-on-whales reads a stream in time that grows with its square and leaves the child running
when it is closed; a build needs neither.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seatrial.engine.events import Transcript
from seatrial.engine.launch import RunningBake
from seatrial.errors import ConfigurationError
from seatrial.model.plan import Step
from seatrial.model.progress import BuildEvent, StepChanged

LOG_LINES = 20


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


def follow_bake(
    running: RunningBake,
    targets: Sequence[str],
    on_event: Callable[[BuildEvent], None] | None = None,
) -> BakeResult:
    """Read a bake run to its end.

    Args:
        running: The run.
        targets: Its targets.
        on_event: Called with every event as it comes.
    """
    transcript = Transcript(targets)
    for line in running.lines():
        for event in transcript.feed(line):
            if on_event:
                on_event(event)
    ok = running.ended_well()
    failed = tuple(transcript.failed())
    return BakeResult(
        ok=ok,
        steps=transcript.steps(),
        digests=running.digests(),
        failed=failed,
        tails=tuple(transcript.log_tail(change, LOG_LINES) for change in failed),
        complaint=tuple(transcript.others),
    )


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

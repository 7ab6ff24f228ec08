"""BuildKit's progress (`--progress rawjson`) as events, and as the steps of each image."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from seatrial.model.plan import Step
from seatrial.model.progress import BuildEvent, StepChanged, StepLogged

_NAME = re.compile(r"^\[(?P<inside>[^\]]*)\] (?P<rest>.*)$", re.DOTALL)
_COUNT = re.compile(r"^(\d{1,6})/(\d{1,6})$", re.ASCII)
_PLATFORM = re.compile(r"^(linux|windows|darwin|wasi\w*|freebsd)/")
LOG_LINES_KEPT = 200
OTHER_LINES_KEPT = 400


class Transcript:
    """Reads the lines of one bake run and keeps what is needed afterwards.

    Attributes:
        others: Lines that were not JSON (bake's own errors), the last few hundred.
    """

    def __init__(self, targets: Sequence[str]) -> None:
        self._targets = tuple(targets)
        self._changes: dict[tuple[str, str], StepChanged] = {}
        self._names: dict[str, list[str]] = {}
        self._logs: dict[str, list[bytes]] = {}
        self.others: list[str] = []

    def feed(self, line: bytes) -> Iterator[BuildEvent]:
        """Read one line of bake's standard error; yield what it tells."""
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            self.others.append(line.decode("utf-8", "replace").rstrip("\n"))
            del self.others[:-OTHER_LINES_KEPT]
            return
        for vertex in _records(message, "vertexes"):
            yield from self._changed(vertex)
        for log in _records(message, "logs"):
            yield from self._logged(log)

    def steps(self) -> dict[str, tuple[Step, ...]]:
        """Return the steps of each image that began, in the order in which they started."""
        found: dict[str, list[StepChanged]] = {target: [] for target in self._targets}
        for change in self._changes.values():
            if change.started is not None and change.image in found:
                found[change.image].append(change)
        return {
            image: tuple(map(_step, sorted(all_of, key=_start))) for image, all_of in found.items()
        }

    def failed(self) -> list[StepChanged]:
        """Return the steps that failed by themselves, those that were only cancelled left out."""
        return [c for c in self._changes.values() if c.error and not c.cancelled]

    def log_tail(self, change: StepChanged, lines: int) -> tuple[str, ...]:
        """Return the last `lines` lines that a step printed."""
        for digest, names in self._names.items():
            if any(self._changes.get((digest, name)) == change for name in names):
                text = b"".join(self._logs.get(digest, ())).decode("utf-8", "replace")
                return tuple(text.splitlines()[-lines:])
        return ()

    def _changed(self, vertex: dict[str, Any]) -> Iterator[StepChanged]:
        name, digest = _text(vertex, "name"), _text(vertex, "digest")
        change = _change(name, vertex, self._targets)
        if self._changes.get((digest, name)) == change:
            return
        if (digest, name) not in self._changes:
            self._names.setdefault(digest, []).append(name)
        before = self._changes.get((digest, name))
        # The same step is announced again without its times after it ended; keep what is known.
        if before is not None and before.ended is not None and change.ended is None:
            return
        self._changes[digest, name] = change
        yield change

    def _logged(self, log: dict[str, Any]) -> Iterator[StepLogged]:
        digest, data = _text(log, "vertex"), _decoded(_text(log, "data"))
        text = data.decode("utf-8", "replace")
        # Kept as bytes: a piece may end in the middle of a letter.
        kept = self._logs.setdefault(digest, [])
        kept.append(data)
        if len(kept) > 2 * LOG_LINES_KEPT:
            kept[:] = [b"".join(kept[-LOG_LINES_KEPT:])]
        for name in self._names.get(digest, ())[:1]:
            change = self._changes[digest, name]
            yield StepLogged(change.image, change.stage, change.number, change.instruction, text)


def _change(name: str, vertex: dict[str, Any], targets: tuple[str, ...]) -> StepChanged:
    image, stage, number, total, instruction = split_name(name, targets)
    return StepChanged(
        image=image,
        stage=stage,
        number=number,
        total=total,
        instruction=" ".join(instruction.split()),
        started=_seconds(_text(vertex, "started")),
        ended=_seconds(_text(vertex, "completed")),
        cached=bool(vertex.get("cached")),
        error=_text(vertex, "error") or None,
    )


def split_name(name: str, targets: Sequence[str]) -> tuple[str, str, int, int, str]:
    """Split a vertex's name into image, stage, number, total and instruction.

    BuildKit writes `[target platform stage n/m] INSTRUCTION`; every part may be absent, and with
    one target alone there is no target in it.
    """
    match = _NAME.match(name)
    tokens = match["inside"].split() if match else []
    rest = match["rest"] if match else name
    alone = targets[0] if len(targets) == 1 else ""
    image = tokens.pop(0) if len(targets) > 1 and tokens and tokens[0] in targets else alone
    count = _COUNT.match(tokens[-1]) if tokens else None
    if count:
        tokens.pop()
    stage = " ".join(token for token in tokens if not _PLATFORM.match(token))
    number, total = (int(count[1]), int(count[2])) if count else (0, 0)
    return image, stage, number, total, rest


def _records(message: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the objects of a list; a client of tomorrow may send anything, a build goes on."""
    found = message.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(record: dict[str, Any], name: str) -> str:
    found = record.get(name)
    return found if isinstance(found, str) else ""


def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode(data)
    except ValueError:
        return b""


def _seconds(stamp: str) -> float | None:
    try:
        # BuildKit gives nanoseconds, Python reads microseconds.
        return datetime.fromisoformat(re.sub(r"(\.\d{6})\d*", r"\1", stamp)).timestamp()
    except (ValueError, OverflowError):
        return None


def _start(change: StepChanged) -> float:
    return change.started or 0.0


def _step(change: StepChanged) -> Step:
    return Step(
        stage=change.stage,
        number=change.number,
        total=change.total,
        instruction=change.instruction,
        started=change.started,
        ended=change.ended,
        cached=change.cached,
        error=change.error,
    )

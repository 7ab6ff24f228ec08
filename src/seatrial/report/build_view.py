"""What people see of a build: progress while it runs, a table when it ended."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from seatrial.model.plan import BuildRecord
from seatrial.model.progress import BuildEvent, StepChanged, StepLogged

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

MEBIBYTE = 1024 * 1024


@dataclass
class _Row:
    """Where one image's build stands."""

    began: float | None = None
    ended: float | None = None
    last: StepChanged | None = None
    running: dict[tuple[str, int, str], StepChanged] = field(default_factory=dict)
    cached: set[tuple[str, int]] = field(default_factory=set)
    failed: bool = False

    @property
    def step(self) -> StepChanged | None:
        """What to show: the step that runs longest; a build's stages run side by side."""
        return next(iter(self.running.values()), self.last)

    def take(self, event: StepChanged) -> None:
        self.began = self.began or event.started
        self.failed = self.failed or bool(event.error and not event.cancelled)
        exporting = event.instruction.startswith("exporting")
        if event.cached and event.number:
            self.cached.add((event.stage, event.number))
        if event.number or exporting:
            key = (event.stage, event.number, event.instruction)
            self.last = event
            if event.ended is None and event.started is not None:
                self.running.setdefault(key, event)
            else:
                self.running.pop(key, None)
        if event.ended and exporting:
            self.ended = event.ended


def is_terminal(stream: TextIO) -> bool:
    """Return whether a live picture makes sense on `stream`."""
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb" and not os.environ.get("CI")


class LiveView:
    """A line an image, redrawn in place: state, stage n/m, instruction, cached count, elapsed."""

    def __init__(self, images: Sequence[str]) -> None:
        self._rows = {image: _Row() for image in images}

    def shown(self) -> AbstractContextManager[Live]:
        """Return the context in which the view is on the screen."""
        from rich.console import Console
        from rich.live import Live

        console = Console(stderr=True)
        return Live(
            get_renderable=self._table, console=console, refresh_per_second=8, transient=True
        )

    def take(self, event: BuildEvent) -> None:
        """Take one event in."""
        if isinstance(event, StepChanged) and event.image in self._rows:
            self._rows[event.image].take(event)

    def _table(self) -> Table:
        from rich.markup import escape
        from rich.table import Table

        table = Table.grid(padding=(0, 2), expand=True)
        for _ in range(3):
            table.add_column(no_wrap=True)
        table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        table.add_column(justify="right", no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        for image, row in self._rows.items():
            step = row.step
            mark = "[red]✗[/]" if row.failed else "[green]✓[/]" if row.ended else "[cyan]•[/]"
            until = row.ended or time.time()
            table.add_row(
                mark,
                f"[bold]{escape(image)}[/]",
                escape(_place(step)) if step else "waiting",
                f"[dim]{escape(_brief(step.instruction)) if step else ''}[/]",
                f"{len(row.cached)} cached",
                f"{until - row.began:5.1f} s" if row.began else "",
            )
        return table


class PlainView:
    """A line a finished step, for logs; in CI the lines of an image stand together."""

    def __init__(self, images: Sequence[str], stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._width = max(map(len, images), default=0)
        self._grouped = os.environ.get("CI", "").lower() in {"1", "true"}
        self._github = os.environ.get("GITHUB_ACTIONS") == "true"
        self._kept: dict[str, list[str]] = {image: [] for image in images}
        self._told: set[tuple[str, str, int, str]] = set()

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Return the context in which the view is shown; what CI's groups still hold ends it."""
        try:
            yield
        finally:
            for image in self._kept:
                self._close(image)

    def take(self, event: BuildEvent) -> None:
        """Take one event in; print what is worth a line."""
        if isinstance(event, StepLogged) or event.image not in self._kept:
            return
        worth = event.ended is not None and (event.number or event.error)
        exported = event.ended is not None and event.instruction.startswith("exporting")
        key = (event.image, event.stage, event.number, event.instruction)
        if (worth or exported) and key not in self._told:
            self._told.add(key)
            self._say(event)
        if exported or event.error:
            self._close(event.image)

    def _say(self, event: StepChanged) -> None:
        seconds = (event.ended or 0) - (event.started or 0)
        outcome = "cached" if event.cached else f"{seconds:.1f} s"
        if event.error:
            outcome = "cancelled" if event.cancelled else "failed"
        head = f"{event.image:<{self._width}}  {_place(event):<16} {outcome:>9}"
        text = f"{head}  {_brief(event.instruction)}"
        if self._grouped:
            self._kept[event.image].append(text)
        else:
            print(text[:200], file=self._stream, flush=True)

    def _close(self, image: str) -> None:
        """Print an image's group, once it has ended."""
        if self._grouped and self._kept[image]:
            opening, closing = ("::group::", "::endgroup::") if self._github else ("== ", "")
            lines = [f"{opening}{image}", *self._kept[image], *filter(None, [closing])]
            print("\n".join(lines), file=self._stream, flush=True)
            self._kept[image].clear()


View = LiveView | PlainView


def choose_view(images: Sequence[str]) -> View:
    """Return the view that fits where standard error goes."""
    return LiveView(images) if is_terminal(sys.stderr) else PlainView(images)


def preload() -> None:
    """Import what the table needs; called beside the build, which waits for others anyway."""
    import rich.console
    import rich.table  # noqa: F401


def print_table(record: BuildRecord) -> None:
    """Print what a build made: image, tags, digest, size, duration, cached steps, base policy."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("image", "tags", "digest"):
        table.add_column(name, overflow="fold")
    for name in ("size", "duration", "cached"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("bases", no_wrap=True)
    for image in record.images:
        table.add_row(
            image.name,
            "\n".join(_short(tag) for tag in image.tags),
            image.digest.removeprefix("sha256:")[:12],
            f"{image.size / MEBIBYTE:.1f} MiB",
            f"{image.duration:.1f} s",
            f"{image.cached_steps}/{image.total_steps}",
            record.plan.policy,
        )
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(table)


def _short(tag: str) -> str:
    """Return a tag fit for a narrow table: a whole commit is more than a person reads."""
    repository, _, name = tag.rpartition(":")
    is_commit = len(name) == 40 and all(letter in "0123456789abcdef" for letter in name)
    return f"{repository}:{name[:12]}…" if is_commit else tag


def _brief(instruction: str) -> str:
    """Return an instruction without its mounts: they hide what it does."""
    return re.sub(r" --mount=\S+", "", instruction)


def _place(step: StepChanged) -> str:
    return f"{step.stage} {step.number}/{step.total}".strip() if step.number else step.stage

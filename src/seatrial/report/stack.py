"""What people see of a stack: progress while it starts, then a table."""

from __future__ import annotations

import os
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol, TextIO

from seatrial.model.stack import ServiceStatus, StackEvent, StackStatus

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

SHORT = 7
COLOURS = {"healthy": "green", "running": "green", "starting": "yellow", "created": "yellow"}


class StackView(Protocol):
    """Takes what Compose does and shows it."""

    def shown(self) -> AbstractContextManager[object]:
        """Return the context in which the view is shown."""

    def take(self, event: StackEvent) -> None:
        """Take one event in."""


def stack_view(stream: TextIO | None = None) -> StackView:
    """Return a live view for a terminal, and a plain one for anything else."""
    stream = stream or sys.stderr
    live = stream.isatty() and os.environ.get("TERM", "dumb") != "dumb" and "CI" not in os.environ
    return LiveStackView() if live else PlainStackView(stream)


class PlainStackView:
    """A line a change."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._began = time.monotonic()
        self._told: dict[tuple[str, str], str] = {}

    def shown(self) -> AbstractContextManager[None]:
        """Return a context that does nothing: lines stay."""
        return nullcontext()

    def take(self, event: StackEvent) -> None:
        """Print a change once; Compose repeats itself."""
        key = (event.subject, event.name)
        if self._told.get(key) == event.status:
            return
        self._told[key] = event.status
        elapsed = time.monotonic() - self._began
        words = f"{event.subject.lower()} {event.name} {event.status.lower()}"
        print(f"{elapsed:6.1f}s  {words}", file=self._stream, flush=True)


class LiveStackView:
    """A line a container or network, redrawn in place."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], tuple[str, float]] = {}
        self._began = time.monotonic()

    def shown(self) -> AbstractContextManager[Live]:
        """Return the context in which the view is on the screen; it goes when it is over."""
        from rich.console import Console
        from rich.live import Live

        console = Console(stderr=True)
        return Live(
            get_renderable=self._table, console=console, refresh_per_second=8, transient=True
        )

    def take(self, event: StackEvent) -> None:
        """Take one event in."""
        key = (event.subject, event.name)
        if key not in self._rows or self._rows[key][0] != event.status:
            self._rows[key] = (event.status, time.monotonic())

    def _table(self) -> Table:
        from rich.markup import escape
        from rich.table import Table

        table = Table.grid(padding=(0, 2))
        for (subject, name), (status, changed) in self._rows.items():
            colour = COLOURS.get(status.lower(), "cyan" if status != "Created" else "dim")
            since = time.monotonic() - changed
            table.add_row(
                f"[dim]{escape(subject.lower())}[/]",
                f"[bold]{escape(name)}[/]",
                f"[{colour}]{escape(status.lower())}[/]",
                f"{since:5.1f} s" if status == "Waiting" else "",
            )
        return table


def print_stack(status: StackStatus) -> None:
    """Print the stack's table on standard output."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("service", "state", "health", "URL", "commit"):
        table.add_column(heading, overflow="fold")
    for line in status.services:
        table.add_row(*_cells(line, status))
    # A pipe has no width: nothing is cut there.
    console = Console() if sys.stdout.isatty() else Console(width=200)
    console.print(table)


def commit_words(line: ServiceStatus, status: StackStatus) -> str:
    """Say which commit a service runs and, where it is not the tree's, what the tree is at."""
    if line.commit is None:
        return "not stamped"
    short = line.commit[:SHORT]
    if line.current is not False or status.tree is None:
        return short
    if line.commit == status.tree:
        return f"{short} (tree has changes)"
    return f"{short} (tree is at {status.tree[:SHORT]})"


def _cells(line: ServiceStatus, status: StackStatus) -> tuple[str, ...]:
    from rich.markup import escape

    state = line.state if line.exit_code is None else f"{line.state} ({line.exit_code})"
    health = line.health or "-"
    commit = commit_words(line, status)
    return (
        f"[bold]{escape(line.service)}[/]",
        _coloured(state, COLOURS.get(line.state, "red")),
        _coloured(health, COLOURS.get(health, "red" if line.health else "dim")),
        escape(" ".join(line.urls) or "-"),
        commit if line.current is not False else f"[yellow]{escape(commit)}[/]",
    )


def _coloured(text: str, colour: str) -> str:
    return f"[{colour}]{text}[/]"

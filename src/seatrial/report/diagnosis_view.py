"""What people see of a diagnosis."""

from __future__ import annotations

import sys

from seatrial.model.diagnosis import Diagnosis

MARKS = {"ok": "[green]✓ ok[/]", "warning": "[yellow]! warning[/]", "missing": "[red]✗ missing[/]"}


def print_diagnosis(diagnosis: Diagnosis) -> None:
    """Print a table: the thing, its state, what was found, what to do."""
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("", "state", "found", "to do"):
        table.add_column(name, overflow="fold")
    for row in diagnosis.rows:
        table.add_row(row.name, MARKS[row.state], escape(row.found), escape(row.hint or ""))
    Console(width=None if sys.stdout.isatty() else 140).print(table)

"""What people see of a plan."""

from __future__ import annotations

import sys

from seatrial.model.plan import Plan


def print_plan(plan: Plan, reason: str) -> None:
    """Print images, tags, bases with the keys of their stand-ins, and the stamp."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    stamp = plan.stamp
    tree = "dirty" if stamp.dirty else "clean"
    console.print(f"[bold]commit[/]  {stamp.sha} ({stamp.describe}, {tree})")
    console.print(f"[bold]stamp[/]   built_at {stamp.built_at}")
    console.print(f"[bold]bases[/]   {plan.policy}: {reason}")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("image", "tags", "Dockerfile", "base (key)", "taken from"):
        table.add_column(name, overflow="fold")
    for image in plan.images:
        table.add_row(
            image.name,
            "\n".join(image.tags),
            image.dockerfile,
            "\n".join(base.reference for base in image.bases),
            "\n".join(base.stand_in or "registry" for base in image.bases),
        )
    console.print(table)

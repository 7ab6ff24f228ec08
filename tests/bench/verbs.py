"""Measures the verbs against what they stand on, in turn, in one run: `nox -s bench`.

Each figure is a ratio of whole processes that ran in turn, for a machine drifts;
the median of the pairs is held against the bar. Needs an engine; builds in a clone of HEAD, for a
dirty tree is stamped anew each time.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from seatrial.engine.client import Engine, find_engine
from seatrial.engine.launch import outside_paths

REPOSITORY = Path(__file__).parents[2]
INVOKE = str(Path(sys.executable).parent / "invoke")


@dataclass(frozen=True)
class Bar:
    """One comparison.

    Attributes:
        name: What is compared.
        ours: Runs ours, returns seconds.
        other: Runs the other, returns seconds.
        pairs: How often both are run.
        limit: What the median ratio may be at most.
    """

    name: str
    ours: Callable[[], float]
    other: Callable[[], float]
    pairs: int
    limit: float


@dataclass(frozen=True)
class Measured:
    """What a comparison gave: medians in seconds, and the ratio's minimum, median and maximum."""

    bar: Bar
    ours: float
    other: float
    ratios: tuple[float, float, float]

    @property
    def kept(self) -> bool:
        return self.ratios[1] <= self.bar.limit


def main() -> int:
    """Run every comparison, print the table, return 1 when one is over its bar."""
    engine = find_engine()
    with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as folder:
        clone, empty = Path(folder, "clone"), Path(folder, "empty")
        prepare(clone, empty)
        bars = comparisons(engine, clone, empty)
        found = [measure(bar) for bar in bars]
    show(found)
    return 0 if all(one.kept for one in found) else 1


def prepare(clone: Path, empty: Path) -> None:
    """Clone HEAD, take the stand-ins' stamp along, build once; make an empty tasks file."""
    subprocess.run(["git", "clone", "-q", str(REPOSITORY), str(clone)], check=True)
    (clone / ".seatrial").mkdir()
    stamp = REPOSITORY / ".seatrial" / "bases.stamp"
    if stamp.is_file():
        shutil.copy(stamp, clone / ".seatrial" / "bases.stamp")
    empty.mkdir()
    # A namespace without a task is an error to Invoke; one that does nothing is the floor.
    (empty / "tasks.py").write_text("from invoke import task\n@task\ndef t(c):\n    pass\n")
    for _ in range(2):
        timed([INVOKE, "build-prod"], clone)


def comparisons(engine: Engine, clone: Path, empty: Path) -> list[Bar]:
    definition = json.loads((clone / "dist" / "build.json").read_text())["plan"]["definition"]
    (clone / "dist" / "bake.json").write_text(json.dumps(definition))
    allowed = [f"--allow=fs.read={path}" for path in outside_paths(definition, clone)]
    bake = [*engine.argv, "buildx", "bake", "--file", "dist/bake.json", *allowed]

    def run(argv: list[str], folder: Path) -> Callable[[], float]:
        return lambda: timed(argv, folder)

    return [
        Bar("no-op build-prod", run([INVOKE, "build-prod"], clone), run(bake, clone), 15, 1.5),
        Bar(
            "invoke --list",
            run([INVOKE, "--list"], REPOSITORY),
            run([INVOKE, "--list"], empty),
            25,
            1.15,
        ),
        Bar(
            "cold build-prod",
            run([INVOKE, "build-prod", "--no-cache"], clone),
            run([*bake, "--no-cache"], clone),
            3,
            1.03,
        ),
    ]


def timed(argv: list[str], folder: Path) -> float:
    began = time.perf_counter()
    done = subprocess.run(
        argv,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "CI": ""},
    )
    seconds = time.perf_counter() - began
    if done.returncode != 0:
        sys.exit(f"{' '.join(argv)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return seconds


def measure(bar: Bar) -> Measured:
    """Run both in turn, one warm-up first; which goes first changes from pair to pair."""
    bar.ours(), bar.other()
    ours: list[float] = []
    other: list[float] = []
    for number in range(bar.pairs):
        for mine in (True, False) if number % 2 else (False, True):
            (ours if mine else other).append(bar.ours() if mine else bar.other())
    ratios = [a / b for a, b in zip(ours, other, strict=True)]
    spread = (min(ratios), statistics.median(ratios), max(ratios))
    return Measured(bar, statistics.median(ours), statistics.median(other), spread)


def show(found: list[Measured]) -> None:
    table = Table("comparison", "ours", "other", "ratio (min … max)", "bar", "")
    for one in found:
        low, middle, high = one.ratios
        table.add_row(
            one.bar.name,
            f"{one.ours:.3f} s",
            f"{one.other:.3f} s",
            f"{middle:.2f} ({low:.2f} … {high:.2f})",
            f"{one.bar.limit:.2f}",
            "kept" if one.kept else "OVER",
        )
    Console(width=110).print(table)


if __name__ == "__main__":
    sys.exit(main())

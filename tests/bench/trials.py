"""Measures the trials of all images against a curl-and-stop script: `nox -s bench`.

Both begin with a build that finds everything in the cache, and run in turn. Also tried: how the
time grows from these images to four of each, and where it goes.
"""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from seatrial.engine.client import Engine, find_engine

REPOSITORY = Path(__file__).parents[2]
TOOLS = Path(sys.executable).parent
SCRIPT = REPOSITORY / "tests" / "bench" / "verify_images.sh"
PAIRS = 5
LIMIT = 1.0
# Checks of the trials for each check of the script.
THOROUGH = 8
FLEETS = 4
GROWTH = 4.0


@dataclass(frozen=True)
class Run:
    """One run: how long it took, and how many checks it made."""

    seconds: float
    checks: int


def main() -> int:
    """Run everything, print the tables, return 1 when a bar is missed."""
    engine, console = find_engine(), Console(width=110)
    with tempfile.TemporaryDirectory(prefix="seatrial-bench-") as folder:
        clone = Path(folder, "clone")
        prepare(clone)
        ours, other = measured(engine, clone)
        ratio = statistics.median(a.seconds / b.seconds for a, b in zip(ours, other, strict=True))
        console.print(compared(ours, other, ratio))
        console.print(shares(clone))
        growth = grown(clone)
    told = f"{FLEETS} of each image take {growth:.2f} times what one of each takes"
    console.print(f"{told}; bar: less than {GROWTH:.0f}")
    thorough = ours[0].checks >= THOROUGH * other[0].checks
    return 0 if ratio <= LIMIT and thorough and growth < GROWTH else 1


def prepare(clone: Path) -> None:
    """Clone HEAD, take the stand-ins' stamp along, and try once, so that every cache is filled."""
    subprocess.run(["git", "clone", "-q", str(REPOSITORY), str(clone)], check=True)
    stamp = REPOSITORY / ".seatrial" / "bases.stamp"
    if stamp.is_file():
        (clone / ".seatrial").mkdir()
        shutil.copy(stamp, clone / ".seatrial" / "bases.stamp")
    verify(clone)
    record = json.loads((clone / "dist" / "build.json").read_text())
    (clone / "dist" / "bake.json").write_text(json.dumps(record["plan"]["definition"]))


def measured(engine: Engine, clone: Path) -> tuple[list[Run], list[Run]]:
    """Run both in turn; which goes first changes from pair to pair."""
    ours: list[Run] = []
    other: list[Run] = []
    for number in range(PAIRS):
        for mine in (True, False) if number % 2 else (False, True):
            (ours if mine else other).append(verify(clone) if mine else script(engine, clone))
    return ours, other


def verify(clone: Path) -> Run:
    """Build from the cache and try every image, strict."""
    seconds, out = timed([str(TOOLS / "nox"), "-s", "verify_prod"], clone)
    return Run(seconds, _number(r"(\d+) passed in", out))


def script(engine: Engine, clone: Path) -> Run:
    """Do what such scripts do."""
    host = {"DOCKER_HOST": engine.host} if engine.host else {}
    path = f"{Path(engine.client).parent}:{os.environ['PATH']}"
    argv = ["bash", str(SCRIPT), "dist/bake.json"]
    seconds, out = timed(argv, clone, {**host, "PATH": path})
    return Run(seconds, _number(r"(\d+) checks", out))


def grown(clone: Path) -> float:
    """Try four of each image; return how much longer that takes than one of each."""
    argv = [str(TOOLS / "pytest"), "-p", "no:hypothesispytest", "infra/docker", "--trial-strict"]
    one = timed(argv, clone)[0]
    multiply(clone)
    return timed(argv, clone)[0] / one


def multiply(clone: Path) -> None:
    """Record each image under three more names, each with a contract of its own."""
    record = json.loads((clone / "dist" / "build.json").read_text())
    plan = record["plan"]
    names = [image["name"] for image in plan["images"]]
    for name in names:
        for number in range(2, FLEETS + 1):
            other = f"{name}-{number}"
            for images in (record["images"], plan["images"]):
                twin = copy.deepcopy(next(one for one in images if one["name"] == name))
                images.append({**twin, "name": other})
            plan["definition"]["target"][other] = plan["definition"]["target"][name]
            folder = clone / "infra" / "docker" / other
            shutil.copytree(clone / "infra" / "docker" / name, folder)
            contract = (folder / "contract.toml").read_text()
            renamed = contract.replace(f'image = "{name}"', f'image = "{other}"', 1)
            (folder / "contract.toml").write_text(renamed)
    (clone / "dist" / "build.json").write_text(json.dumps(record))


def timed(
    argv: list[str], folder: Path, environ: dict[str, str] | None = None
) -> tuple[float, str]:
    """Run a command; return its seconds and its output."""
    # Installed programs of Python have their bytecode beside them; a shell that forbids to keep it
    # would have ours compiled anew in each run.
    kept = {name: os.environ[name] for name in os.environ if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    done = subprocess.run(
        argv,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={**kept, **(environ or {}), "CI": "", "NO_COLOR": "1"},
    )
    seconds = time.perf_counter() - began
    if done.returncode != 0:
        sys.exit(
            f"{' '.join(argv)} ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr}"
        )
    return seconds, done.stdout


def compared(ours: list[Run], other: list[Run], ratio: float) -> Table:
    table = Table("all images", "checks", "seconds (min … max)", "ratio of the pairs")
    for name, runs, told in (
        ("nox -s verify_prod", ours, f"{ratio:.2f}, bar {LIMIT:.2f}"),
        ("curl-and-stop script", other, "1"),
    ):
        seconds = [run.seconds for run in runs]
        spread = f"{statistics.median(seconds):.1f} ({min(seconds):.1f} … {max(seconds):.1f})"
        table.add_row(name, str(runs[0].checks), spread, told)
    return table


def shares(clone: Path) -> Table:
    """Return where the time of the last trials went: seconds a probe, side by side with others."""
    paths = sorted(clone.glob("dist/trials/*/observation.json"))
    images = [path.parent.name for path in paths]
    table = Table("probe, from … to in seconds", *images)
    rows: dict[str, dict[str, str]] = {}
    for path in paths:
        probes = json.loads(path.read_text())["probes"]
        for name, one in probes.items():
            told = f"{one['started']:.1f} … {one['ended']:.1f}"
            rows.setdefault(name, {})[path.parent.name] = told
    for name, found in rows.items():
        table.add_row(name, *(found.get(image, "") for image in images))
    return table


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    if found is None:
        sys.exit(f"no number of checks in:\n{text[-2000:]}")
    return int(found[1])


if __name__ == "__main__":
    sys.exit(main())

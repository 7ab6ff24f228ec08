"""A toy project: git, a bake file and Dockerfiles, small enough to be built in a second."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
PYTHON_BASE = (
    "python:3.14.8-slim-trixie"
    "@sha256:f85c5697265c178cc6887276c55fe16cf3d14ca35c3df6a5eab3b360534a55d2"
)
TASKS = """from seatrial.tasks import check_usage, namespace

__all__ = ["namespace"]
check_usage(namespace)
"""
STAND_INS = (
    f'[tool.seatrial.stand_ins]\n"{PYTHON_BASE.partition("@")[0]}" = '
    f'"{REPOSITORY / "scripts/bases/python"}"\n'
)


@dataclass(frozen=True)
class Toy:
    """A project in a folder of its own.

    Attributes:
        root: Its folder.
        name: What its images' repositories begin with.
    """

    root: Path
    name: str

    def write(self, path: str, text: str) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        return target

    def image(self, name: str, dockerfile: str) -> None:
        """Add an image with its Dockerfile; its context is `NAME/`."""
        self.write(f"{name}/Dockerfile", dockerfile)
        settings = self.root / "pyproject.toml"
        if PYTHON_BASE in dockerfile and STAND_INS not in settings.read_text():
            settings.write_text(settings.read_text() + STAND_INS)
        self.write(f"{name}/data", f"{name}\n")
        names = sorted(p.parent.name for p in self.root.glob("*/Dockerfile"))
        targets = "\n".join(
            f'target "{n}" {{\n  context = "{n}"\n  tags = ["{self.name}-{n}"]\n'
            f'  contexts = {{ version = "unstamped" }}\n}}'
            for n in names
        )
        group = ", ".join(f'"{n}"' for n in names)
        self.write("docker-bake.hcl", f'group "default" {{ targets = [{group}] }}\n{targets}\n')

    def commit(self, message: str = "a commit") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def git(self, *words: str) -> str:
        identity = ["-c", "user.name=toy", "-c", "user.email=toy@example.invalid"]
        return subprocess.run(
            ["git", *identity, *words], cwd=self.root, check=True, capture_output=True, text=True
        ).stdout.strip()

    def invoke(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a verb as a user would, without a terminal."""
        return subprocess.run(
            [*invoke_argv(), *words],
            cwd=self.root,
            env={**os.environ, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a verb that is then interrupted; its output goes to one pipe."""
        return subprocess.Popen(
            [*invoke_argv(), *words],
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def invoke_argv() -> list[str]:
    return [sys.executable, "-m", "invoke"]


def make_toy(root: Path, name: str) -> Toy:
    """Make a toy project without an image; the stand-ins are this repository's own."""
    toy = Toy(root, name)
    toy.write(
        "pyproject.toml",
        f'[project]\nname = "{name}"\nversion = "0"\n'
        f'[tool.seatrial]\nname = "{name}"\nbake_file = "docker-bake.hcl"\n'
        'compose_file = "compose.yml"\ncontracts = "{image}/contract.toml"\n',
    )
    toy.write("tasks.py", TASKS)
    toy.write(".gitignore", "dist/\n.seatrial/\n__pycache__/\n")
    toy.write("unstamped/version.json", '{"describe": "unstamped"}\n')
    stamp = REPOSITORY / ".seatrial" / "bases.stamp"
    if stamp.is_file():
        (root / ".seatrial").mkdir()
        shutil.copy(stamp, root / ".seatrial" / "bases.stamp")
    toy.git("init", "-q")
    return toy

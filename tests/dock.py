"""Where trials with faults are made: an image that keeps its contract, and a project around it."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adopted import EXAMPLES, on_held_bases
from faults import MEMORY, Command, Ended
from toys import TASKS, invoke_argv

from seatrial.engine.client import Engine

CONTRACT = """\
image = "shop"
[process]
user = 65532
stop_within = "3s"
[network]
listen = [8080]
[health]
path = "/health"
within = "20s"
[env.required.SHOP_TOKEN]
secret = true
[secrets]
"""
SETTINGS = '[tool.seatrial]\nname = "harbour"\nbake_file = "docker-bake.hcl"\n'


@dataclass(frozen=True)
class Dock:
    """Where the trials of this file are made.

    Attributes:
        engine: The engine.
        image: An image that keeps the contract.
        folder: The project.
        images: All images that were built here.
        commands: What was started.
    """

    engine: Engine
    image: str
    folder: Path
    images: list[str]
    commands: list[Command] = field(default_factory=list)

    def start(self, image: str | None = None, **environ: str) -> Command:
        """Start a trial."""
        return self.command(*verify(image or self.image), **environ)

    def command(self, *words: str, **environ: str) -> Command:
        self.commands.append(Command(self.folder, words, environ))
        return self.commands[-1]

    def observation(self) -> dict[str, Any]:
        """What the last trial saw."""
        path = self.folder / "dist" / "trials" / "shop" / "observation.json"
        found: dict[str, Any] = json.loads(path.read_text())
        return found

    def build(self, name: str, recipe: str, **files: str) -> str:
        """Build another image out of the first; `recipe` is what follows `FROM`."""
        tag = f"{self.image}-{name}"
        place = self.folder / name
        place.mkdir()
        (place / "Dockerfile").write_text(f"FROM {self.image}\nUSER 0:0\n{recipe}")
        for file, text in files.items():
            (place / file).write_text(text)
        self.images.append(tag)
        docker(self.engine, "buildx", "build", "--load", "--quiet", "--tag", tag, str(place))
        return tag

    def containers(self) -> list[str]:
        """The containers of this file's images, whatever became of their trials."""
        words = [w for tag in self.images for w in ("--filter", f"ancestor={tag}")]
        return docker(self.engine, "ps", "--all", "--quiet", *words).split()

    def clear(self) -> None:
        """End what a failed test left."""
        for command in self.commands:
            command.kill()
        self.commands.clear()
        if left := self.containers():
            docker(self.engine, "rm", "--force", "--volumes", *left)


def docker(engine: Engine, *words: str) -> str:
    argv = [*engine.argv, *words]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def verify(image: str) -> tuple[str, ...]:
    """Return the command line of a trial."""
    return (*invoke_argv(), "verify", image, "contract.toml")


@contextmanager
def make_dock(engine: Engine, folder: Path) -> Iterator[Dock]:
    """Build the image that keeps its contract; all images that are built are removed."""
    shutil.copytree(EXAMPLES / "alpine", folder / "context")
    recipe = folder / "context" / "Dockerfile"
    recipe.write_text(on_held_bases(recipe.read_text()))
    (folder / "tasks.py").write_text(TASKS)
    (folder / "contract.toml").write_text(CONTRACT)
    (folder / "pyproject.toml").write_text(SETTINGS)
    tag = f"toy-{uuid.uuid4().hex[:8]}"
    made = Dock(engine, tag, folder, [tag])
    words = ("buildx", "build", "--load", "--quiet", "--tag", tag, str(folder / "context"))
    docker(engine, *words)
    try:
        yield made
    finally:
        made.clear()
        docker(engine, "image", "rm", "--force", *made.images)


def wait_for_containers(dock: Dock, command: Command) -> None:
    """Wait until the trial has a container."""
    end = time.monotonic() + 60
    while not dock.containers():
        assert command.process.poll() is None, command.log.read_text()
        assert time.monotonic() < end, "no container came up"
        time.sleep(0.05)


def assert_clear(ended: Ended, dock: Dock) -> None:
    """Nothing is left, no more memory was used than may be, and what was said is for people."""
    assert "Traceback" not in ended.told
    assert ended.memory < MEMORY, f"{ended.memory / 1024**2:.0f} MiB"
    assert dock.containers() == []

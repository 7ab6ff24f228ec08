"""Follows docs/adopting.md on a project that is not ours: its commands, as they are written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toys import REPOSITORY

from seatrial.recipes import stand_in_place

PAGE = REPOSITORY / "docs" / "adopting.md"
EXAMPLES = Path(__file__).parent / "adopters"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# (?:(?P<more>more of) )?(?P<name>\S+)\n")
_FROM = re.compile(r"^FROM (?P<base>[^\s@]+:[^\s@]+)@sha256:\w+", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of code on the page.

    Attributes:
        section: Title of its section.
        kind: Its language; `sh` is run, anything else is a file.
        text: What it says.
    """

    section: str
    kind: str
    text: str

    @property
    def file(self) -> tuple[str, bool]:
        """The file's name, and whether this is added to what it has."""
        match = _FILE.match(self.text)
        assert match, f"the first line names no file: {self.text[:60]}"
        return match["name"], bool(match["more"])


@dataclass(frozen=True)
class Adopter:
    """Somebody's project.

    Attributes:
        folder: Its folder.
        image: What it calls its image, where the page says `shop`.
        environ: The environment of its commands.
    """

    folder: Path
    image: str
    environ: dict[str, str]

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a command line as the page has it, in the activated environment."""
        return subprocess.run(
            ["bash", "-c", self.own(line)],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )

    def own(self, text: str) -> str:
        """Put its own name in place of the page's, as the page says."""
        return re.sub(r"\bshop\b", self.image, text)

    def write(self, block: Block) -> None:
        """Write a file of the page, or add to it."""
        name, more = block.file
        with (self.folder / name).open("a" if more else "w") as file:
            file.write(self.own(block.text))


def blocks() -> list[Block]:
    """Return the page's blocks of code, in order."""
    page = PAGE.read_text()
    return [
        Block(page[: match.start()].rpartition("\n## ")[2].partition("\n")[0], match[1], match[2])
        for match in _BLOCK.finditer(page)
    ]


def commands(block: Block) -> Iterator[tuple[str, int, str]]:
    """Yield the command lines of a block, the code each ends with, and what it then says."""
    for line in block.text.splitlines():
        command, _, told = line.partition("# ends with ")
        code, _, words = told.partition(":")
        yield command.strip(), int(code or 0), words.strip()


def adopt(example: str, folder: Path, image: str, wheel: Path, venv: Path | None) -> Adopter:
    """Make somebody's project: a Dockerfile, and nothing that knows of seatrial.

    Args:
        example: Name of the example.
        folder: Where it is made.
        image: How it calls its image.
        wheel: What pip shall take for seatrial; all else comes from the machine's own index.
        venv: An environment that is made already, or None: then the page makes it.
    """
    shutil.copytree(EXAMPLES / example, folder)
    recipe = folder / "Dockerfile"
    recipe.write_text(on_held_bases(recipe.read_text()))
    if venv:
        (folder / ".venv").symlink_to(venv)
    tools = folder.parent / f"{folder.name}-tools"
    tools.mkdir()
    # The Python that runs the tests, but not its environment.
    (tools / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    constraint = tools / "constraint.txt"
    constraint.write_text(f"seatrial @ {wheel.as_uri()}\n")
    left_out = {"VIRTUAL_ENV", "PYTHONPATH", "PYTEST_ADDOPTS"}
    environ = {name: value for name, value in os.environ.items() if name not in left_out}
    environ |= {
        "PATH": f"{folder}/.venv/bin:{tools}:{os.environ['PATH']}",
        "PIP_CONSTRAINT": str(constraint),
        "PYTHONDONTWRITEBYTECODE": "1",
        # Its bases are images that the engine holds.
        "SEATRIAL_BASES": "registry",
    }
    return Adopter(folder, image, environ)


def on_held_bases(dockerfile: str) -> str:
    """Put the stand-ins in force, where they are, in place of a Dockerfile's bases."""
    stamp = REPOSITORY / ".seatrial" / "bases.stamp"
    policy, *tags = stamp.read_text().split() if stamp.is_file() else ["registry"]
    if policy != "stand-in":
        return dockerfile

    def held(match: re.Match[str]) -> str:
        repository, tag = stand_in_place(match["base"])
        return f"FROM {next(one for one in tags if one.startswith(f'{repository}:{tag}-'))}"

    return _FROM.sub(held, dockerfile)

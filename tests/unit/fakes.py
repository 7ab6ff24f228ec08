"""A docker client that answers what a test tells it to, and notes what it was asked."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seatrial.engine.client import Engine

_CLIENT = """#!{python} -S
import json, sys
said = " ".join(sys.argv[1:])
with open({calls!r}, "a") as file:
    file.write(said + "\\n")
for words, answer in json.load(open({answers!r})):
    if words in said:
        sys.stdout.write(answer["out"])
        sys.stderr.write(answer["err"])
        sys.exit(answer["code"])
sys.exit("the fake knows no answer to: " + said)
"""


@dataclass(frozen=True)
class FakeDocker:
    """A `docker` executable in a folder of its own.

    Attributes:
        folder: Where it is; fit for PATH.
    """

    folder: Path

    @property
    def engine(self) -> Engine:
        return Engine(str(self.folder / "docker"))

    @property
    def calls(self) -> list[str]:
        """What it was called with, in order."""
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def answer(self, words: str, out: Any = "", *, err: str = "", code: int = 0) -> None:
        """Answer calls that hold `words`; what was told last is looked at first."""
        path = self.folder / "answers.json"
        known = json.loads(path.read_text()) if path.exists() else []
        text = out if isinstance(out, str) else json.dumps(out)
        path.write_text(json.dumps([[words, {"out": text, "err": err, "code": code}], *known]))


def make_docker(folder: Path) -> FakeDocker:
    """Make a client that knows no answer yet."""
    folder.mkdir(parents=True, exist_ok=True)
    answers = folder / "answers.json"
    answers.write_text("[]")
    client = folder / "docker"
    client.write_text(
        _CLIENT.format(
            python=os.path.realpath(sys.executable),
            calls=str(folder / "calls"),
            answers=str(answers),
        )
    )
    client.chmod(0o755)
    return FakeDocker(folder)


def image_facts(*tags: str, identity: str = "sha256:aa", **labels: str) -> dict[str, Any]:
    """Return an image as `docker image inspect` tells of it."""
    config = {"Labels": labels or None}
    return {"Id": identity, "RepoTags": list(tags), "Size": 7, "Config": config}


def printed(*names: str, **changes: Any) -> dict[str, Any]:
    """Return a bake file as `docker buildx bake --print` shows it."""
    targets = {name: {"context": name, "dockerfile": "Dockerfile"} for name in names}
    targets |= {name: {**targets.get(name, {}), **change} for name, change in changes.items()}
    return {"group": {"default": {"targets": list(names)}}, "target": targets}

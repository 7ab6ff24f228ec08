"""A variant's folder while it is being made: a copy of the good service that is then broken."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Place:
    """A variant's build context, contract and bake target.

    Attributes:
        folder: Its folder.
        args: Build arguments of its bake target.
    """

    folder: Path
    args: dict[str, str] = field(default_factory=dict)

    def replace(self, file: str, old: str, new: str) -> None:
        """Replace a text that is there; a mutant that changes nothing is no mutant."""
        path = self.folder / file
        text = path.read_text()
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new))

    def write(self, file: str, text: str) -> None:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def app(self, old: str, new: str) -> None:
        self.replace("app.py", old, new)

    def recipe(self, old: str, new: str) -> None:
        self.replace("Dockerfile", old, new)

    def contract(self, old: str, new: str) -> None:
        self.replace("contract.toml", old, new)

    def promise(self, text: str) -> None:
        """Add a section to the contract."""
        path = self.folder / "contract.toml"
        path.write_text(f"{path.read_text()}\n{text}")

    def target(self) -> str:
        """Return its target in the bake file."""
        name = self.folder.name
        args = ", ".join(f"{key} = {json.dumps(value)}" for key, value in self.args.items())
        return (
            f'target "{name}" {{\n  context = "{name}"\n  args = {{ {args} }}\n'
            f'  contexts = {{ version = "unstamped" }}\n  tags = ["PREFIX-{name}"]\n}}\n'
        )

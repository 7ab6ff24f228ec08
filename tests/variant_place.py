"""A variant's folder while it is being made: a copy of the good service that is then broken."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

OTHERS = Path(__file__).parent / "mutants" / "others"
# Where instructions of root can stand in the good one's Dockerfile, and where its main begins.
LAST_OF_ROOT = "USER 1001:1001"
BEFORE_SERVING = "    server = Server"


@dataclass
class Place:
    """A variant's build context, contract and bake target.

    Attributes:
        folder: Its folder.
        args: Build arguments of its bake target.
        secrets: Files of the folder that its build is given as secrets, by their ids.
        afterwards: Instructions that are laid over the image when it is built: what seatrial's
            own build would never do.
        is_tug: Whether it is the good service still, broken or not.
    """

    folder: Path
    args: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    afterwards: str = ""
    is_tug: bool = True

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

    def run_as_root(self, instructions: str) -> None:
        """Add instructions to the last stage, before it becomes the service's user."""
        self.recipe(LAST_OF_ROOT, f"{instructions}\n{LAST_OF_ROOT}")

    def before_serving(self, code: str) -> None:
        """Add statements to the program, a line each, that run before it listens."""
        lines = "".join(f"    {line}\n" for line in code.splitlines())
        self.app(BEFORE_SERVING, f"{lines}{BEFORE_SERVING}")

    def lay_over(self, instruction: str) -> None:
        """Change the image after its build; no record tells of the one that comes of it."""
        self.afterwards = instruction
        self.promise('[bases]\ncontexts = ["version"]\n')

    def instead(self, other: str) -> None:
        """Be another service: one below `mutants/others`."""
        self.is_tug = False
        for path in sorted((OTHERS / other).iterdir()):
            self.write(path.name, path.read_text().replace("NAME", self.folder.name, 1))
        (self.folder / "promises.toml").replace(self.folder / "contract.toml")
        with (self.folder / "Dockerfile").open("a") as recipe:
            recipe.write(f'LABEL variant="{self.folder.name}"\n')

    def structure(self, old: str, new: str) -> None:
        """Change what container-structure-test is told to expect."""
        self.replace("structure.yaml", old, new)

    def promise(self, text: str) -> None:
        """Promise more: TOML, a line a field, each in place of what was promised there before."""
        path, section = self.folder / "contract.toml", ""
        for line in filter(None, text.splitlines()):
            lines = path.read_text().splitlines()
            if line.startswith("["):
                section = line
                if section not in lines or section.startswith("[["):
                    lines += ["", section]
            else:
                lines = _with_field(lines, section, line)
            path.write_text("\n".join(lines) + "\n")

    def target(self) -> str:
        """Return its target in the bake file."""
        name = self.folder.name
        args = ", ".join(f"{key} = {json.dumps(value)}" for key, value in self.args.items())
        secrets = ", ".join(f'"id={key},src={name}/{file}"' for key, file in self.secrets.items())
        return (
            f'target "{name}" {{\n  context = "{name}"\n  args = {{ {args} }}\n'
            f"  secret = [{secrets}]\n"
            f'  contexts = {{ version = "unstamped" }}\n  tags = ["PREFIX-{name}"]\n}}\n'
        )


def _with_field(lines: list[str], section: str, field: str) -> list[str]:
    """Return a contract's lines with a field of a section, in place of what stood there."""
    # The last one, for a `[[request]]` may be there several times.
    at = len(lines) - lines[::-1].index(section)
    end = next((n for n in range(at, len(lines)) if lines[n].startswith("[")), len(lines))
    key = field.partition("=")[0].strip()
    kept = [one for one in lines[at:end] if one.partition("=")[0].strip() != key]
    return [*lines[:at], field, *kept, *lines[end:]]

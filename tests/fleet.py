"""The fleet: variants of the good service, made, built and tried."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from toys import REPOSITORY, Toy
from variant_place import Place
from variants import Variant
from wheels import make_wheel

from seatrial.model.report import Report

GOOD = Path(__file__).parent / "mutants" / "good"


@dataclass(frozen=True)
class Fleet:
    """All variants after their trials.

    Attributes:
        toy: The project that they are images of.
        session: The plugin's own session.
        variants: Those that were built: the ones that tests were chosen for.
    """

    toy: Toy
    session: subprocess.CompletedProcess[str]
    variants: tuple[Variant, ...]

    def report(self, name: str) -> Report:
        path = self.toy.root / "dist" / "trials" / name / "report.json"
        told = [line for line in self.session.stdout.splitlines() if "the trial itself" in line]
        assert path.is_file(), "\n".join(told[:3]) + self.session.stdout[-3000:]
        return Report.model_validate_json(path.read_text())


def make_variant(toy: Toy, name: str, edit: Callable[[Place], None]) -> Place:
    """Copy the good service into the toy project and edit it."""
    folder = toy.root / name
    shutil.copytree(GOOD, folder)
    for wheel in ("hull", "scaffold", "stowaway"):
        make_wheel(folder / "wheels", wheel)
    (folder / "more").mkdir()
    (folder / "more" / "nothing").write_text("")
    promises = (folder / "promises.toml").read_text().replace("NAME", name, 1)
    (folder / "promises.toml").unlink()
    (folder / "contract.toml").write_text(promises)
    # Two that were the same to the byte would be one image to the engine.
    with (folder / "Dockerfile").open("a") as recipe:
        recipe.write(f'LABEL variant="{name}"\n')
    place = Place(folder)
    edit(place)
    return place


def use_stand_ins(toy: Toy) -> None:
    """Let the toy project use this repository's stand-ins where no registry answers."""
    settings = toy.root / "pyproject.toml"
    recipes = {"python:3.14.8-slim-trixie": "python", "ghcr.io/astral-sh/uv:0.13.0": "uv"}
    lines = [f'"{base}" = "{REPOSITORY}/scripts/bases/{name}"' for base, name in recipes.items()]
    table = "\n".join(["[tool.seatrial.stand_ins]", *lines])
    settings.write_text(f"{settings.read_text()}{table}\n")


def write_bake_file(toy: Toy, places: list[Place]) -> None:
    """Write the bake file that builds the variants."""
    targets = "".join(place.target().replace("PREFIX", toy.name) for place in places)
    names = ", ".join(f'"{place.folder.name}"' for place in places)
    toy.write("docker-bake.hcl", f'group "default" {{ targets = [{names}] }}\n{targets}')

"""The fleet's yard: makes variants of the good service and a project out of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from toys import REPOSITORY, Toy
from variant_place import Place
from wheels import make_wheel

GOOD = Path(__file__).parent / "mutants" / "good"
BASES = {
    "python:3.14.8-slim-trixie": "python",
    "ghcr.io/astral-sh/uv:0.13.0": "uv",
    "oven/bun:1.4.2": "bun",
    "nginxinc/nginx-unprivileged:1.31.6-alpine": "nginx",
}


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


def write_project(toy: Toy, places: list[Place]) -> None:
    """Write the bake file that builds the variants, and which stand-ins may take bases' places."""
    targets = "".join(place.target().replace("PREFIX", toy.name) for place in places)
    names = ", ".join(f'"{place.folder.name}"' for place in places)
    toy.write("docker-bake.hcl", f'group "default" {{ targets = [{names}] }}\n{targets}')
    recipes = "".join((place.folder / "Dockerfile").read_text() for place in places)
    lines = [
        f'"{base}" = "{REPOSITORY}/scripts/bases/{name}"'
        for base, name in BASES.items()
        if base in recipes
    ]
    settings = toy.root / "pyproject.toml"
    table = "\n".join(["[tool.seatrial.stand_ins]", *lines])
    settings.write_text(f"{settings.read_text()}{table}\n")

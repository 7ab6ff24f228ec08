"""Reads the Dockerfile that an image was built from: its bases, and what hadolint says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seatrial.dockerfiles import IMAGE_CONTEXT, read_base_uses
from seatrial.errors import SeatrialError
from seatrial.git import text_at
from seatrial.hadolint import lint
from seatrial.model.plan import PlannedImage
from seatrial.model.recipe_facts import BasesFacts, LintFinding, RecipeFacts
from seatrial.root import read_text
from seatrial.verify.lab import Lab
from seatrial.verify.patterns import secret_in_variable

INLINE = "dockerfile-inline"
USES_KEPT = 200
_ASSIGNMENT = re.compile(r"""\b(\w+)=("[^"]*"|'[^']*'|\S+)""")
# “COPY --from names no stage”: hadolint does not know named contexts.
NO_STAGE = "DL3022"


@dataclass(frozen=True)
class Recipe:
    """A Dockerfile and what its build was given.

    Attributes:
        name: The Dockerfile, as people know it.
        text: What it says.
        contexts: Named contexts, and where each is.
        args: Build arguments.
    """

    name: str
    text: str
    contexts: dict[str, str]
    args: dict[str, str | None]


def look_at_bases(lab: Lab) -> BasesFacts:
    """Return everything that the Dockerfile builds on, or copies or mounts from.

    Raises:
        SeatrialError: When it cannot be read.
    """
    assert lab.contract.bases is not None  # noqa: S101 - asked for by it
    recipe = read_recipe(lab, lab.contract.bases.dockerfile)
    uses = read_base_uses(recipe.text, recipe.name, recipe.contexts, recipe.args)
    return BasesFacts(
        dockerfile=recipe.name,
        uses=uses[:USES_KEPT],
        policy=lab.record.plan.policy if lab.record else None,
    )


def look_at_recipe(lab: Lab) -> RecipeFacts:
    """Return what hadolint says of the Dockerfile.

    Raises:
        SeatrialError: When it cannot be read, or hadolint cannot be run.
    """
    assert lab.contract.recipe is not None  # noqa: S101 - asked for by it
    recipe = read_recipe(lab, lab.contract.recipe.dockerfile)
    uses = read_base_uses(recipe.text, recipe.name, recipe.contexts, recipe.args)
    named = {use.line for use in uses if use.written in recipe.contexts}
    found = (one for one in lint(recipe.text) if one.rule != NO_STAGE or one.line not in named)
    return RecipeFacts(dockerfile=recipe.name, findings=tuple(map(_without_secrets, found)))


def read_recipe(lab: Lab, dockerfile: str) -> Recipe:
    """Return the Dockerfile that the build record names, else the contract's.

    Raises:
        SeatrialError: When it cannot be read.
    """
    planned = _planned(lab)
    if lab.record is None or planned is None:
        path = lab.order.folder / dockerfile
        return Recipe(_shown(lab, path), _text(path), _promised_contexts(lab), {})
    target: dict[str, Any] = lab.record.plan.definition["target"][planned.name]
    stand_ins = {f"{IMAGE_CONTEXT}{base.stand_in}" for base in planned.bases}
    named: dict[str, str] = target.get("contexts") or {}
    contexts = {name: place for name, place in named.items() if place not in stand_ins}
    args = target.get("args") or {}
    if INLINE in target:
        return Recipe(f"the bake file ({planned.name})", target[INLINE], contexts, args)
    return Recipe(planned.dockerfile, _built_from(lab, planned.dockerfile), contexts, args)


def _built_from(lab: Lab, dockerfile: str) -> str:
    """Return the text that the build had: that of its commit, where the tree was clean."""
    root, stamp = lab.order.root or Path(), lab.record.plan.stamp if lab.record else None
    then = text_at(root, stamp.sha, dockerfile) if stamp and not stamp.dirty else None
    return then if then is not None else _text(root / dockerfile)


def _planned(lab: Lab) -> PlannedImage | None:
    images = lab.record.plan.images if lab.record else ()
    return next((image for image in images if image.name == lab.contract.image), None)


def _promised_contexts(lab: Lab) -> dict[str, str]:
    """Return the named contexts that the contract itself speaks of; no record tells more."""
    bases, cache = lab.contract.bases, lab.contract.cache
    names = {*(bases.contexts if bases else ()), cache and cache.version_context}
    return {name: "" for name in names if name}


def _without_secrets(finding: LintFinding) -> LintFinding:
    """Return a finding whose instruction gives away no secret that it assigns."""

    def hide(match: re.Match[str]) -> str:
        secret = secret_in_variable(match[1], match[2].strip("\"'"))
        return f"{match[1]}=***" if secret else match[0]

    told = _ASSIGNMENT.sub(hide, finding.instruction)
    return finding.model_copy(update={"instruction": told})


def _text(path: Path) -> str:
    if not path.is_file():
        raise SeatrialError(f"there is no Dockerfile at {path.name}: is the contract right?")
    return read_text(path)


def _shown(lab: Lab, path: Path) -> str:
    root = lab.order.root
    inside = root is not None and path.is_relative_to(root)
    return str(path.relative_to(root)) if inside and root else path.name

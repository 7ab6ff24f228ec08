"""Builds every variant in one run and tries them all in one session of the pytest plugin."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest
from fleet import Fleet, make_variant, use_stand_ins, write_bake_file
from toys import Toy, make_toy
from variant_place import Place
from variants import VARIANTS, Variant

from seatrial.engine.client import Engine

ROOM = 5_000_000  # bytes that a variant may be larger than the good one


@pytest.fixture(scope="session")
def fleet(
    request: pytest.FixtureRequest, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fleet]:
    """Build every variant that a test was chosen for, and try it."""
    variants = _chosen(request)
    toy = make_toy(tmp_path_factory.mktemp("fleet"), f"toy-{uuid.uuid4().hex[:8]}")
    use_stand_ins(toy)
    places = [make_variant(toy, variant.name, variant.edit) for variant in variants]
    write_bake_file(toy, places)
    toy.commit()
    built = toy.invoke("build-prod")
    assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-4000:]
    _promise_size(toy, places)
    session = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "--trial-strict",
            "-q",
            "--junitxml=junit.xml",
            ".",
        ],
        cwd=toy.root,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    yield Fleet(toy, session, variants)
    images = engine.whales.image.list(filters=[("reference", f"{toy.name}-*")])
    engine.whales.image.remove([tag for one in images for tag in one.repo_tags], force=True)


def _chosen(request: pytest.FixtureRequest) -> tuple[Variant, ...]:
    """Return the variants of the chosen tests; the first good one is always there to measure by."""
    calls = [getattr(item, "callspec", None) for item in request.session.items]
    names = {call.params["variant"].name for call in calls if call and "variant" in call.params}
    return tuple(v for v in VARIANTS if v.name in names or v is VARIANTS[0])


def _promise_size(toy: Toy, places: list[Place]) -> None:
    """Promise of each what the good one needs: how large that is depends on the engine."""
    record = json.loads((toy.root / "dist" / "build.json").read_text())
    size = next(one["size"] for one in record["images"] if one["name"] == VARIANTS[0].name)
    for place in places:
        place.contract("[limits]\n", f"[limits]\nsize = {size + ROOM}\n")

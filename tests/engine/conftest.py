"""Fixtures of the tests on a real engine."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from stacks import IMAGE, Built, ToyStack, free_port
from toys import make_toy

from seatrial.engine.client import Engine


@pytest.fixture(scope="session")
def built(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """One small image with Python in it, stamped with the commit of its project."""
    toy = make_toy(tmp_path_factory.mktemp("built"), f"toy-{uuid.uuid4().hex[:8]}")
    toy.image("tiny", IMAGE)
    toy.commit()
    done = toy.invoke("build-prod")
    assert done.returncode == 0, done.stderr
    yield Built(toy, f"{toy.name}-tiny:latest")
    images = engine.whales.image.list(filters=[("reference", f"{toy.name}-*")])
    engine.whales.image.remove([tag for image in images for tag in image.repo_tags], force=True)


@pytest.fixture
def stack(built: Built, tmp_path: Path) -> Iterator[ToyStack]:
    """A toy stack on a free port; whatever it started is removed."""
    toy = make_toy(tmp_path, f"toy-{uuid.uuid4().hex[:8]}")
    made = ToyStack(toy, built.image, free_port())
    yield made
    if (toy.root / "compose.yml").exists():
        toy.invoke("compose-down")

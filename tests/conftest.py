"""Fixtures that every kind of test shares."""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from logbooks import KEY, FakeLogbook, fake_logbook
from toys import Toy, make_toy

from seatrial.engine.client import Engine, find_engine


def pytest_configure() -> None:
    """Hear Ctrl-C even where a shell started us in the background, which ignores it for us.

    Tests that interrupt would wait for ever; what they start inherits it as well. And tell nobody's
    logbook of the toys: a test that records names its own.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in ("LOGBOOK_URL", "LOGBOOK_KEY", "LOGBOOK_KEY_FILE"):
        os.environ.pop(name, None)


@pytest.fixture
def logbook(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLogbook]:
    """A logbook that is none, as the one that the verbs are told of."""
    with fake_logbook() as made:
        monkeypatch.setenv("LOGBOOK_URL", made.url)
        monkeypatch.setenv("LOGBOOK_KEY", KEY)
        yield made


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine; a test that needs one fails where there is none."""
    return find_engine()


@pytest.fixture
def toy(tmp_path: Path) -> Iterator[Toy]:
    """A toy project; the images it made are removed."""
    made = make_toy(tmp_path, f"toy-{uuid.uuid4().hex[:8]}")
    yield made
    if (made.root / "dist").exists() or (made.root / ".seatrial").exists():
        remove_images_of(made)


def remove_images_of(toy: Toy) -> None:
    """Remove the toy's images, where an engine answers."""
    from seatrial.errors import NoEngineError

    try:
        whales = find_engine().whales
    except NoEngineError:
        return
    for image in whales.image.list(filters=[("reference", f"{toy.name}-*")]):
        whales.image.remove(image.repo_tags, force=True)

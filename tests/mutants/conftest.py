"""Builds every chosen variant in one run, tries them all in one session, and tells the score."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from fleet_trial import Fleet
from scores import score, table
from variants import VARIANTS, Variant

from seatrial.engine.client import Engine

SEA: pytest.StashKey[Fleet] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rivals",
        action="store_true",
        help="let hadolint and container-structure-test look at the variants as well",
    )


@pytest.fixture(scope="session")
def fleet(
    request: pytest.FixtureRequest, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fleet]:
    """Build every variant that a test was chosen for, and try it."""
    name = f"toy-{uuid.uuid4().hex[:8]}"
    made = Fleet(tmp_path_factory.mktemp("fleet"), name, _chosen(request))
    try:
        # It takes minutes: what is going on is told at once.
        with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            made.sail(engine, rivals=request.config.getoption("--rivals", default=False))
        request.config.stash[SEA] = made
        yield made
    finally:
        images = engine.whales.image.list(filters=[("reference", f"{name}-*")])
        engine.whales.image.remove([tag for one in images for tag in one.repo_tags], force=True)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the table and the score."""
    made = config.stash.get(SEA, None)
    if made is None:
        return
    terminalreporter.section("mutants")
    rows = list(made.rows())
    for line in [*table(rows), "", *score(rows)]:
        terminalreporter.write_line(line)


def _chosen(request: pytest.FixtureRequest) -> tuple[Variant, ...]:
    """Return the variants of the chosen tests; the first good one is always there to measure by."""
    calls = [getattr(item, "callspec", None) for item in request.session.items]
    names = {call.params["variant"].name for call in calls if call and "variant" in call.params}
    return tuple(v for v in VARIANTS if v.name in names or v is VARIANTS[0])

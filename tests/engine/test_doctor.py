"""`invoke doctor` on a real engine, and without one."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import pytest
from toys import PYTHON_BASE, REPOSITORY, Toy

from seatrial.engine.about import read_about
from seatrial.engine.client import Engine

pytestmark = pytest.mark.engine

NAMES = [
    "engine",
    "buildx",
    "Compose",
    "registry",
    "bases",
    "CA bundle",
    "Postgres",
    "disk",
    "versions",
]


@pytest.fixture
def project(toy: Toy) -> Toy:
    toy.image("one", f"FROM {PYTHON_BASE}\nCOPY data /data\n")
    toy.commit()
    return toy


def rows(stdout: str) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in json.loads(stdout)["rows"]}


def test_a_table_has_a_row_a_thing_with_its_state(project: Toy, engine: Engine) -> None:
    done = project.invoke("doctor")
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if any(s in line for s in ("✓", "!", "✗"))]
    assert [line.split("  ")[0].strip() for line in lines] == NAMES
    assert str(read_about(engine).server) in done.stdout
    assert "\x1b" not in done.stdout


def test_json_has_the_same_rows_with_states_and_what_to_do(project: Toy, engine: Engine) -> None:
    done = project.invoke("doctor", "--json")
    assert done.returncode == 0, done.stderr
    found = rows(done.stdout)
    assert list(found) == NAMES
    assert {row["state"] for row in found.values()} <= {"ok", "warning", "missing"}
    assert all(row["found"] for row in found.values())
    assert [name for name, row in found.items() if row["state"] != "ok" and not row["hint"]] == []
    about = read_about(engine)
    for name, version in (("engine", about.server), ("buildx", about.buildx)):
        assert version
        assert version in found[name]["found"]
        assert found[name]["state"] == "ok"


def test_stand_ins_that_are_not_built_are_missing(project: Toy) -> None:
    table = '[tool.seatrial.stand_ins]\n"python:3.14.8-slim-trixie" = "recipe"\n'
    settings = project.root / "pyproject.toml"
    text = settings.read_text().partition("[tool.seatrial.stand_ins]")[0]
    settings.write_text(text + table)
    project.write("recipe/make", "#!/bin/sh\n").chmod(0o755)
    found = rows(project.invoke("doctor", "--json", SEATRIAL_BASES="stand-in").stdout)
    assert found["bases"]["state"] == "missing"
    assert found["bases"]["hint"] == "invoke bases"


@pytest.mark.parametrize("host", ["unix:///nowhere/docker.sock", "tcp://127.0.0.1:9"])
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_without_an_engine_it_says_so_shows_the_rest_and_ends_with_3(
    project: Toy, host: str, options: tuple[str, ...]
) -> None:
    done = project.invoke("doctor", *options, DOCKER_HOST=host)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "scripts/engine up" in done.stdout
    for name in ("engine", "CA bundle", "disk", "versions"):
        assert name in done.stdout
    if options:
        found = rows(done.stdout)
        assert (found["engine"]["state"], found["engine"]["found"]) == ("missing", "none answers")


def test_without_a_client_it_ends_with_3(project: Toy) -> None:
    done = project.invoke("doctor", PATH="/nowhere")
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_project_is_a_configuration_error(project: Toy) -> None:
    settings = project.root / "pyproject.toml"
    settings.write_text(settings.read_text().replace("bake_file", "bakefile"))
    done = project.invoke("doctor")
    assert done.returncode == 2
    assert "did you mean bake_file?" in done.stderr


def test_this_repository_is_in_good_health() -> None:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "invoke", "doctor", "--json"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    missing = [row for row in rows(done.stdout).values() if row["state"] == "missing"]
    assert missing == []
    assert time.monotonic() - began < 30

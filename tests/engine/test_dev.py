"""`invoke dev` beside the composed stack, and migrations of a real database."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from stacks import ToyStack, free_port, interrupt_when
from toys import REPOSITORY, Toy, make_toy

pytestmark = pytest.mark.engine

BACKEND = REPOSITORY / "services" / "backend"
RUNS = f"""
[tool.seatrial.dev.sleeper]
command = '''{sys.executable} -c "import time; print('awake', flush=True); time.sleep(600)"'''
"""


def with_dev(stack: ToyStack) -> None:
    settings = stack.toy.root / "pyproject.toml"
    settings.write_text(settings.read_text() + RUNS)


def test_dev_does_not_start_beside_the_stack_and_does_when_it_is_down(stack: ToyStack) -> None:
    with_dev(stack)
    stack.compose(web=stack.web())
    assert stack.toy.invoke("compose-up").returncode == 0
    done = stack.toy.invoke("dev")
    assert done.returncode == 5
    assert "error: the composed stack runs" in done.stderr
    assert "found:    web" in done.stderr
    assert "invoke compose-down" in done.stderr
    assert stack.toy.invoke("compose-down").returncode == 0
    process = stack.toy.start("dev")
    output = interrupt_when(process, "awake")
    assert process.returncode == 130, output


def test_the_stack_does_not_come_up_beside_dev(stack: ToyStack) -> None:
    with_dev(stack)
    stack.compose(web=stack.web())
    process = stack.toy.start("dev")
    try:
        assert process.stdout is not None
        while "awake" not in (line := process.stdout.readline()):
            assert line, "it ended"
        done = stack.toy.invoke("compose-up")
        assert done.returncode == 5
        assert f"error: invoke dev runs (pid {process.pid})" in done.stderr
        assert stack.left() == []
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert stack.toy.invoke("compose-up").returncode == 0


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Toy]:
    """A project with a Postgres of its own and a copy of the backend's migrations."""
    toy = make_toy(tmp_path, "toy")
    settings = toy.root / "pyproject.toml"
    alembic = BACKEND / ".venv" / "bin" / "alembic"
    ready = ["uv", "run", "--directory", str(BACKEND), "--locked", "true"]
    subprocess.run(ready, check=True, capture_output=True)
    settings.write_text(
        settings.read_text()
        + f"[tool.seatrial.postgres]\nport = {free_port()}\n[tool.seatrial.migrations]\n"
        f'command = "{alembic}"\nfolder = "backend"\nvariables = ["DATABASE_URL"]\n'
    )
    toy.write(".env.example", "# generate: postgres-url\nDATABASE_URL=\n")
    ignored = shutil.ignore_patterns("__pycache__", ".venv", "tests", ".*_cache")
    shutil.copytree(BACKEND, toy.root / "backend", ignore=ignored)
    done = toy.invoke("postgres-up")
    assert done.returncode == 0, done.stderr
    yield toy
    toy.invoke("postgres-down", "--clean")


def test_migrations_are_shown_applied_and_made(migrated: Toy) -> None:
    def status() -> tuple[str | None, list[str], list[str]]:
        done = migrated.invoke("migrate-status", "--json")
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        return told["current"], told["heads"], [one["revision"] for one in told["pending"]]

    current, (head,), pending = status()
    assert (current, pending[0], pending[-1]) == (None, "0001", head)
    refused = migrated.invoke("migrate-new", "-m", "too early")
    assert refused.returncode == 6
    assert "invoke migrate first" in refused.stderr
    applied = migrated.invoke("migrate")
    assert applied.returncode == 0, applied.stderr
    assert f"applied {', '.join(pending)}" in applied.stdout
    assert status() == (head, [head], [])
    made = migrated.invoke("migrate-new", "-m", "Add a thing")
    assert made.returncode == 0, made.stderr
    number = str(int(head) + 1).zfill(4)
    folder = migrated.root / "backend/src/logbook/database/migrations/versions"
    assert f'down_revision = "{head}"' in _double((folder / f"{number}_add_a_thing.py").read_text())
    assert status() == (head, [number], [number])
    assert migrated.invoke("migrate").returncode == 0
    again = migrated.invoke("migrate")
    assert again.stdout == f"migrate: nothing to do, the database has {number}\n"


def test_a_database_that_is_down_ends_in_6_and_no_configuration_in_2(migrated: Toy) -> None:
    assert migrated.invoke("postgres-down").returncode == 0
    down = migrated.invoke("migrate-status")
    assert down.returncode == 6
    assert "invoke postgres-up" in down.stderr
    settings = migrated.root / "pyproject.toml"
    settings.write_text(settings.read_text().partition("[tool.seatrial.migrations]")[0])
    assert migrated.invoke("migrate").returncode == 2


def _double(text: str) -> str:
    return text.replace("'", '"')

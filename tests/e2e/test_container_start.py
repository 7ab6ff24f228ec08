"""`invoke container-start`: what the one-container image starts, on the host, without an engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from stacks import LocalStack, free_port
from toys import REPOSITORY

pytestmark = [pytest.mark.e2e]

COPIED = ("pyproject.toml", "tasks.py", "infra/local/compose.yml", "infra/local/.env.example")
RECIPE = "infra/docker/backend/Dockerfile"
SECONDS = 60


@pytest.fixture
def project(tmp_path: Path) -> Iterator[LocalStack]:
    """This repository's project under another name, with its backend and nothing that runs."""
    for path in (*COPIED, RECIPE):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / path, tmp_path / path)
    (tmp_path / "services").mkdir()
    (tmp_path / "services/backend").symlink_to(REPOSITORY / "services/backend")
    name, api, postgres = f"seatrial-e2e-{uuid.uuid4().hex[:8]}", free_port(), free_port()
    environ = {
        "SEATRIAL_NAME": name,
        "SEATRIAL_POSTGRES_PORT": str(postgres),
        "LOGBOOK_API_PORT": str(api),
    }
    made = LocalStack(tmp_path, name, environ, f"http://127.0.0.1:{api}", "", "")
    yield made
    made.invoke("postgres-down", "--clean")


def until_ready(address: str, process: subprocess.Popen[str]) -> None:
    """Wait until the API says that it is ready."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{address}/api/v1/ready", timeout=5) as answer:
                assert json.loads(answer.read())["status"] == "ready"
                return
        except (urllib.error.URLError, OSError):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline, "it does not become ready"
            time.sleep(0.2)


def test_it_runs_what_the_image_starts_and_a_stop_signal_ends_it_with_0(
    project: LocalStack,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "invoke", "container-start"],
        cwd=project.root,
        env={**os.environ, **project.environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            until_ready(project.api, process)
        finally:
            process.terminate()
        output, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, output
    assert f"container-start: python -m logbook.app, on {project.api}" in output
    assert "the worker is alive" in output
    assert "the worker ends" in output
    assert "Finished server process" in output
    assert project.secrets()["OWNER_PASSWORD"] not in output

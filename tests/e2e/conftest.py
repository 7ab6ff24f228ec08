"""The whole stack of this repository, in a project of its own beside the developer's."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from stacks import LocalStack, free_network, free_port
from toys import REPOSITORY

from seatrial.engine.client import Engine

COPIED = ("pyproject.toml", "tasks.py", "infra/local/compose.yml", "infra/local/.env.example")
PROFILES = ("frontend", "mcp")


def built_tag() -> str:
    """Return the tag that the last `build-prod` of this tree gave its images, not `latest`.

    Another clone on the same engine may have moved `latest`.
    """
    record = REPOSITORY / "dist/build.json"
    assert record.is_file(), "nothing is built: invoke build-prod"
    images = json.loads(record.read_text())["images"]
    tags = [{tag.rpartition(":")[2] for tag in image["tags"]} - {"latest"} for image in images]
    return str(min(set.intersection(*tags)))


@pytest.fixture(scope="session")
def tag() -> str:
    """The tag of the images that were built last."""
    return built_tag()


@contextmanager
def project_of_the_stack(root: Path) -> Iterator[LocalStack]:
    """Make the stack's project; whatever was started is removed."""
    for path in COPIED:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / path, root / path)
    ports = [free_port() for _ in range(4)]
    environ = {
        "SEATRIAL_NAME": f"seatrial-e2e-{uuid.uuid4().hex[:8]}",
        "SEATRIAL_POSTGRES_PORT": str(ports[0]),
        "LOGBOOK_TAG": built_tag(),
        "LOGBOOK_API_PORT": str(ports[1]),
        "LOGBOOK_FRONTEND_PORT": str(ports[2]),
        "LOGBOOK_MCP_PORT": str(ports[3]),
        "LOGBOOK_NETWORK": free_network(),
    }
    api, page, mcp = (f"http://127.0.0.1:{port}" for port in ports[1:])
    name, network = environ["SEATRIAL_NAME"], environ["LOGBOOK_NETWORK"]
    made = LocalStack(root, name, environ, api, page, mcp, network)
    yield made
    made.invoke("compose-down")
    made.invoke("postgres-down", "--clean")


@pytest.fixture(scope="session")
def local_stack(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """The stack's project, which most tests share."""
    with project_of_the_stack(tmp_path_factory.mktemp("local")) as made:
        yield made


@pytest.fixture(scope="module")
def stack(local_stack: LocalStack) -> LocalStack:
    """The stack with its frontend, up whatever was done with it before."""
    for words in (["postgres-up"], ["compose-up", "--profile", "frontend"]):
        done = local_stack.invoke(*words)
        assert done.returncode == 0, done.stderr
    return local_stack


@pytest.fixture(scope="module")
def own_stack(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """API and worker, up, for one module alone."""
    with project_of_the_stack(tmp_path_factory.mktemp("own")) as made:
        for verb in ("postgres-up", "compose-up"):
            done = made.invoke(verb)
            assert done.returncode == 0, done.stderr
        yield made


@pytest.fixture(scope="session")
def running(local_stack: LocalStack) -> LocalStack:
    """The stack, up with all its profiles."""
    started = local_stack.invoke("postgres-up")
    assert started.returncode == 0, started.stderr
    options = [word for name in PROFILES for word in ("--profile", name)]
    up = local_stack.invoke("compose-up", *options)
    assert up.returncode == 0, up.stderr
    return local_stack


@pytest.fixture(scope="session")
def token(running: LocalStack) -> str:
    """What the owner gets for the generated password."""
    return running.sign_in()

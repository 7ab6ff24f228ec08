"""A first contract from a real image: it is valid, it is tried, and nothing is written over."""

from __future__ import annotations

import re
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from toys import PYTHON_BASE, REPOSITORY, Toy

from seatrial.contracts import read_contract
from seatrial.engine.client import Engine

pytestmark = pytest.mark.engine
SERVER = """\
import http.server, signal, sys, threading

class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"well")

server = http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Answers)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever()
"""
SERVES = """\
FROM {python}
COPY server.py /server.py
USER 1001:1001
EXPOSE 8000
LABEL org.opencontainers.image.title="a tug"
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=2 \\
  CMD ["python3", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz')"]
CMD ["python3", "/server.py"]
"""
# A static program and nothing else: no shell, no user, no Python.
SCRATCH = 'FROM scratch\nCOPY --from={uv} /uv /uv\nENTRYPOINT ["/uv"]\nCMD ["--version"]\n'
Build = Callable[[str], str]


def bases() -> dict[str, str]:
    """Return what to build on: the stand-ins where they are in force, else what they stand for."""
    dockerfile = (REPOSITORY / "infra" / "docker" / "backend" / "Dockerfile").read_text()
    (uv,) = set(re.findall(r"ghcr\.io/astral-sh/uv:\S+", dockerfile))
    found = {"python": PYTHON_BASE, "uv": uv}
    stamp = REPOSITORY / ".seatrial" / "bases.stamp"
    policy, *tags = stamp.read_text().split() if stamp.is_file() else ["registry"]
    if policy == "stand-in":
        places = {"python": "/python:", "uv": "/uv:"}
        found = {name: next(t for t in tags if place in t) for name, place in places.items()}
    return found


@pytest.fixture
def build(engine: Engine, tmp_path: Path) -> Iterator[Build]:
    """Builds images of a Dockerfile; they are removed."""
    made: list[str] = []

    def run(dockerfile: str) -> str:
        folder = tmp_path / f"context-{len(made)}"
        folder.mkdir()
        (folder / "server.py").write_text(SERVER)
        (folder / "Dockerfile").write_text(dockerfile.format(**bases()))
        tag = f"toy-{uuid.uuid4().hex[:8]}/tug:1"
        argv = [*engine.argv, "buildx", "build", "--load", "--quiet", "--tag", tag, str(folder)]
        subprocess.run(argv, check=True, capture_output=True, text=True, timeout=300)
        made.append(tag)
        return tag

    yield run
    for tag in made:
        engine.whales.image.remove(tag, force=True)


def test_a_server_keeps_the_first_contract_that_is_made_of_it(build: Build, toy: Toy) -> None:
    image = build(SERVES)
    done = toy.invoke("contract-init", image)
    assert done.returncode == 0, done.stderr
    assert "tighten it" in done.stderr
    path = toy.root / "contract.toml"
    contract = read_contract(path)
    assert (contract.image, contract.process.user, contract.process.group) == ("tug", 1001, 1001)
    assert contract.network.listen == (8000,)
    assert contract.health is not None
    assert contract.health.timing["retries"] == 2
    assert '# path = "/healthz"' in path.read_text()
    tried = toy.invoke("verify", image, "contract.toml", "--strict")
    assert tried.returncode == 0, tried.stdout + tried.stderr
    for check in ("becomes-healthy", "runs-as-promised-user", "listens-as-promised"):
        assert check in tried.stdout


def test_a_first_contract_can_be_broken_by_another_image(build: Build, toy: Toy) -> None:
    image = build(SERVES)
    other = build(SERVES.replace("USER 1001:1001\n", ""))
    assert toy.invoke("contract-init", image).returncode == 0
    tried = toy.invoke("verify", other, "contract.toml")
    assert tried.returncode == 1
    assert "runs-as-promised-user" in tried.stderr


def test_an_image_of_one_static_program_has_a_first_contract(build: Build, toy: Toy) -> None:
    image = build(SCRATCH)
    assert toy.invoke("contract-init", image).returncode == 0
    contract = read_contract(toy.root / "contract.toml")
    assert contract.process.user is None
    assert contract.health is None
    tried = toy.invoke("verify", image, "contract.toml")
    assert tried.returncode == 0, tried.stdout + tried.stderr
    assert "size-within-limit" in tried.stdout
    assert "Traceback" not in tried.stderr


def test_what_is_there_is_written_over_only_by_force(build: Build, toy: Toy) -> None:
    image = build(SCRATCH)
    mine = toy.write("mine.toml", "mine\n")
    refused = toy.invoke("contract-init", image, "--output", "mine.toml")
    assert refused.returncode == 2
    assert "mine.toml is there already" in refused.stderr
    assert mine.read_text() == "mine\n"
    assert toy.invoke("contract-init", image, "--output", "mine.toml", "--force").returncode == 0
    assert read_contract(mine).image == "tug"


def test_a_first_contract_is_printed_on_request(build: Build, toy: Toy) -> None:
    done = toy.invoke("contract-init", build(SCRATCH), "--output", "-")
    assert done.returncode == 0
    assert 'image = "tug"' in done.stdout
    assert not (toy.root / "contract.toml").exists()


@pytest.mark.parametrize("reference", ["toy-none/tug:1", "--help", "a b", ""])
def test_an_image_that_is_not_there_is_named_with_what_to_do(
    engine: Engine, toy: Toy, reference: str
) -> None:
    done = toy.invoke("contract-init", reference)
    assert done.returncode == 2
    assert f"the engine holds no image {reference}" in done.stderr
    assert "build it or pull it first" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (toy.root / "contract.toml").exists()


def test_a_place_that_cannot_be_written_is_said(build: Build, toy: Toy) -> None:
    toy.write("file", "")
    done = toy.invoke("contract-init", build(SCRATCH), "--output", "file/contract.toml")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr

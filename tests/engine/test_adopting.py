"""docs/adopting.md, followed to the letter on projects that are not ours."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from adopted import Adopter, adopt, blocks, commands
from toys import REPOSITORY

from seatrial import procfs
from seatrial.contracts import read_contract
from seatrial.engine.client import Engine
from seatrial.verify.judge import judge
from seatrial.verify.lab import Order
from seatrial.verify.trial import observe

pytestmark = pytest.mark.engine
NEEDS_VARIABLES = "more of contract.toml"
OF_NOWHERE = (
    "mkdir more && sed 's/^image.*/image = \"nowhere\"/' contract.toml >more/contract.toml;"
    "pytest more; code=$?; rm -r more; exit $code"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    argv = [os.environ.get("UV", "uv"), "build", "--quiet", "--wheel", "--out-dir", str(folder)]
    subprocess.run([*argv, str(REPOSITORY)], check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("seatrial-*.whl")
    return built


@pytest.fixture(scope="module")
def debian(
    engine: Engine, wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Adopter]:
    """An adopter who has followed the whole page."""
    for adopter in made(engine, "debian", tmp_path_factory.mktemp("debian"), wheel, None):
        follow(adopter)
        yield adopter


@pytest.fixture(scope="module", params=["alpine", "scratch"])
def other(
    request: pytest.FixtureRequest,
    engine: Engine,
    wheel: Path,
    debian: Adopter,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Adopter]:
    """Adopters who want trials alone, and who borrow the environment of the first."""
    example = str(request.param)
    venv = debian.folder / ".venv"
    for adopter in made(engine, example, tmp_path_factory.mktemp(example), wheel, venv):
        follow(adopter, but="46B", variables=has_shell(adopter))
        yield adopter


def made(
    engine: Engine, example: str, folder: Path, wheel: Path, venv: Path | None
) -> Iterator[Adopter]:
    image = f"toy-{uuid.uuid4().hex[:8]}"
    yield adopt(example, folder / "project", image, wheel, venv)
    found = engine.whales.image.list(filters=[("reference", image)])
    engine.whales.image.remove([tag for one in found for tag in one.repo_tags], force=True)


def follow(adopter: Adopter, *, but: str = "", variables: bool = True) -> None:
    """Do what the page says, but for the sections whose titles begin with one of `but`."""
    borrowed = (adopter.folder / ".venv").is_symlink()
    for block in blocks():
        if block.section[0] in but:
            continue
        if block.kind != "sh":
            if variables or NEEDS_VARIABLES not in block.text:
                adopter.write(block)
            continue
        for line, code, words in commands(block):
            if borrowed and line.startswith(("python3 -m venv", "pip install")):
                continue
            if line == "invoke build-prod":
                commit(adopter)
            done = adopter.run(line)
            assert done.returncode == code, f"{line}\n{done.stdout}"
            assert words in done.stdout, f"{line}\n{done.stdout}"


def has_shell(adopter: Adopter) -> bool:
    return (adopter.folder / "open.sh").exists()


def commit(adopter: Adopter) -> None:
    identity = "-c user.name=shop -c user.email=shop@example.invalid"
    done = adopter.run(f"git init -q && git add --all && git {identity} commit -qm Open")
    assert done.returncode == 0, done.stdout


def outcomes(adopter: Adopter) -> dict[str, str]:
    path = adopter.folder / "dist" / "trials" / adopter.image / "report.json"
    return {one["name"]: one["outcome"] for one in json.loads(path.read_text())["results"]}


def test_the_page_leads_from_a_dockerfile_to_a_green_trial_as_it_is_written(
    debian: Adopter,
) -> None:
    told = outcomes(debian)
    assert set(told.values()) == {"pass"}
    assert len(told) >= 23
    assert {"missing-variable-ends-start", "runs-read-only", "no-secrets-in-layers"} <= set(told)
    evidence = debian.folder / "dist" / "trials" / debian.image
    assert "contract kept" in (evidence / "report.html").read_text()
    assert "contract kept" in (debian.folder / "report.html").read_text()
    assert 'failures="0"' in (debian.folder / "report.xml").read_text()
    assert debian.run("git status --short").stdout == "?? trials.py\n"


def test_it_does_so_for_busybox_and_for_one_program_without_a_shell(other: Adopter) -> None:
    told = outcomes(other)
    assert set(told.values()) == {"pass"}
    assert ("missing-variable-is-named" in told) == has_shell(other)
    assert not (other.folder / "pyproject.toml").exists()


def test_its_own_healthcheck_is_promised_by_the_first_contract(other: Adopter) -> None:
    drafted = other.run("invoke contract-init shop --output -").stdout
    assert ('\ninterval = "10s"' in drafted) == has_shell(other)


@pytest.mark.parametrize("other", ["scratch"], indirect=True)
def test_the_first_contract_of_one_that_needs_no_variables_is_kept_as_it_is(other: Adopter) -> None:
    other.run("invoke contract-init shop --output first.toml")
    done = other.run("invoke verify shop first.toml --strict && rm first.toml")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("other", ["scratch"], indirect=True)
@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("invoke verify nowhere contract.toml", 2, "the engine holds no image nowhere"),
        ("invoke verify shop", 2, "required positional arguments: 'contract'"),
        ("invoke verify contract.toml shop", 2, "give the path of a contract.toml"),
        ("invoke contract-init nowhere --force", 2, "the engine holds no image nowhere"),
        ("invoke contract-init shop", 2, "contract.toml is there already"),
        ("invoke build-prod", 2, "contract-init, verify and judge need none"),
        (OF_NOWHERE, 2, "build it under that name, or give --trial-ref nowhere=REFERENCE"),
        ("pytest . --trial-ref shop", 2, "it names no image to try"),
        ("pytest . --trial-ref shop-x=shop", 2, "did you mean shop?"),
        ("pytest . --trial-ref shop=nowhere:1", 2, "NOT TRIED: the engine holds no image"),
        ("DOCKER_HOST=unix:///nowhere.sock invoke verify shop contract.toml", 3, "no engine"),
        ("DOCKER_HOST=unix:///nowhere.sock pytest . --trial-ref shop=shop", 3, "no engine"),
    ],
)
def test_without_a_project_wrong_words_are_told_with_what_to_do(
    other: Adopter, line: str, code: int, words: str
) -> None:
    done = other.run(line)
    assert done.returncode == code, done.stdout
    assert other.own(words) in done.stdout
    assert "Traceback" not in done.stdout


def test_from_afar_an_image_without_a_shell_is_seen_as_far_as_the_engine_tells(
    other: Adopter, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(procfs, "pids_of", lambda _container, _first: None)
    contract = read_contract(other.folder / "contract.toml")
    observation = observe(engine, Order(contract, other.folder, other.image))
    results = {one.name: one for one in judge(contract, observation).results}
    assert "fail" not in {one.outcome for one in results.values()}
    for name in ("runs-as-promised-user", "reachable-from-outside", "stops-in-time"):
        assert results[name].outcome == "pass", name
    # What is in the tables of sockets, only a program inside can tell.
    listens = results["listens-as-promised"]
    assert listens.outcome == ("pass" if has_shell(other) else "skip")
    assert has_shell(other) or "the engine's host hides it" in listens.reason

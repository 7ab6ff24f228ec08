"""A trial on a real engine: what it says, with which code it ends, what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fleet import make_variant, write_project
from toys import Toy, make_toy

from seatrial import procfs
from seatrial.contracts import read_contract
from seatrial.engine.client import Engine
from seatrial.verify.judge import judge
from seatrial.verify.lab import Order
from seatrial.verify.trial import observe

pytestmark = pytest.mark.engine
CLEANED_WITHIN = 20.0


@dataclass(frozen=True)
class Aboard:
    """The good service, built.

    Attributes:
        toy: Its project.
        image: Its tag.
        contract: Its contract.
    """

    toy: Toy
    image: str
    contract: Path

    def verify(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        given = ("--ref", self.image, "--contract", str(self.contract))
        return self.toy.invoke("verify", *(words or given), **environ)

    def write_contract(self, edit: Callable[[str], str], path: Path) -> Path:
        path.mkdir()
        (path / "uv.lock").write_bytes((self.contract.parent / "uv.lock").read_bytes())
        (path / "contract.toml").write_text(edit(self.contract.read_text()))
        return path / "contract.toml"


@pytest.fixture(scope="module")
def aboard(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aboard]:
    toy = make_toy(tmp_path_factory.mktemp("aboard"), f"toy-{uuid.uuid4().hex[:8]}")
    place = make_variant(toy, "good", lambda _place: None)
    write_project(toy, [place])
    toy.commit()
    done = toy.invoke("build-prod")
    assert done.returncode == 0, done.stderr
    yield Aboard(toy, f"{toy.name}-good:latest", place.folder / "contract.toml")
    images = engine.whales.image.list(filters=[("reference", f"{toy.name}-*")])
    engine.whales.image.remove([tag for image in images for tag in image.repo_tags], force=True)


def containers_of(engine: Engine, image: str) -> list[str]:
    found = engine.whales.container.list(all=True, filters=[("ancestor", image)])
    return [one.name for one in found if "seatrial.run" in (one.config.labels or {})]


def wait_for_containers(engine: Engine, image: str, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 60
    while not containers_of(engine, image):
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < end, "no container came up"
        time.sleep(0.05)


def test_a_kept_contract_ends_with_0_and_leaves_evidence_but_no_container(
    aboard: Aboard, engine: Engine, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    given = ("--ref", aboard.image, "--contract", str(aboard.contract))
    done = aboard.verify(*given, "--report", str(report), "--strict")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "contract kept" in done.stdout
    assert json.loads(report.read_text())["image"] == "good"
    evidence = aboard.toy.root / "dist" / "trials" / "good"
    assert sorted(path.name for path in evidence.glob("*.json")) == [
        "observation.json",
        "report.json",
    ]
    assert not containers_of(engine, aboard.image)


def test_what_it_saw_is_judged_again_without_an_engine(aboard: Aboard) -> None:
    given = ("--ref", aboard.image, "--contract", str(aboard.contract))
    assert aboard.verify(*given).returncode == 0
    evidence = aboard.toy.root / "dist" / "trials" / "good"
    words = (str(evidence / "observation.json"), "--contract", str(aboard.contract), "--json")
    again = aboard.toy.invoke("judge", *words, "--strict", DOCKER_HOST="unix:///nowhere.sock")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout) == json.loads((evidence / "report.json").read_text())
    endings = {path.suffix for path in evidence.glob("report.*")}
    assert endings == {".json", ".xml", ".sarif", ".md", ".html"}
    assert "contract kept" in (evidence / "report.html").read_text()


def test_a_broken_contract_ends_with_1_and_tells_expected_and_found(
    aboard: Aboard, tmp_path: Path
) -> None:
    contract = aboard.write_contract(
        lambda text: text.replace("user = 1001", "user = 4242"), tmp_path / "other"
    )
    done = aboard.verify("--ref", aboard.image, "--contract", str(contract))
    assert done.returncode == 1
    assert "expected: user 4242, group 1001" in done.stdout
    assert "runs as 1001:1001: python3 app.py" in done.stdout
    assert "runs-as-promised-user" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_the_report_as_json_is_all_that_stands_on_stdout(aboard: Aboard) -> None:
    done = aboard.verify("--ref", aboard.image, "--contract", str(aboard.contract), "--json")
    assert {one["outcome"] for one in json.loads(done.stdout)["results"]} == {"pass"}


def test_an_invalid_contract_ends_with_2_and_names_the_line(aboard: Aboard, tmp_path: Path) -> None:
    contract = aboard.write_contract(
        lambda text: text.replace("stop_within", "stop_withn"), tmp_path / "other"
    )
    done = aboard.verify("--ref", aboard.image, "--contract", str(contract))
    line = contract.read_text().splitlines().index('stop_withn = "4s"') + 1
    assert done.returncode == 2
    assert f"{contract}:{line}: process.stop_withn: there is no such field" in done.stderr
    assert "did you mean stop_within?" in done.stderr


def test_an_image_that_is_not_there_ends_with_2(aboard: Aboard) -> None:
    done = aboard.verify("--ref", "no-such-image:1", "--contract", str(aboard.contract))
    assert done.returncode == 2
    assert "the engine holds no image no-such-image:1" in done.stderr


def test_without_an_engine_it_ends_with_3(aboard: Aboard, tmp_path: Path) -> None:
    done = aboard.verify(DOCKER_HOST=f"unix://{tmp_path}/nothing.sock")
    assert done.returncode == 3
    assert "no engine answers" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_trial_that_is_interrupted_leaves_nothing_and_ends_with_130(
    aboard: Aboard, engine: Engine, number: signal.Signals
) -> None:
    process = aboard.toy.start("verify", "--ref", aboard.image, "--contract", str(aboard.contract))
    wait_for_containers(engine, aboard.image, process)
    process.send_signal(number)
    begin = time.monotonic()
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130, out
    assert time.monotonic() - begin < CLEANED_WITHIN
    assert not containers_of(engine, aboard.image)
    assert "Traceback" not in out


def test_a_pytest_session_that_is_interrupted_leaves_nothing(
    aboard: Aboard, engine: Engine
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "good"],
        cwd=aboard.toy.root,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wait_for_containers(engine, aboard.image, process)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130, out
    assert not containers_of(engine, aboard.image)


def test_two_trials_of_one_image_at_once_do_not_disturb_each_other(aboard: Aboard) -> None:
    words = ("verify", "--ref", aboard.image, "--contract", str(aboard.contract))
    both = [aboard.toy.start(*words) for _ in range(2)]
    told = [process.communicate(timeout=180)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], told


def test_processes_and_listeners_are_seen_through_the_engine_where_its_host_hides_them(
    aboard: Aboard, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(procfs, "pids_of", lambda _container, _first: None)
    contract = read_contract(aboard.contract)
    observation = observe(engine, Order(contract, aboard.contract.parent, aboard.image))
    assert observation.running is not None
    assert [(one.uid, one.gid) for one in observation.running.processes or ()] == [(1001, 1001)]
    assert [(one.protocol, one.port) for one in observation.running.listeners or ()] == [
        ("tcp", 8000)
    ]
    outcomes = {one.name: one.outcome for one in judge(contract, observation).results}
    assert outcomes["runs-as-promised-user"] == "pass"
    assert outcomes["listens-as-promised"] == "pass"


def test_secret_values_of_the_trial_are_in_no_evidence(aboard: Aboard, engine: Engine) -> None:
    contract = read_contract(aboard.contract)
    given = contract.model_copy(
        update={
            "env": contract.env.model_copy(
                update={
                    "required": {
                        name: one.model_copy(update={"value": f"{name}-very-secret-{{canary}}"})
                        for name, one in contract.env.required.items()
                    }
                }
            ),
            "request": (),
        }
    )
    observation = observe(engine, Order(given, aboard.contract.parent, aboard.image))
    assert "APP_TOKEN-very-secret" not in observation.model_dump_json()

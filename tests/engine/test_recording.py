"""Builds, trials, SBOMs and deployments of a real project, recorded in a logbook of the test's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from logbooks import FakeLogbook
from stacks import Built, ToyStack
from toys import Toy

pytestmark = pytest.mark.engine

CONTRACT = 'image = "tiny"\n[labels]\nrequired = ["org.opencontainers.image.revision"]\n'


@pytest.fixture
def toy(built: Built) -> Toy:
    return built.toy


def waiting(toy: Toy) -> list[Path]:
    return sorted((toy.root / "dist" / "outbox").glob("[0-9]*.json"))


def tried(toy: Toy, *words: str) -> subprocess.CompletedProcess[str]:
    """Try the toy's image as `nox -s verify_prod` does."""
    toy.write("tiny/contract.toml", CONTRACT)
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tiny", *words]
    return subprocess.run(
        argv, cwd=toy.root, env=os.environ, capture_output=True, text=True, check=False, timeout=300
    )


def test_a_build_is_recorded_after_its_table_and_the_same_again_is_no_second_one(
    toy: Toy, logbook: FakeLogbook
) -> None:
    for _ in range(2):
        done = toy.invoke("build-prod", "--json")
        assert done.returncode == 0, done.stderr
        assert done.stderr.endswith(f"logbook: build of tiny recorded at {logbook.url}\n")
        image = json.loads(done.stdout)["images"][0]
        assert {body["digest"] for body in logbook.bodies("/api/v1/builds")} >= {image["digest"]}
    assert waiting(toy) == []


def test_a_build_without_its_logbook_is_as_good_and_waits_for_the_next_one(
    toy: Toy, logbook: FakeLogbook
) -> None:
    logbook.answers = [503]
    done = toy.invoke("build-prod")
    assert done.returncode == 0
    assert "1 entry waits in dist/outbox" in done.stderr
    assert len(waiting(toy)) == 1
    assert toy.invoke("logbook-sync").returncode == 0
    assert waiting(toy) == []


def test_a_failed_build_records_nothing(toy: Toy, logbook: FakeLogbook) -> None:
    good = (toy.root / "tiny" / "Dockerfile").read_text()
    toy.write("tiny/Dockerfile", f"{good}RUN false\n")
    try:
        assert toy.invoke("build-prod").returncode == 4
    finally:
        toy.write("tiny/Dockerfile", good)
    assert logbook.asked == []


def test_a_trial_is_recorded_with_report_and_observation(toy: Toy, logbook: FakeLogbook) -> None:
    assert toy.invoke("build-prod").returncode == 0
    done = tried(toy)
    assert done.returncode == 0, done.stdout
    assert done.stderr == f"logbook: trial of tiny recorded at {logbook.url}\n"
    (body,) = logbook.bodies("/api/v1/trials")
    report = json.loads((toy.root / "dist/trials/tiny/report.json").read_text())
    observed = json.loads((toy.root / "dist/trials/tiny/observation.json").read_text())
    assert (body["report"], body["observation"]) == (report, observed)
    assert (body["verdict"], body["failed"]) == ("kept", 0)
    assert body["digest"] in {build["digest"] for build in logbook.bodies("/api/v1/builds")}


def test_a_build_with_its_trial_in_one_process_is_told_when_both_are_done(
    toy: Toy, logbook: FakeLogbook
) -> None:
    done = tried(toy, "--trial-build")
    assert done.returncode == 0, done.stdout
    told = f"logbook: build of tiny, trial of tiny recorded at {logbook.url}\n"
    assert done.stderr.endswith(told)
    assert [asked.path for asked in logbook.asked] == ["/api/v1/builds", "/api/v1/trials"]


def test_a_trial_that_is_away_from_its_logbook_judges_as_ever_and_waits(
    toy: Toy, logbook: FakeLogbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGBOOK_URL", "http://127.0.0.1:1")
    done = tried(toy)
    assert done.returncode == 0, done.stdout
    assert "1 entry waits" in done.stderr
    monkeypatch.setenv("LOGBOOK_URL", logbook.url)
    assert toy.invoke("logbook-sync").stdout == "logbook: trial of tiny recorded\n"


def test_a_trial_is_not_recorded_where_the_plugin_is_switched_off(
    toy: Toy, logbook: FakeLogbook
) -> None:
    assert tried(toy, "-p", "no:seatrial-logbook").returncode == 0
    assert logbook.asked == []


def test_what_is_in_an_image_is_written_and_recorded_under_its_build(
    toy: Toy, logbook: FakeLogbook
) -> None:
    done = toy.invoke("sbom", "--json")
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)
    document = json.loads((toy.root / told["path"]).read_text())
    assert told["components"] == len(document["components"])
    assert "libc6" in {component["name"] for component in document["components"]}
    build, sbom = logbook.asked
    assert build.body["digest"] == told["digest"]
    assert (sbom.method, sbom.path) == ("PUT", "/api/v1/builds/7/sbom")
    assert sbom.body == document


def test_what_is_deployed_is_recorded_and_a_second_time_changes_nothing(
    stack: ToyStack, built: Built, logbook: FakeLogbook
) -> None:
    stack.compose(web=stack.web())
    stack.toy.commit()
    for _ in range(2):
        done = stack.toy.invoke("compose-up", SEATRIAL_ENVIRONMENT="harbour")
        assert done.returncode == 0, done.stderr
        assert "logbook: deployment to harbour recorded" in done.stderr
    (body,) = logbook.bodies("/api/v1/deployments")
    (service,) = body["services"]
    record = json.loads((built.toy.root / "dist/build.json").read_text())
    assert (service["service"], service["reference"]) == ("web", built.image)
    assert service["digest"] == record["images"][0]["digest"]
    assert body["sha"] == record["plan"]["stamp"]["sha"]
    assert body["environment"] == "harbour"
    assert service["image"] == "tiny"
    done = stack.toy.invoke("compose-down", SEATRIAL_ENVIRONMENT="harbour")
    assert "logbook: end of the deployment to harbour recorded" in done.stderr
    assert logbook.asked[-1].path == "/api/v1/deployments/7/end"
    assert len(logbook.bodies("/api/v1/deployments")) == 1

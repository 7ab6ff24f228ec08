"""What is recorded, and that recording never fails what it is about."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from logbooks import KEY, FakeLogbook
from seen import KEPT

from seatrial.logbook import entries, outbox
from seatrial.logbook.outbox import Entry, Request
from seatrial.logbook.recording import record
from seatrial.model.observation import Observation
from seatrial.model.plan import BuildRecord, BuiltImage, Plan, Step
from seatrial.model.report import CheckResult, Report
from seatrial.model.stack import Container
from seatrial.model.stamp import Stamp

DIGEST = "sha256:" + "ab" * 32
STAMP = Stamp(
    sha="c0" * 20,
    short_sha="c0c0c0c",
    describe="v1",
    dirty=False,
    built_at="2026-01-02T03:04:05Z",
)
RECORD = BuildRecord(
    started=1.0,
    duration=2.0,
    plan=Plan(stamp=STAMP, policy="registry", images=(), definition={}),
    images=(
        BuiltImage(
            name="tug",
            tags=("x-tug:latest", "x-tug:v1"),
            digest=DIGEST,
            size=7,
            duration=1.5,
            steps=(
                Step(stage="a", number=1, total=2, instruction="RUN", cached=True),
                Step(stage="a", number=2, total=2, instruction="COPY", started=1.0, ended=2.0),
            ),
        ),
    ),
)


def report(*outcomes: str) -> Report:
    results = [
        CheckResult.model_validate({"name": f"c{n}", "family": "f", "outcome": outcome})
        for n, outcome in enumerate(outcomes)
    ]
    return Report(
        image="tug",
        reference="x-tug:v1",
        image_id=DIGEST,
        engine="28",
        run="r1",
        started=1767323045.25,
        duration=3.5,
        results=tuple(results),
    )


def container(name: str, **more: Any) -> Container:
    facts = {"id": f"id-{name}", "name": name, "service": name, "state": "running"}
    return Container.model_validate({**facts, "image_id": DIGEST, "image": "x-tug:v1", **more})


def test_a_build_is_told_with_stamp_digest_and_steps() -> None:
    (entry,) = entries.build_entries(RECORD)
    (request,) = entry.requests
    assert (request.method, request.path, entry.key) == ("POST", "/builds", f"tug@{DIGEST}")
    told = dict(request.body)
    steps = told.pop("steps")
    assert told == {
        "image": "tug",
        "digest": DIGEST,
        "tags": ["x-tug:latest", "x-tug:v1"],
        "sha": "c0" * 20,
        "short_sha": "c0c0c0c",
        "describe": "v1",
        "dirty": False,
        "built_at": "2026-01-02T03:04:05Z",
        "base_policy": "registry",
        "size_bytes": 7,
        "duration_seconds": 1.5,
        "cached_steps": 1,
        "total_steps": 2,
    }
    assert [step["instruction"] for step in steps] == ["RUN", "COPY"]


@pytest.mark.parametrize(
    ("outcomes", "strict", "verdict"),
    [
        (["pass", "pass"], True, "kept"),
        (["pass", "skip"], True, "broken"),
        (["pass", "skip"], False, "kept"),
        (["pass", "fail"], False, "broken"),
    ],
)
def test_a_trial_is_told_with_its_verdict_and_counts(
    outcomes: list[str], strict: bool, verdict: str
) -> None:
    entry = entries.trial_entry(report(*outcomes), KEPT, strict=strict)
    body = entry.requests[0].body
    assert (body["verdict"], body["strict"], body["run"]) == (verdict, strict, "r1")
    counts = {"passed": "pass", "failed": "fail", "skipped": "skip"}
    assert all(body[name] == outcomes.count(kind) for name, kind in counts.items())
    assert body["started_at"] == "2026-01-02T03:04:05.250000+00:00"
    assert [result["name"] for result in body["report"]["results"]] == ["c0", "c1"]
    assert Observation.model_validate(body["observation"]) == KEPT


def test_a_deployment_names_images_as_builds_do_and_takes_the_commit_from_them() -> None:
    labels = {"org.opencontainers.image.revision": "ee" * 20}
    other = container("db", image="library/postgres:18", image_id="sha256:" + "cd" * 32)
    entry = entries.deployment_entry(
        "harbour", [container("web", labels=labels), other], RECORD, "ff" * 20, 1.0
    )
    assert entry is not None
    body = entry.requests[0].body
    assert (body["environment"], body["sha"]) == ("harbour", "ee" * 20)
    assert [(s["service"], s["image"]) for s in body["services"]] == [
        ("db", "postgres"),
        ("web", "tug"),
    ]
    assert body["services"][1]["digest"] == DIGEST


def test_the_same_containers_are_the_same_deployment_and_others_are_another() -> None:
    def key(*found: Container, environment: str = "harbour") -> str:
        entry = entries.deployment_entry(environment, found, None, "ff" * 20, time.time())
        assert entry is not None
        return entry.key

    web, page = container("web"), container("page")
    assert key(web, page) == key(page, web)
    assert len({key(web), key(page), key(web, page), key(web, environment="sea")}) == 4


def test_an_image_tells_its_own_name_though_another_build_was_the_last_one() -> None:
    found = container("web", image_id="sha256:" + "cd" * 32, labels={"seatrial.image": "barge"})
    entry = entries.deployment_entry("harbour", [found], RECORD, "ff" * 20, 1.0)
    assert entry is not None
    assert entry.requests[0].body["services"][0]["image"] == "barge"


def test_an_end_is_told_of_the_same_deployment_and_once_replaced_needs_no_telling(
    logbook: FakeLogbook, tmp_path: Path
) -> None:
    entry = entries.deployment_entry("harbour", [container("web")], RECORD, "ff" * 20, 1.0)
    assert entry is not None
    logbook.answers = [None, 409]
    record(None, tmp_path, lambda: [entries.ending_entry(entry)])
    assert [asked.path for asked in logbook.asked] == [
        "/api/v1/deployments",
        "/api/v1/deployments/7/end",
    ]
    assert logbook.bodies("/api/v1/deployments")[0]["key"] == entry.key
    assert outbox.waiting(tmp_path / "outbox") == []
    assert outbox.refused(tmp_path / "outbox") == []


def test_a_stack_that_tells_no_commit_and_has_no_tree_is_not_recorded() -> None:
    assert entries.deployment_entry("x", [container("web")], None, None, 1.0) is None
    assert entries.deployment_entry("x", [], None, "ff" * 20, 1.0) is None


def test_recording_tells_in_a_line_what_was_recorded_and_never_the_key(
    logbook: FakeLogbook, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    record(None, tmp_path, lambda: entries.build_entries(RECORD))
    assert [body["image"] for body in logbook.bodies("/api/v1/builds")] == ["tug"]
    out, err = capfd.readouterr()
    assert (out, err) == ("", f"logbook: build of tug recorded at {logbook.url}\n")
    assert outbox.waiting(tmp_path / "outbox") == []


def test_without_a_logbook_nothing_is_made_nor_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LOGBOOK_URL", raising=False)
    record(None, tmp_path, lambda: pytest.fail("nobody is to be told"))
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_what_an_absent_logbook_missed_goes_out_with_the_next_run(
    logbook: FakeLogbook, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    logbook.answers = [503]
    record(None, tmp_path, lambda: entries.build_entries(RECORD))
    assert "1 entry waits in dist/outbox (" in capfd.readouterr().err
    one = Entry("trial", "r", "trial of tug", (Request("POST", "/trials", {"run": "r"}),))
    record(None, tmp_path, lambda: [one])
    assert "build of tug, trial of tug recorded" in capfd.readouterr().err
    assert len(logbook.kept) == 2


def test_a_missing_key_loses_no_entry_and_raises_nothing(
    logbook: FakeLogbook,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("LOGBOOK_KEY")
    record(None, tmp_path, lambda: entries.build_entries(RECORD))
    assert "LOGBOOK_URL is set, and no key" in capfd.readouterr().err
    assert len(outbox.waiting(tmp_path / "outbox")) == 1


@pytest.mark.parametrize("fault", [RuntimeError("a bug"), OSError("no room")])
def test_a_fault_of_ours_is_told_and_raises_nothing(
    logbook: FakeLogbook, tmp_path: Path, capfd: pytest.CaptureFixture[str], fault: Exception
) -> None:
    def made() -> list[Entry]:
        raise fault

    record(None, tmp_path, made)
    assert str(fault) in capfd.readouterr().err


def test_an_outbox_that_cannot_be_written_is_told_and_raises_nothing(
    logbook: FakeLogbook, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "outbox").write_text("a file where the folder should be")
    record(None, tmp_path, lambda: entries.build_entries(RECORD))
    assert "nothing was recorded" in capfd.readouterr().err


def test_no_file_of_the_outbox_holds_the_key(
    logbook: FakeLogbook, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    logbook.answers = [422]
    record(None, tmp_path, lambda: entries.build_entries(RECORD))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 3
    assert not any(KEY in path.read_text() for path in files)
    assert KEY not in capfd.readouterr().err


def test_nothing_heavy_is_imported_where_no_logbook_is_configured() -> None:
    code = (
        "import sys; before = set(sys.modules); from pathlib import Path; "
        "from seatrial.logbook.recording import record; "
        "record(Path.cwd(), Path('dist'), None); "
        "heavy = {'pydantic', 'http', 'ssl', 'dotenv', 'urllib.request'}; "
        "print(sorted(heavy & (set(sys.modules) - before)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={},
        cwd=Path(__file__).parent,
    )
    assert done.stdout.strip() == "[]"

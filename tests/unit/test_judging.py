"""Judging what was seen, later, without an engine, and by other contracts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import seen

from seatrial import trial_reports
from seatrial.errors import ConfigurationError, ContractBrokenError
from seatrial.model.contract import Contract
from seatrial.model.observation import Observation
from seatrial.model.report import CheckResult, Report
from seatrial.tasks.trying import judge_observation
from seatrial.verify.checks import all_checks
from seatrial.verify.conditions import CONDITIONS, conditions
from seatrial.verify.judge import judge
from seatrial.verify.results import LARGEST, Judged, read_observation, write_results

ROOT = Path(__file__).parents[2]
TRIED = seen.KEPT.model_copy(update={"tried": conditions(seen.CONTRACT)})
PROMISE = 'image = "tug"\n[labels]\nrequired = ["title"]\n[limits]\nsize = "{size}"\n'


def changed(**sections: dict[str, Any]) -> Contract:
    """Return the contract that promises everything with some fields changed."""
    told = seen.CONTRACT.model_dump(exclude_unset=True)
    return Contract.model_validate(
        {**told, **{name: {**told.get(name, {}), **fields} for name, fields in sections.items()}}
    )


def result(contract: Contract, name: str, observation: Observation = TRIED) -> CheckResult:
    return next(one for one in judge(contract, observation).results if one.name == name)


@pytest.fixture
def observation(tmp_path: Path) -> Path:
    write_results(tmp_path, TRIED, judge(seen.CONTRACT, TRIED))
    return tmp_path / "observation.json"


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    path = tmp_path / "contract.toml"
    path.write_text(PROMISE.format(size="1MiB"))
    return path


def verdict(observation: Path, contract: Path, **options: Any) -> None:
    told = {"report": None, "as_json": True, "strict": False, **options}
    judge_observation(str(observation), str(contract), **told)


def test_what_was_written_is_judged_as_the_trial_judged_it(observation: Path) -> None:
    again = judge(seen.CONTRACT, read_observation(observation))
    written = Report.model_validate_json((observation.parent / "report.json").read_bytes())
    assert again == written
    assert again.is_kept(strict=True)


def test_judging_takes_milliseconds() -> None:
    def seconds() -> float:
        begin = time.perf_counter()
        judge(seen.CONTRACT, TRIED)
        return time.perf_counter() - begin

    assert min(seconds() for _ in range(5)) < 0.05


def test_a_result_names_the_field_that_promises() -> None:
    assert result(seen.CONTRACT, "stops-in-time").promise == "process.stop_within"
    assert result(seen.CONTRACT, "healthcheck-can-fail").promise == "health.timing"
    assert result(seen.CONTRACT, "no-secrets-in-logs").promise == "env.required"


def test_a_tighter_contract_is_broken_by_the_same_observation() -> None:
    assert result(changed(limits={"size": "999B"}), "size-within-limit").outcome == "fail"
    assert result(changed(process={"user": 1002}), "user-is-numeric").outcome == "fail"
    assert result(changed(process={"stop_within": "0.1s"}), "stops-in-time").outcome == "fail"


@pytest.mark.parametrize(
    ("check", "sections", "named"),
    [
        ("stops-in-time", {"process": {"stop_within": "60s"}}, "process.stop_within"),
        ("runs-within-memory", {"limits": {"memory": "32MiB"}}, "limits.memory"),
        ("answers-as-promised", {"env": {"required": {"KEY": {"value": "1"}}}}, "env"),
        ("forbidden-paths-absent", {"filesystem": {"absent": ["**/*"]}}, "filesystem.absent"),
        ("reachable-from-outside", {"network": {"listen": [8000, 9000]}}, "network.listen"),
        ("no-secrets-in-layers", {"secrets": {"allowed": ["/etc/*"]}}, "secrets"),
        ("missing-variable-ends-start", {"env": {"fails_within": "1s"}}, "env.fails_within"),
        ("lock-edit-rebuilds-dependencies", {"cache": {"lock": "other.lock"}}, "cache.lock"),
    ],
)
def test_what_was_tried_with_something_else_is_not_judged(
    check: str, sections: dict[str, dict[str, Any]], named: str
) -> None:
    told = result(changed(**sections), check)
    assert told.outcome == "skip"
    assert f"another {named}" in told.reason


def test_a_hardened_run_is_not_believed_of_a_trial_that_had_none() -> None:
    before = changed(filesystem={"read_only": False})
    observation = seen.KEPT.model_copy(update={"tried": conditions(before)})
    assert result(seen.CONTRACT, "runs-read-only", observation).outcome == "skip"


def test_a_check_of_which_no_conditions_are_known_needs_all_to_be_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = changed(stamp={"path": "/other.json"})
    assert result(other, "user-is-numeric").outcome == "pass"
    monkeypatch.delitem(CONDITIONS, "user-is-numeric")
    assert result(other, "user-is-numeric").outcome == "skip"


def test_conditions_are_those_of_checks_and_fields_that_there_are() -> None:
    assert set(CONDITIONS) <= {one.name for one in all_checks()}
    named = {name for names in CONDITIONS.values() for name in names}
    assert named <= set(conditions(seen.CONTRACT))


def test_conditions_hold_no_value_of_a_secret() -> None:
    env = {"required": {"LEVEL": {"value": "hush", "secret": True}}}
    request = {"path": "/work", "headers": {"Authorization": "Bearer hush"}}
    told = seen.CONTRACT.model_dump(exclude_unset=True) | {"env": env, "request": [request]}
    assert "hush" not in json.dumps(conditions(Contract.model_validate(told)))


def test_a_kept_contract_is_told_as_json(
    observation: Path, contract: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    verdict(observation, contract, strict=True)
    told = Report.model_validate_json(capsys.readouterr().out)
    assert told.count("pass") == len(told.results) == 2


def test_a_broken_contract_ends_with_1_and_leaves_its_report(
    observation: Path, contract: Path, tmp_path: Path
) -> None:
    contract.write_text(PROMISE.format(size="999B"))
    path = tmp_path / "out" / "report.xml"
    with pytest.raises(ContractBrokenError, match="tug:1 does not keep") as caught:
        verdict(observation, contract, report=str(path))
    assert caught.value.exit_code == 1
    assert caught.value.found == "size-within-limit"
    assert 'failures="1"' in path.read_text()


def test_an_unknown_ending_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    with pytest.raises(ConfigurationError, match=r"report\.pdf has no ending"):
        verdict(tmp_path / "nowhere", tmp_path / "nowhere", report=str(path))
    assert not path.exists()


def other_schema(path: Path) -> None:
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "schema_version": 7, "new": 1}))


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def huge(path: Path) -> None:
    os.truncate(path, LARGEST + 1)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def without_its_image(path: Path) -> None:
    told = json.loads(path.read_text())
    del told["image"]
    path.write_text(json.dumps(told))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (other_schema, "no observation that this seatrial can judge"),
        (cut_short, "not valid JSON, or not all of it"),
        (huge, "too large for an observation"),
        (a_folder, "cannot be read"),
        (a_pipe, "cannot be read"),
        (without_its_image, "a malformed observation"),
        (Path.unlink, "cannot be read"),
        (lambda path: path.write_text("[]"), "no observation that this seatrial can judge"),
        (lambda path: path.write_text("[" * 100_000), "not valid JSON, or not all of it"),
        (lambda path: path.write_bytes(b'{"schema_version": "\xff"}'), "not valid JSON"),
    ],
)
def test_a_spoilt_observation_is_explained(
    spoil: Callable[[Path], object], words: str, observation: Path, contract: Path
) -> None:
    spoil(observation)
    with pytest.raises(ConfigurationError, match=words) as caught:
        verdict(observation, contract)
    assert caught.value.exit_code == 2
    assert str(observation) in caught.value.message


def test_the_verb_needs_no_engine(observation: Path, contract: Path) -> None:
    words = ["judge", str(observation), "--contract", str(contract), "--strict"]
    env = {**os.environ, "DOCKER_HOST": "unix:///nowhere.sock", "PATH": "/nowhere"}
    done = subprocess.run(
        [sys.executable, "-m", "invoke", *words],
        cwd=ROOT,
        env=env,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "contract kept: 2 passed" in done.stdout


def test_pytest_writes_every_report_of_a_trial(tmp_path: Path, contract: Path) -> None:
    judged = Judged(contract, seen.CONTRACT, tmp_path, TRIED, judge(seen.CONTRACT, TRIED), True)
    trial_reports.pytest_trial_judged(judged)
    written = {path.name for path in tmp_path.glob("report.*")}
    assert written == {"report.xml", "report.sarif", "report.md", "report.html"}


def test_pytest_knows_both_plugins() -> None:
    names = {point.name: point.value for point in entry_points(group="pytest11")}
    assert names["seatrial"] == "seatrial.verify.plugin"
    assert names["seatrial-reports"] == "seatrial.trial_reports"

"""The pytest plugin as far as it goes without an engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONTRACT = """\
image = "tug"
[process]
user = 1001
[network]
listen = [8000]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[tool.seatrial]\nname = "x"\n[tool.pytest]\n')
    (tmp_path / "tug").mkdir()
    (tmp_path / "tug" / "contract.toml").write_text(CONTRACT)
    return tmp_path


def run(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words],
        cwd=project,
        env={**os.environ, "DOCKER_HOST": f"unix://{project}/no.sock"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_item_is_a_check_and_its_node_names_file_image_and_check(project: Path) -> None:
    done = run(project, "--collect-only", "-q")
    assert done.stdout.splitlines()[:4] == [
        "tug/contract.toml::tug::runs-as-promised-user",
        "tug/contract.toml::tug::user-is-numeric",
        "tug/contract.toml::tug::listens-as-promised",
        "tug/contract.toml::tug::reachable-from-outside",
    ]


def test_checks_can_be_chosen_by_their_family(project: Path) -> None:
    done = run(project, "--collect-only", "-q", "-m", "trial_identity")
    assert "listens-as-promised" not in done.stdout
    assert "user-is-numeric" in done.stdout


def test_what_cannot_be_built_is_not_tried_and_the_code_is_that_of_the_build(project: Path) -> None:
    done = run(project, "--trial-build")
    assert done.returncode == 3
    assert "no engine answers" in done.stdout + done.stderr
    assert "trying" not in done.stdout


def test_a_session_that_only_collects_builds_nothing(project: Path) -> None:
    assert run(project, "--trial-build", "--collect-only").returncode == 0


def test_without_a_build_record_it_says_what_to_do_and_ends_with_2(project: Path) -> None:
    done = run(project)
    assert done.returncode == 2
    assert "invoke build-prod first" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_an_image_that_no_contract_is_about_is_refused_with_the_nearest_name(project: Path) -> None:
    done = run(project, "--trial-ref", "tugg=tug:1")
    assert done.returncode == 2
    assert "did you mean tug?" in done.stdout + done.stderr


def test_without_a_project_the_contract_names_the_image_and_an_engine_is_asked(
    project: Path,
) -> None:
    (project / "pyproject.toml").unlink()
    done = run(project)
    assert done.returncode == 3
    assert "no engine answers" in done.stdout + done.stderr
    assert "build-prod" not in done.stdout + done.stderr


def test_a_malformed_project_is_told_and_not_taken_for_none(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.seatrial]\nname = "x"\nbake_fil = "x"\n')
    done = run(project, "--trial-ref", "tug=tug:1")
    assert done.returncode == 2
    assert "did you mean bake_file?" in done.stdout + done.stderr


def test_a_name_without_an_image_is_told_apart_from_a_wrong_name(project: Path) -> None:
    done = run(project, "--trial-ref", "tug")
    assert done.returncode == 2
    assert "it names no image to try" in done.stdout + done.stderr
    assert "did you mean" not in done.stdout + done.stderr


def test_two_contracts_of_one_name_would_write_over_each_other(project: Path) -> None:
    (project / "other").mkdir()
    (project / "other" / "contract.toml").write_text(CONTRACT)
    done = run(project, "--trial-ref", "tug=tug:1")
    assert done.returncode == 2
    assert "two contracts are of an image tug" in done.stdout + done.stderr
    assert "other/contract.toml and tug/contract.toml" in done.stdout + done.stderr


def test_without_an_engine_it_ends_with_3(project: Path) -> None:
    done = run(project, "--trial-ref", "tug=tug:1")
    assert done.returncode == 3
    assert "no engine answers" in done.stdout + done.stderr


def test_an_invalid_contract_is_told_by_line_and_ends_with_2(project: Path) -> None:
    (project / "tug" / "contract.toml").write_text('image = "tug"\nprocess.usr = 1\n')
    done = run(project)
    assert done.returncode == 2
    assert "contract.toml:2: process.usr: there is no such field" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_malformed_build_record_is_told(project: Path) -> None:
    (project / "dist").mkdir()
    (project / "dist" / "build.json").write_text("{}")
    done = run(project)
    assert done.returncode == 2
    assert "is not a build record" in done.stdout + done.stderr


def test_a_session_without_contracts_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text("def test_a(): pass\n")
    done = run(tmp_path)
    assert done.returncode == 0
    assert "trials" not in done.stdout
    assert "trying" not in done.stdout


def test_the_plugins_import_nothing_heavy_by_themselves() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import seatrial.verify.plugin; "
        "import seatrial.trial_build, seatrial.trial_database, seatrial.trial_reports; "
        "import seatrial.trial_logbook; "
        "heavy = {'psycopg', 'pydantic', 'rich', 'python_on_whales'}; "
        "print(sorted(heavy & (set(sys.modules) - before)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"

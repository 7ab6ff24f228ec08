"""What doctor says of things that are amiss, with a client that answers as told."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from unit.fakes import FakeDocker, image_facts, make_docker

from seatrial.catalog import Project
from seatrial.doctor import examine
from seatrial.engine.about import About, read_about
from seatrial.engine.client import Engine
from seatrial.errors import ConfigurationError, DatabaseUnreachableError, SeatrialError
from seatrial.model.diagnosis import Diagnosis, Row
from seatrial.model.settings import Settings
from seatrial.recipes import stand_in_tag
from seatrial.report.diagnosis_view import print_diagnosis

ABOUT = About(
    client="28.5",
    server="28.5.2",
    platform="linux/amd64",
    buildx="0.29.1",
    compose="2.40.3",
    store="containerd",
    root="/var/lib/docker",
)


class Usage(NamedTuple):
    free: int


@pytest.fixture
def docker(tmp_path: Path) -> FakeDocker:
    made = make_docker(tmp_path / "bin")
    made.answer("imagetools inspect", "{}")
    return made


@pytest.fixture
def project(tmp_path: Path) -> Project:
    make = tmp_path / "bases/python/make"
    make.parent.mkdir(parents=True)
    make.write_text("#!/bin/sh\n")
    make.chmod(0o755)
    return Project(tmp_path, Settings(name="toy", stand_ins={"python:3": "bases/python"}))


def rows(
    project: Project, engine: Engine | None, about: About | None = ABOUT, **looks: Any
) -> dict[str, Row]:
    given = {
        "references": lambda: ["python:3"],
        "ca_bundle": lambda: None,
        "database": lambda: ("127.0.0.1:1", "172.17.0.1:1"),
        **looks,
    }
    found = examine(project, engine, about, **given).rows
    assert len({row.name for row in found}) == len(found)
    return {row.name: row for row in found}


def with_bases(project: Project, policy: str) -> Project:
    settings = project.settings.model_copy(update={"bases": policy})
    return Project(project.root, settings)


def fails(error: SeatrialError) -> Any:
    def look() -> None:
        raise error

    return look


def test_where_all_is_well_every_row_is_ok(docker: FakeDocker, project: Project) -> None:
    found = rows(project, docker.engine)
    assert list(found) == [
        "engine",
        "buildx",
        "Compose",
        "registry",
        "bases",
        "CA bundle",
        "Postgres",
        "disk",
        "versions",
    ]
    assert {row.state for row in found.values()} == {"ok"}
    assert "28.5.2" in found["engine"].found
    assert "registry (auto)" in found["bases"].found
    assert "seatrial" in found["versions"].found


@pytest.mark.parametrize("away", ["not found", "does not answer"])
def test_without_an_engine_the_rest_is_looked_at_all_the_same(
    docker: FakeDocker, project: Project, away: str
) -> None:
    silent = About(None, None, "?/?", None, None, "unknown", "")
    found = rows(project, *((None, None) if away == "not found" else (docker.engine, silent)))
    assert found["engine"].state == "missing"
    assert "scripts/engine up" in (found["engine"].hint or "")
    assert list(found) == ["engine", "CA bundle", "Postgres", "disk", "versions"]
    assert not Diagnosis(rows=tuple(found.values())).has_engine


def test_a_missing_plugin_is_missing_and_says_what_to_install(
    docker: FakeDocker, project: Project
) -> None:
    about = About(**{**vars(ABOUT), "buildx": None, "compose": None})
    found = rows(project, docker.engine, about)
    assert (found["buildx"].state, found["Compose"].state) == ("missing", "missing")
    assert "docker-buildx" in (found["buildx"].hint or "")


def test_a_registry_out_of_reach_is_a_warning_while_stand_ins_are_there(
    docker: FakeDocker, project: Project
) -> None:
    tag = stand_in_tag("python:3", project.root / "bases/python")
    docker.answer("imagetools inspect", err="ERROR: no such host", code=1)
    docker.answer("image inspect", [image_facts(tag)])
    found = rows(project, docker.engine)
    assert (found["registry"].state, found["registry"].found) == ("warning", "no such host")
    assert found["bases"].state == "warning"
    assert "stand-in (auto); all 1 built" in found["bases"].found


def test_stand_ins_that_are_not_built_are_missing(docker: FakeDocker, project: Project) -> None:
    docker.answer("image inspect", err="No such image: x", code=1)
    found = rows(with_bases(project, "stand-in"), docker.engine)
    assert found["bases"].state == "missing"
    assert "1 of 1 stand-ins are not built" in found["bases"].found
    assert found["bases"].hint == "invoke bases"


def test_a_registry_that_was_asked_for_and_is_away_says_that_builds_fail(
    docker: FakeDocker, project: Project
) -> None:
    docker.answer("imagetools inspect", err="ERROR: no such host", code=1)
    found = rows(with_bases(project, "registry"), docker.engine)
    assert "a build will fail" in (found["registry"].hint or "")


def test_a_recipe_that_is_gone_is_a_row_and_not_the_end_of_doctor(
    docker: FakeDocker, project: Project
) -> None:
    shutil.rmtree(project.root / "bases")
    found = rows(with_bases(project, "stand-in"), docker.engine)
    assert found["bases"].state == "missing"
    assert "has no recipe" in found["bases"].found
    assert "disk" in found


def test_an_unreadable_bake_file_is_a_row(docker: FakeDocker, project: Project) -> None:
    error = ConfigurationError("there is no bake file at x", hint="set it")
    found = rows(project, docker.engine, references=fails(error))
    assert found["bases"].found == "there is no bake file at x"
    assert found["bases"].hint == "set it"


def test_a_ca_bundle_or_none_is_told_and_one_that_is_gone_is_a_warning(
    docker: FakeDocker, project: Project
) -> None:
    found = rows(project, docker.engine, ca_bundle=lambda: "/ca.pem")
    assert "/ca.pem" in found["CA bundle"].found
    gone = rows(project, docker.engine, ca_bundle=fails(ConfigurationError("there is no bundle")))
    assert (gone["CA bundle"].state, gone["CA bundle"].found) == ("warning", "there is no bundle")


def test_a_database_that_is_away_is_a_warning_with_its_remedy(
    docker: FakeDocker, project: Project
) -> None:
    away = DatabaseUnreachableError("no database is set up")
    row = rows(project, docker.engine, database=fails(away))["Postgres"]
    assert (row.state, row.found) == ("warning", "no database is set up")
    assert row.hint == "invoke postgres-up"


def test_a_database_is_told_where_it_answers(docker: FakeDocker, project: Project) -> None:
    row = rows(project, docker.engine)["Postgres"]
    assert (row.state, row.found) == ("ok", "answers at 127.0.0.1:1 and 172.17.0.1:1")


@pytest.mark.parametrize(("gibibytes", "state"), [(6.0, "ok"), (4.0, "warning"), (0.5, "missing")])
def test_a_disk_that_fills_up_is_told_in_time(
    docker: FakeDocker,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    gibibytes: float,
    state: str,
) -> None:
    usage = Usage(int(gibibytes * 1024**3))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    assert rows(project, docker.engine)["disk"].state == state


def test_a_long_complaint_is_cut(docker: FakeDocker, project: Project) -> None:
    docker.answer("imagetools inspect", err="ERROR: " + "x" * 500, code=1)
    docker.answer("image inspect", "[]")
    assert len(rows(project, docker.engine)["registry"].found) < 100


def test_what_an_engine_says_of_itself_is_read(docker: FakeDocker) -> None:
    server = {"Version": "28.5.2", "Os": "linux", "Arch": "amd64"}
    docker.answer("version --format", {"Client": {"Version": "28.5"}, "Server": server})
    status = [["driver-type", "io.containerd.snapshotter.v1"]]
    info = {"Driver": "overlayfs", "DriverStatus": status, "DockerRootDir": "/var/lib/docker"}
    docker.answer("info", info)
    docker.answer("buildx version", "github.com/docker/buildx 0.29.1 abc\n")
    docker.answer("compose version", "2.40.3\n")
    assert read_about(docker.engine) == ABOUT


def test_an_engine_that_says_nothing_sensible_is_unknown(docker: FakeDocker) -> None:
    docker.answer("version --format", "{", err="Cannot connect", code=1)
    docker.answer("info", "[]")
    docker.answer("buildx version", err="unknown command", code=1)
    about = read_about(docker.engine)
    assert (about.server, about.buildx, about.compose, about.store) == (None, None, None, "unknown")


def test_the_table_shows_brackets_and_every_state(capsys: pytest.CaptureFixture[str]) -> None:
    made = (
        Row(name="one", state="ok", found="[::1]:53"),
        Row(name="two", state="warning", found="[red]x", hint="[b] mend"),
        Row(name="three", state="missing", found="none"),
    )
    print_diagnosis(Diagnosis(rows=made))
    text = capsys.readouterr().out
    for words in ("[::1]:53", "[red]x", "[b] mend", "✓ ok", "! warning", "✗ missing"):
        assert words in text
    assert "\x1b" not in text

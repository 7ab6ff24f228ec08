"""What a plan stands on, and what is said early of what is missing."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from toys import Toy, make_toy
from unit.fakes import FakeDocker, make_docker, printed

from seatrial.build.ground import (
    ca_bundle,
    check_sources,
    read_all_bases,
    read_bake,
    read_ground,
    read_stamp,
    stand_in_tags,
)
from seatrial.catalog import Project, read_project
from seatrial.errors import ConfigurationError
from seatrial.git import read_git

PRINT = "bake --file docker-bake.hcl --print"


@pytest.fixture
def docker(tmp_path: Path) -> FakeDocker:
    made = make_docker(tmp_path / "bin")
    made.answer(PRINT, printed("one", "two"))
    return made


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    root = tmp_path / "toy"
    root.mkdir()
    made = make_toy(root, "toy")
    for name in ("one", "two"):
        made.image(name, "FROM scratch\nCOPY data /data\n")
    made.commit()
    return made


@pytest.fixture
def project(toy: Toy) -> Project:
    return read_project(toy.root, {})


def refused(project: Project, said: dict[str, Any], name: str = "one") -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        check_sources(project, said, [name])
    return caught.value


# ---- the bake file


def test_bake_is_asked_once_while_nothing_changes(project: Project, docker: FakeDocker) -> None:
    first = read_bake(project, docker.engine.client)
    assert read_bake(project, docker.engine.client) == first
    assert first == printed("one", "two")
    assert len(docker.calls) == 1


def test_a_changed_bake_file_is_read_anew(toy: Toy, project: Project, docker: FakeDocker) -> None:
    read_bake(project, docker.engine.client)
    path = toy.root / "docker-bake.hcl"
    path.write_text(path.read_text() + "# changed\n")
    read_bake(project, docker.engine.client)
    assert len(docker.calls) == 2


def test_a_variable_that_the_bake_file_declares_is_looked_at_and_no_other(
    toy: Toy, project: Project, docker: FakeDocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = toy.root / "docker-bake.hcl"
    path.write_text('variable "WHO" { default = "" }\n' + path.read_text())
    for name, value in (("WHO", "a"), ("WHO", "b"), ("ELSE", "c")):
        monkeypatch.setenv(name, value)
        read_bake(project, docker.engine.client)
    assert len(docker.calls) == 2


@pytest.mark.parametrize("content", ["", "{", "\0"])
def test_a_garbled_answer_of_the_last_run_is_asked_for_again(
    project: Project, docker: FakeDocker, content: str
) -> None:
    read_bake(project, docker.engine.client)
    (kept,) = project.state.glob("bake-*.json")
    kept.write_text(content)
    assert read_bake(project, docker.engine.client) == printed("one", "two")


def test_a_missing_bake_file_is_named_with_its_setting(
    toy: Toy, project: Project, docker: FakeDocker
) -> None:
    (toy.root / "docker-bake.hcl").unlink()
    with pytest.raises(ConfigurationError, match=r"no bake file at docker-bake\.hcl") as caught:
        read_bake(project, docker.engine.client)
    assert "bake_file" in (caught.value.hint or "")


def test_a_bake_file_that_bake_does_not_understand_shows_bakes_words(
    project: Project, docker: FakeDocker
) -> None:
    said = "#1 [internal] load\n\ndocker-bake.hcl:3\nERROR: docker-bake.hcl:3,1-2: Invalid block\n"
    docker.answer(PRINT, err=said, code=1)
    with pytest.raises(ConfigurationError, match=r"docker-bake\.hcl cannot be read") as caught:
        read_bake(project, docker.engine.client)
    assert caught.value.detail[-1] == "ERROR: docker-bake.hcl:3,1-2: Invalid block"
    assert not any(line.startswith("#") for line in caught.value.detail)


def test_a_bake_file_without_a_target_is_refused(project: Project, docker: FakeDocker) -> None:
    docker.answer(PRINT, {"group": {"default": {"targets": []}}, "target": {}})
    with pytest.raises(ConfigurationError, match="no target in its default group"):
        read_bake(project, docker.engine.client)


def test_what_is_kept_of_the_bake_file_is_what_bake_printed(
    project: Project, docker: FakeDocker
) -> None:
    read_bake(project, docker.engine.client)
    (kept,) = project.state.glob("bake-*.json")
    assert json.loads(kept.read_text()) == printed("one", "two")


# ---- what would be missed halfway


def test_sources_that_are_all_there_are_no_complaint(project: Project) -> None:
    check_sources(project, printed("one", "two"), ["one", "two"])


def test_a_missing_context_is_named(project: Project) -> None:
    error = refused(project, printed("one", one={"context": "nowhere"}))
    assert error.message == "one: there is no build context at nowhere"
    assert "docker-bake.hcl" in (error.hint or "")


def test_a_missing_dockerfile_is_named(project: Project) -> None:
    error = refused(project, printed("one", one={"dockerfile": "../docker/Dockerfile"}))
    assert error.message == "one: there is no Dockerfile at docker/Dockerfile"


def test_a_missing_lock_is_named_with_what_makes_it(toy: Toy, project: Project) -> None:
    toy.write("one/Dockerfile", "FROM scratch\nCOPY bun.lock /\n")
    error = refused(project, printed("one"))
    assert error.message == "one: one/bun.lock is missing"
    assert "bun install" in (error.hint or "")


def test_only_what_is_built_must_be_there(toy: Toy, project: Project) -> None:
    shutil.rmtree(toy.root / "two")
    check_sources(project, printed("one", "two"), ["one"])


@pytest.mark.parametrize("context", ["https://host.example/x.git", "git@host.example:x.git"])
def test_a_context_elsewhere_is_left_to_buildkit(project: Project, context: str) -> None:
    said = printed("one", "two", one={"context": context})
    check_sources(project, said, ["one"])
    assert list(read_all_bases(project, said)) == ["two"]


def test_a_dockerfile_within_the_bake_file_is_read_there(project: Project) -> None:
    said = printed("one", one={"dockerfile": "none", "dockerfile-inline": "FROM scratch\nFROM a:1"})
    check_sources(project, said, ["one"])
    (base,) = read_all_bases(project, said)["one"]
    assert (base.reference, base.dockerfile, base.line) == ("a:1", "docker-bake.hcl (one)", 2)


class Usage(NamedTuple):
    free: int


def test_a_full_disk_is_told_before_the_build(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(100 * 2**20))
    error = refused(project, printed("one"))
    assert error.message == "the disk is nearly full"
    assert "100 MiB free" in (error.found or "")


# ---- bases, stand-ins, stamp, secret


def test_bases_are_read_with_the_targets_own_contexts_and_arguments(
    toy: Toy, project: Project
) -> None:
    toy.write("one/Dockerfile", "ARG V=1\nFROM a:$V\nCOPY --from=version x y\n")
    target = {"contexts": {"version": "unstamped"}, "args": {"V": "2"}}
    found = read_all_bases(project, printed("one", "two", one=target))
    assert [base.reference for base in found["one"]] == ["a:2"]
    assert found["one"][0].dockerfile == "one/Dockerfile"
    assert found["two"] == ()


def test_every_configured_stand_in_has_its_tag(toy: Toy) -> None:
    settings = toy.root / "pyproject.toml"
    table = '[tool.seatrial.stand_ins]\n"a:1" = "recipes/a"\n'
    settings.write_text(settings.read_text() + table)
    toy.write("recipes/a/make", "#!/bin/sh\n").chmod(0o755)
    (tag,) = stand_in_tags(read_project(toy.root, {})).values()
    assert tag.startswith("seatrial.local/a:1-")


def test_the_stamp_has_the_hash_of_every_images_lock(toy: Toy, project: Project) -> None:
    toy.write("one/uv.lock", "of one")
    toy.write("two/bun.lock", "of two")
    stamp = read_stamp(project, printed("one", "two"), read_git(toy.root), now=1.0)
    assert stamp.uv_lock_sha == {"one": hashlib.sha256(b"of one").hexdigest()}
    assert stamp.bun_lock_sha == {"two": hashlib.sha256(b"of two").hexdigest()}
    assert stamp.dirty
    assert stamp.built_at == "1970-01-01T00:00:01Z"


def bundle(toy: Toy, setting: str, **environ: str) -> str | None:
    path = toy.root / "pyproject.toml"
    path.write_text(path.read_text() + f'ca_bundle = "{setting}"\n')
    return ca_bundle(read_project(toy.root, {}), environ)


def test_auto_takes_the_bundle_that_the_environment_names(toy: Toy) -> None:
    path = str(toy.write("ca.pem", ""))
    assert bundle(toy, "auto", SSL_CERT_FILE=path) == path


@pytest.mark.parametrize("environ", [{}, {"SSL_CERT_FILE": ""}, {"SSL_CERT_FILE": "/nowhere"}])
def test_auto_takes_none_where_none_is_named_or_there(toy: Toy, environ: dict[str, str]) -> None:
    assert bundle(toy, "auto", **environ) is None


def test_none_means_none_whatever_the_environment_names(toy: Toy) -> None:
    assert bundle(toy, "none", SSL_CERT_FILE=str(toy.write("ca.pem", ""))) is None


def test_a_bundle_by_its_path_must_be_there(toy: Toy) -> None:
    with pytest.raises(ConfigurationError, match=r"no CA bundle at certs/ca\.pem"):
        bundle(toy, "certs/ca.pem")
    path = toy.write("certs/ca.pem", "")
    assert ca_bundle(read_project(toy.root, {}), {}) == str(path)


def test_stand_ins_are_part_of_the_ground_only_where_they_are_used(toy: Toy) -> None:
    settings = toy.root / "pyproject.toml"
    table = '[tool.seatrial.stand_ins]\n"a:1" = "recipes/a"\n'
    settings.write_text(settings.read_text() + table)
    project, facts = read_project(toy.root, {}), read_git(toy.root)
    ground = read_ground(project, printed("one", "two"), "registry", facts)
    assert (ground.recipes, ground.stand_ins) == ({}, {})
    assert ground.version_context == "dist"
    with pytest.raises(ConfigurationError, match="has no recipe"):
        read_ground(project, printed("one", "two"), "stand-in", facts)

"""What the engine holds, read from a client's answers."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from unit.fakes import FakeDocker, image_facts, make_docker

from seatrial.engine import images
from seatrial.engine.images import (
    inspect_images,
    registry_answers,
    remove_images,
    stand_ins_held,
)
from seatrial.errors import NoEngineError

MISSING = "Error response from daemon: No such image: b:1"


@pytest.fixture
def docker(tmp_path: Path) -> FakeDocker:
    return make_docker(tmp_path)


def test_images_that_are_there_are_told_and_the_others_left_out(docker: FakeDocker) -> None:
    docker.answer("image inspect", [image_facts("a:1", x="y")], err=MISSING, code=1)
    found = inspect_images(docker.engine, ["a:1", "b:1"])
    assert list(found) == ["a:1"]
    assert (found["a:1"].size, found["a:1"].labels) == (7, {"x": "y"})
    assert docker.calls == ["image inspect a:1 b:1"]


def test_an_image_is_found_by_its_id_as_well(docker: FakeDocker) -> None:
    docker.answer("image inspect", [image_facts("a:1", identity="sha256:bb")])
    assert list(inspect_images(docker.engine, ["sha256:bb", "a:1"])) == ["sha256:bb", "a:1"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("docker.io/acme/api:1", "acme/api:1"),
        ("docker.io/library/api:1", "api:1"),
        ("api", "api:latest"),
        ("localhost:5000/api", "localhost:5000/api:latest"),
    ],
)
def test_an_image_is_found_by_the_name_it_was_asked_by(
    docker: FakeDocker, asked: str, told: str
) -> None:
    docker.answer("image inspect", [image_facts(told)])
    assert list(inspect_images(docker.engine, [asked])) == [asked]


def test_nothing_asked_for_asks_nobody(docker: FakeDocker) -> None:
    assert inspect_images(docker.engine, []) == {}
    remove_images(docker.engine, [])
    assert docker.calls == []


def test_an_engine_that_went_away_is_told_from_a_missing_image(docker: FakeDocker) -> None:
    docker.answer("image inspect", err="Cannot connect to the Docker daemon", code=1)
    with pytest.raises(NoEngineError) as caught:
        inspect_images(docker.engine, ["a:1"])
    assert caught.value.found == "Cannot connect to the Docker daemon"


def test_an_image_without_config_or_tags_is_no_surprise(docker: FakeDocker) -> None:
    docker.answer("image inspect", [{"Id": "sha256:cc", "RepoTags": None, "Config": None}])
    image = inspect_images(docker.engine, ["sha256:cc"])["sha256:cc"]
    assert (image.tags, image.size, image.labels) == ((), 0, {})


def rows(*names: str) -> str:
    pairs = (name.rsplit(":", 1) for name in names)
    return "\n".join(f'{{"Repository": "{first}", "Tag": "{last}"}}' for first, last in pairs)


def test_stand_ins_are_asked_for_by_label_and_name(docker: FakeDocker) -> None:
    others = ("acme-api:latest", "<none>:<none>", "seatrial.local/a:<none>")
    longer = ("seatrial.local/a/b:1-aa", "seatrial.local/ab:1-aa")
    docker.answer("image ls", rows("seatrial.local/a:1-aa", *others, *longer))
    assert stand_ins_held(docker.engine, "seatrial.local/a") == ["seatrial.local/a:1-aa"]
    assert "--filter label=seatrial.stand-in" in docker.calls[0]


def test_an_image_that_cannot_be_removed_is_an_error_in_words(docker: FakeDocker) -> None:
    docker.answer("image rm", err="conflict: in use", code=1)
    with pytest.raises(NoEngineError) as caught:
        remove_images(docker.engine, ["a:1"])
    assert caught.value.found == "conflict: in use"


def test_a_registry_that_has_every_base_is_no_complaint(docker: FakeDocker) -> None:
    docker.answer("imagetools inspect", "{}")
    assert registry_answers(docker.engine, ["a:1", "b:1"]) is None
    assert len(docker.calls) == 2


def test_the_first_base_that_no_registry_gives_is_the_complaint(docker: FakeDocker) -> None:
    docker.answer("imagetools inspect", err="warning\nERROR: a:1: no such host\n", code=1)
    assert registry_answers(docker.engine, ["a:1", "b:1"]) == "ERROR: a:1: no such host"
    assert len(docker.calls) == 1


def test_a_refusal_without_words_names_the_base(docker: FakeDocker) -> None:
    docker.answer("imagetools inspect", code=1)
    assert registry_answers(docker.engine, ["a:1"]) == "a:1 was refused"


def test_a_registry_that_never_answers_is_not_waited_for(
    docker: FakeDocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    (docker.folder / "docker").write_text("#!/bin/sh\nexec sleep 60\n")
    monkeypatch.setattr(images, "REGISTRY_SECONDS", 0.3)
    began = time.monotonic()
    assert "no answer for a:1" in (registry_answers(docker.engine, ["a:1"]) or "")
    assert time.monotonic() - began < 5

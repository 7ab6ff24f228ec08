"""What is in an image, as far as it goes without an engine; syft is a script that a test writes."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from unit.fakes import FakeDocker, make_docker

from seatrial import syft
from seatrial.errors import ConfigurationError, SeatrialError
from seatrial.syft import normalised, sbom_of

DIGEST = "sha256:" + "ab" * 32
TIME = "2026-01-02T03:04:05Z"
FOUND = {
    "bomFormat": "CycloneDX",
    "serialNumber": "urn:uuid:1",
    "metadata": {"timestamp": "2030-01-01T00:00:00Z", "component": {"name": "tug"}},
    "components": [
        {"type": "library", "name": "zlib", "version": "1", "bom-ref": "z"},
        {"type": "library", "name": "bash", "version": "2", "bom-ref": "b"},
        {"type": "library", "name": "bash", "version": "1", "bom-ref": "a"},
        {"type": "application", "name": "zsh", "version": "1", "bom-ref": "y"},
    ],
    "dependencies": [{"ref": "z", "dependsOn": ["b", "a"]}, {"ref": "a"}],
}


@pytest.fixture
def docker(tmp_path: Path) -> FakeDocker:
    made = make_docker(tmp_path / "bin")
    made.answer("image save", "")
    return made


def fake_syft(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = folder / "bin" / "syft"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(syft, "_program", lambda: str(program))


def writes(document: Any, also: str = "") -> str:
    """A syft that writes a document where its last word says."""
    text = shlex.quote(json.dumps(document))
    return f'for last; do :; done; printf %s {text} >"${{last#*=}}"; {also}'


def test_a_document_tells_of_the_image_and_not_of_when_somebody_looked() -> None:
    later = {**FOUND, "serialNumber": "urn:uuid:2", "metadata": {"timestamp": "x", "component": {}}}
    one, other = normalised(FOUND, DIGEST, TIME), normalised(later, DIGEST, TIME)
    assert one["serialNumber"] == other["serialNumber"] != FOUND["serialNumber"]
    assert one["metadata"] == {"timestamp": TIME, "component": {"name": "tug"}}
    assert normalised(FOUND, "sha256:other", TIME)["serialNumber"] != one["serialNumber"]


def test_components_and_dependencies_have_one_order() -> None:
    found = normalised(FOUND, DIGEST, TIME)
    named = [(c["type"], c["name"], c["version"]) for c in found["components"]]
    assert named == sorted(named)
    assert len(named) == 4
    assert found["dependencies"] == [{"ref": "a"}, {"ref": "z", "dependsOn": ["a", "b"]}]
    assert normalised(found, DIGEST, TIME) == found


def test_the_image_is_saved_by_its_digest_and_handed_to_syft_by_its_name(
    docker: FakeDocker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "said"
    fake_syft(tmp_path, monkeypatch, f'echo "$@" $SYFT_QUIET >{said}; ' + writes(FOUND))
    monkeypatch.setenv("SYFT_QUIET", "of-the-user")
    found = sbom_of(docker.engine, DIGEST, "tug", TIME)
    assert found["metadata"]["timestamp"] == TIME
    (call,) = docker.calls
    assert call.startswith("image save --output ")
    assert call.endswith(DIGEST)
    assert f"--source-name tug --source-version {DIGEST}" in said.read_text()
    assert "of-the-user" not in said.read_text()


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo no layers >&2; exit 1", "no layers"),
        (writes({"bomFormat": "SPDX"}), "could not read tug"),
        ('for last; do :; done; echo "{" >"${last#*=}"', "is no JSON"),
        ("true", "cannot be run"),
    ],
)
def test_a_syft_that_fails_is_told_in_its_own_words(
    docker: FakeDocker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, told: str
) -> None:
    fake_syft(tmp_path, monkeypatch, script)
    with pytest.raises(SeatrialError) as caught:
        sbom_of(docker.engine, DIGEST, "tug", TIME)
    assert told in "\n".join(caught.value.lines())


def test_an_engine_that_cannot_save_is_told(
    docker: FakeDocker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_syft(tmp_path, monkeypatch, writes(FOUND))
    docker.answer("image save", err="no space left on device\n", code=1)
    with pytest.raises(SeatrialError) as caught:
        sbom_of(docker.engine, DIGEST, "tug", TIME)
    assert caught.value.found == "no space left on device"


def test_a_missing_syft_ends_in_2_and_says_where_to_get_it(
    docker: FakeDocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda *_words, **_more: None)
    with pytest.raises(ConfigurationError, match="not installed") as caught:
        sbom_of(docker.engine, DIGEST, "tug", TIME)
    assert "seatrial[sbom]" in str(caught.value.hint)

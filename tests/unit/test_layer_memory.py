"""What layers hold is remembered, and forgotten when there is too much of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from seatrial.verify import layer_memory
from seatrial.verify.layer_memory import LayerMemory
from seatrial.verify.layers import LayerScan

SCAN = LayerScan(paths=("a", "b"))
BLOB, CONTENTS = "blobs/sha256/" + "1" * 64, "sha256:" + "2" * 64


def test_a_scan_is_recalled_by_its_blob_and_by_its_contents(tmp_path: Path) -> None:
    memory = LayerMemory(LayerScan, ["/app/version.json"], tmp_path)
    assert memory.recall(BLOB) is None
    memory.remember(BLOB, SCAN)
    memory.link(BLOB, CONTENTS)
    again = LayerMemory(LayerScan, ["/app/version.json"], tmp_path)
    assert again.recall(BLOB) == SCAN
    assert again.recall_all([CONTENTS, CONTENTS]) == [SCAN, SCAN]


def test_a_blob_is_known_by_its_contents(tmp_path: Path) -> None:
    memory = LayerMemory(LayerScan, [], tmp_path)
    memory.remember(BLOB, SCAN)
    assert not memory.is_one_of(BLOB, [CONTENTS])
    memory.link(BLOB, CONTENTS)
    assert memory.is_one_of(BLOB, ["sha256:3", CONTENTS])


def test_all_are_recalled_or_none(tmp_path: Path) -> None:
    memory = LayerMemory(LayerScan, [], tmp_path)
    memory.remember(BLOB, SCAN)
    assert memory.recall_all([BLOB, CONTENTS]) is None
    assert memory.recall_all([]) is None


def test_a_scan_that_kept_other_files_is_another(tmp_path: Path) -> None:
    LayerMemory(LayerScan, [], tmp_path).remember(BLOB, SCAN)
    assert LayerMemory(LayerScan, ["/app/version.json"], tmp_path).recall(BLOB) is None


def test_what_is_garbled_is_unknown(tmp_path: Path) -> None:
    memory = LayerMemory(LayerScan, [], tmp_path)
    memory.remember(BLOB, SCAN)
    for path in tmp_path.rglob("*.json"):
        path.write_text("{")
    assert memory.recall(BLOB) is None
    assert memory.recall_all([BLOB]) is None


def test_what_other_code_remembered_is_removed(tmp_path: Path) -> None:
    other = tmp_path / "seatrial" / "layers" / "older"
    other.mkdir(parents=True)
    LayerMemory(LayerScan, [], tmp_path).remember(BLOB, SCAN)
    assert not other.exists()


def test_the_oldest_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer_memory, "KEPT", 2)
    memory = LayerMemory(LayerScan, [], tmp_path)
    for name in "345":
        memory.remember(f"sha256:{name}", SCAN)
    memory.forget_oldest()
    assert len(list(tmp_path.rglob("*.json"))) == 2


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("")
    memory = LayerMemory(LayerScan, [], place)
    memory.remember(BLOB, SCAN)
    memory.link(BLOB, CONTENTS)
    memory.forget_oldest()
    assert memory.recall(BLOB) is None

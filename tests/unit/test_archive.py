"""Images as the engine saves them: every compression of layers, and what is damaged."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from packed import tarred, zstandard

from seatrial.engine import archive
from seatrial.engine.archive import read_archive
from seatrial.engine.client import Engine
from seatrial.errors import SeatrialError

ENGINE = Engine("docker", "unix:///none")


def saved(layer: bytes) -> bytes:
    """Return what `docker save` prints of an image with one layer."""
    files = {
        "blobs/sha256/1": layer,
        "blobs/sha256/2": json.dumps({"rootfs": {"diff_ids": ["sha256:3"]}}).encode(),
        "manifest.json": json.dumps(
            [{"Config": "blobs/sha256/2", "Layers": ["blobs/sha256/1"]}]
        ).encode(),
    }
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as image:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            image.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def read_all(_blob: str, layer: tarfile.TarFile) -> None:
    for member in layer:
        assert member.name


def save(monkeypatch: pytest.MonkeyPatch, layer: bytes) -> None:
    @contextmanager
    def streaming(*_words: Any) -> Iterator[Any]:
        yield SimpleNamespace(stdout=io.BytesIO(saved(layer)), stderr=io.BytesIO(b"a complaint"))

    monkeypatch.setattr(archive, "streaming", streaming)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard])
def test_a_layer_is_read_however_it_is_compressed(
    monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    save(monkeypatch, pack(tarred("app/a.py", b"x")))
    seen: list[tuple[str, list[str]]] = []
    told = read_archive(ENGINE, "tug:1", lambda name, one: seen.append((name, one.getnames())))
    assert seen == [("blobs/sha256/1", ["app/a.py"])]
    assert told.diff_ids == ("sha256:3",)


@pytest.mark.parametrize("pack", [gzip.compress, zstandard])
def test_a_damaged_layer_is_told(
    monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(tarred("app/a.py", bytes(range(256)) * 100))
    save(monkeypatch, packed[: len(packed) // 2])
    with pytest.raises(SeatrialError, match="the layers of tug:1 cannot be read: a complaint"):
        read_archive(ENGINE, "tug:1", read_all)

"""Reads an image's layers as the engine saves them: a stream, never wholly in memory or on disk."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from seatrial.engine.calls import streaming
from seatrial.engine.client import Engine
from seatrial.errors import SeatrialError
from seatrial.packing import DAMAGED_STREAM, plain

DOCUMENT_BYTES = 8 * 1024 * 1024
BLOBS = "blobs/sha256/"
HEAD_BYTES = 512


@dataclass(frozen=True)
class ArchivedImage:
    """What the archive says of an image.

    Attributes:
        config: The image's configuration document.
        layers: Digests of the layers' blobs as they are stored, from the bottom.
    """

    config: dict[str, Any]
    layers: tuple[str, ...]

    @property
    def diff_ids(self) -> tuple[str, ...]:
        """Digests of the layers' contents, from the bottom."""
        return tuple(self.config.get("rootfs", {}).get("diff_ids", ()))


def read_archive(
    engine: Engine, image: str, visit: Callable[[str, tarfile.TarFile], None]
) -> ArchivedImage:
    """Stream an image out of the engine; `visit` gets each layer's digest and its open archive.

    The layers come in no order; it is told by the result.

    Raises:
        SeatrialError: When the engine cannot save it, or a layer's form is not known.
    """
    documents: dict[str, Any] = {}
    with streaming(engine, "image", "save", image) as process:
        assert process.stdout is not None  # noqa: S101 - Popen was asked for pipes
        assert process.stderr is not None  # noqa: S101
        try:
            _read(process.stdout, documents, visit)
        except (tarfile.TarError, *DAMAGED_STREAM) as error:
            complaint = process.stderr.read(2000).decode("utf-8", "replace").strip()
            raise SeatrialError(
                f"the layers of {image} cannot be read: {complaint or error}"
            ) from error
    return _ordered(image, documents)


def _read(
    stream: IO[bytes], documents: dict[str, Any], visit: Callable[[str, tarfile.TarFile], None]
) -> None:
    with tarfile.open(fileobj=stream, mode="r|", errors="surrogateescape") as archive:
        for member in archive:
            blob = archive.extractfile(member) if member.isfile() else None
            if blob is None:
                continue
            if member.size <= DOCUMENT_BYTES and _first(blob) in {b"{", b"["}:
                documents[member.name] = json.loads(blob.read(DOCUMENT_BYTES))
            elif member.name.startswith(BLOBS) or member.name.endswith("layer.tar"):
                # tarfile's own decompression copies what is left at every read, and knows no zstd.
                layer = plain(blob.read(HEAD_BYTES), blob)
                with tarfile.open(fileobj=layer, mode="r|", errors="surrogateescape") as files:  # type: ignore[call-overload]
                    visit(member.name, files)


def _first(blob: IO[bytes]) -> bytes:
    # What tarfile gives for a member is a BufferedReader; its stub does not say so.
    return blob.peek(1)[:1] if isinstance(blob, io.BufferedReader) else b""


def _ordered(image: str, documents: dict[str, Any]) -> ArchivedImage:
    try:
        first = documents["manifest.json"][0]
        return ArchivedImage(documents[first["Config"]], tuple(first["Layers"]))
    except (KeyError, IndexError) as error:
        raise SeatrialError(f"the archive of {image} has no manifest that can be read") from error

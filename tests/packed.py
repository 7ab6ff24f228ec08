"""Packs bytes in every way that a trial looks into."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Not real, but of the form that such a token has; put together so that no scanner finds it here.
TOKEN = "gh" + "p_" + "Z9y8X7w6V5u4T3s2R1q0P9o8N7m6L5k4J3i2"


def tarred(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def zipped(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


def zstandard(data: bytes) -> bytes:
    return zstd.compress(data)


def loose_object(data: bytes) -> tuple[str, bytes]:
    """Return a git blob's path in its repository, and the file."""
    content = b"blob %d\0" % len(data) + data
    name = hashlib.sha1(content).hexdigest()
    return f"objects/{name[:2]}/{name[2:]}", zlib.compress(content)


def committed(folder: Path, *states: str) -> Path:
    """Commit a file in one state after another, pack all, and return the pack."""
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.invalid"]

    def git(*words: str) -> None:
        subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)

    folder.mkdir(parents=True)
    git("init", "-q")
    for state in states:
        (folder / "settings.py").write_text(state)
        git("add", "-A")
        git("commit", "-q", "-m", "a state")
    git("gc", "-q", "--aggressive", "--prune=now")
    return next((folder / ".git" / "objects" / "pack").glob("*.pack"))


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "a.gz": gzip.compress,
    "a.bz2": bz2.compress,
    "a.xz": lzma.compress,
    "a.zst": zstandard,
    "a.tar": lambda data: tarred("inner", data),
    "a.tar.gz": lambda data: gzip.compress(tarred("inner", data)),
    "a.zip": lambda data: zipped("inner", data),
    "a.whl": lambda data: zipped("pkg/settings.py", data),
    "a.pyz": lambda data: b"#!/usr/bin/env python3\n" + zipped("__main__.py", data),
    "b.zip": lambda data: zipped("a.tar.gz", gzip.compress(tarred("a.zst", zstandard(data)))),
}

"""A container of the image in which nothing of the image runs: others can be run inside it.

To run a command inside a container costs a third of what a container costs. Process 1 is a program
of our own that waits for ever: an image need not hold one that could.
"""

from __future__ import annotations

import io
import struct
import tarfile

from seatrial.engine.containers import make_container, put_files, start_container
from seatrial.errors import NoEngineError, SeatrialError
from seatrial.verify.lab import Lab

PATH = "/.seatrial-still"
_BASE = 0x400000
_HEADERS = 64 + 56
# pause, again and again: mov eax, 34; syscall; jmp.
_AMD64 = bytes.fromhex("b822000000 0f05 ebf7")
# ppoll(0, 0, 0, 0), which never returns: mov x0 … x3, 0; mov x8, 73; svc 0; b.
_ARM64 = struct.pack(
    "<7I", 0xD2800000, 0xD2800001, 0xD2800002, 0xD2800003, 0xD2800928, 0xD4000001, 0x17FFFFFA
)
_PROGRAMS = {
    "amd64": (62, _AMD64),
    "x86_64": (62, _AMD64),
    "arm64": (183, _ARM64),
    "aarch64": (183, _ARM64),
}


def still_program(architecture: str) -> bytes | None:
    """Return a static Linux program that waits for ever, or None for other architectures."""
    if architecture not in _PROGRAMS:
        return None
    machine, code = _PROGRAMS[architecture]
    size = _HEADERS + len(code)
    ident = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    head = struct.pack(
        "<16sHHIQQQIHHHHHH", ident, 2, machine, 1, _BASE + _HEADERS, 64, 0, 0, 64, 56, 1, 0, 0, 0
    )
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, _BASE, _BASE, size, size, 0x10000)
    return head + segment + code


def start_still(lab: Lab) -> str | None:
    """Start a container that waits; return its name, or None where that cannot be done."""
    program = still_program(lab.architecture)
    if program is None:
        return None
    run = lab.prepared("still", env={}, command=(PATH,), network="none")
    try:
        if make_container(lab.engine, run) is not None:
            return None
        put_files(lab.engine, run.name, _archive(program))
        return run.name if start_container(lab.engine, run.name) is None else None
    except NoEngineError:
        raise
    except SeatrialError:
        return None


def _archive(program: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo(PATH.lstrip("/"))
        member.size, member.mode = len(program), 0o755
        archive.addfile(member, io.BytesIO(program))
    return packed.getvalue()

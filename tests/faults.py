"""What goes wrong around a trial, and what the trial then costs."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

CHUNK = 1 << 16
MEMORY = 300 * 1024 * 1024


class EngineProxy:
    """An engine's socket with somebody in between, who can cut it or keep questions to himself.

    Args:
        place: Where it listens.
        engine: The engine's own socket.
    """

    def __init__(self, place: Path, engine: Path) -> None:
        self.place = place
        self._engine = engine
        self._kept: re.Pattern[bytes] | None = None
        self._open: set[socket.socket] = set()
        self._asked: dict[socket.socket, bytes] = {}
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(place))
        self._server.listen(128)
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def host(self) -> str:
        """Its address, for DOCKER_HOST."""
        return f"unix://{self.place}"

    def keep(self, questions: str) -> None:
        """Leave questions unanswered whose first line the expression finds, from now on."""
        self._kept = re.compile(questions.encode())

    def drop(self, question: str) -> int:
        """Cut the connections alone whose first question has this in it; return how many."""
        found = [one for one, asked in list(self._asked.items()) if question.encode() in asked]
        for one in found:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        return len(found)

    def cut(self) -> None:
        """Go away, as an engine does that is killed."""
        self.place.unlink(missing_ok=True)
        for one in [self._server, *self._open]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._server.accept()
                engine = socket.socket(socket.AF_UNIX)
                engine.connect(str(self._engine))
                self._open |= {client, engine}
                for ends in ((client, engine, True), (engine, client, False)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, asks: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                if asks:
                    self._asked.setdefault(source, data.partition(b"\r\n")[0])
                if asks and self._kept and self._kept.search(data.partition(b"\r\n")[0]):
                    continue
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


@dataclass(frozen=True)
class Ended:
    """How a command ended.

    Attributes:
        code: Its exit code.
        told: What it printed.
        seconds: How long it took.
        memory: The most bytes that it, or a client that it started, held in memory at once.
    """

    code: int
    told: str
    seconds: float
    memory: int


@dataclass
class Command:
    """A command that runs, and is measured when it ends."""

    folder: Path
    words: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict)
    begin: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.log = self.folder / f"told-{time.monotonic_ns()}"
        with self.log.open("w") as told:
            self.process = subprocess.Popen(
                self.words,
                cwd=self.folder,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **self.environ},
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=subprocess.STDOUT,
            )

    def end(self, within: float) -> Ended:
        """Wait for its end; one that takes longer is killed and fails the test."""
        assert self.process.returncode is None, "it was ended already"
        late = threading.Timer(within - (time.monotonic() - self.begin), self.process.kill)
        late.start()
        _, status, used = os.wait4(self.process.pid, 0)
        late.cancel()
        self.process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - self.begin
        told = self.log.read_text(errors="replace")
        self.log.unlink()
        assert self.process.returncode >= 0, f"not ended after {seconds:.0f} s\n{told}"
        return Ended(self.process.returncode, told, seconds, used.ru_maxrss * 1024)

    def kill(self) -> None:
        """End it, where it has not ended."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def processes_naming(words: str) -> Iterator[str]:
    """Yield the command lines of all processes that name something."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            line = path.read_bytes().decode(errors="replace").replace("\0", " ")
            if words in line:
                yield line

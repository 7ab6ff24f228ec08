"""Short questions to the engine, each with a deadline.

python-on-whales has no deadlines and its children share our process group, so that Ctrl-C kills a
`docker run` between the making of a container and our knowing of it. A trial can bear neither.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from seatrial.engine.client import Engine
from seatrial.errors import NoEngineError
from seatrial.surroundings import surroundings

CALL_SECONDS = 30.0
_GONE = ("Cannot connect to the Docker daemon", "error during connect")


@dataclass(frozen=True)
class Answer:
    """What a client command printed, and its exit code."""

    code: int
    stdout: str
    stderr: str

    @property
    def complaint(self) -> str:
        """The last line of stderr: what the engine said was wrong."""
        lines = [line for line in self.stderr.splitlines() if line.strip()]
        return lines[-1].strip() if lines else f"exit code {self.code}"


def call(engine: Engine, *words: str, seconds: float = CALL_SECONDS) -> Answer:
    """Run one client command to its end, in a process group of its own.

    Raises:
        NoEngineError: When the engine is gone or does not answer in time.
    """
    with streaming(engine, *words) as process:
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise NoEngineError(
                f"the engine did not answer `docker {words[0]}` within {seconds:.0f} s",
                hint="see whether the engine still works: docker ps",
            ) from None
    stderr = err.decode("utf-8", "replace")
    if process.returncode != 0 and any(sign in stderr for sign in _GONE):
        raise NoEngineError(
            "the engine went away in the middle of the work", found=stderr.strip()[:300]
        )
    return Answer(process.returncode, out.decode("utf-8", "replace"), stderr)


@contextlib.contextmanager
def streaming(engine: Engine, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run one client command whose output is read as it comes; it is ended on the way out."""
    process = subprocess.Popen(
        [*engine.argv, *words],
        env=surroundings(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()

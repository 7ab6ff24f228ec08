"""What containers say, and what is run inside them: the engine's streams of stdout and stderr."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPResponse

from seatrial.engine.api import Conversation, Question, replying, told, troubles_told
from seatrial.engine.client import Engine
from seatrial.errors import SeatrialError

HEAD = 8
KEPT = 4 * 1024 * 1024
EXEC_SECONDS = 30.0


@dataclass(frozen=True)
class Executed:
    """What a command inside a container said, and its code; None when it had not ended in time."""

    code: int | None
    stdout: str
    stderr: str


def container_logs(engine: Engine, name: str) -> tuple[str, str]:
    """Return what a container said on stdout and on stderr, as far as the engine kept it."""
    question = Question("GET", f"/containers/{name}/logs", {"stdout": "1", "stderr": "1"})
    with replying(engine, question) as response:
        if response.status != HTTPStatus.OK:
            response.read()
            return "", ""
        return split_streams(response)


def execute(
    engine: Engine,
    name: str,
    command: tuple[str, ...],
    env: Mapping[str, str] | None = None,
    seconds: float = EXEC_SECONDS,
) -> Executed:
    """Run a command inside a container, as its user, and wait for its end.

    Args:
        engine: The engine.
        name: The container.
        command: The command and its arguments; no shell is in between.
        env: Its environment, beside the container's.
        seconds: How long to wait; what has not ended then runs on.

    Raises:
        SeatrialError: When the engine cannot run it.
        NoEngineError: When the engine is gone.
    """
    asked = {
        "Cmd": list(command),
        "Env": [f"{key}={value}" for key, value in (env or {}).items()],
        "AttachStdout": True,
        "AttachStderr": True,
    }
    made = told(engine, Question("POST", f"/containers/{name}/exec", body=asked))
    path = f"/exec/{made['Id']}"
    start = Question("POST", f"{path}/start", body={"Detach": False}, seconds=None)
    conversation = Conversation(engine, start)
    # Cut from outside: a command that says nothing and one that never stops talking end alike.
    deadline = threading.Timer(seconds, conversation.cut)
    deadline.start()
    try:
        with troubles_told(start), conversation as response:
            if response.status != HTTPStatus.OK:
                said = response.read().decode("utf-8", "replace").strip()
                raise SeatrialError(f"the engine cannot run {command[0]} there: {said}")
            out, err = split_streams(response)
    finally:
        deadline.cancel()
    state = told(engine, Question("GET", f"{path}/json"))
    return Executed(None if state.get("Running") else state.get("ExitCode"), out, err)


def split_streams(response: HTTPResponse) -> tuple[str, str]:
    """Return the texts of stdout and stderr out of the engine's frames.

    A frame has a head: the stream's number, three zeros, and its length in four bytes. At most the
    last `KEPT` bytes of a stream are kept.
    """
    kept = {1: bytearray(), 2: bytearray()}
    while len(head := response.read(HEAD)) == HEAD:
        length = int.from_bytes(head[4:], "big")
        stream = kept.setdefault(head[0], bytearray())
        stream += response.read(length)
        if len(stream) > 2 * KEPT:
            del stream[:-KEPT]
    return kept[1][-KEPT:].decode("utf-8", "replace"), kept[2][-KEPT:].decode("utf-8", "replace")

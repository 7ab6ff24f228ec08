"""The engine's HTTP API: a question takes a tenth of what the client takes to ask it.

It is spoken on the engine's Unix socket where that is known; where the engine is elsewhere, through
`docker system dial-stdio`, which reaches whatever the client reaches.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from seatrial.engine.client import Engine
from seatrial.errors import NoEngineError, SeatrialError
from seatrial.surroundings import surroundings

SECONDS = 30.0


@dataclass(frozen=True)
class Reply:
    """What the engine replied: an HTTP status, and a body."""

    status: int
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the engine did as it was asked, or had done so before."""
        return self.status < 400

    @property
    def told(self) -> Any:
        """The body as JSON; None where it is empty."""
        return json.loads(self.body) if self.body.strip() else None

    @property
    def complaint(self) -> str:
        """What the engine said was wrong."""
        with contextlib.suppress(ValueError, KeyError, TypeError):
            return str(json.loads(self.body)["message"])
        return self.body.decode("utf-8", "replace").strip() or f"status {self.status}"


@dataclass(frozen=True)
class Question:
    """What the engine is asked. `body` is sent as JSON, bytes as they are."""

    method: str
    path: str
    query: Mapping[str, str] | None = None
    body: Any = None
    seconds: float | None = SECONDS

    @property
    def target(self) -> str:
        """The path with its query."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


def ask(engine: Engine, question: Question) -> Reply:
    """Ask the engine and return its whole reply, whatever its status.

    Raises:
        NoEngineError: When the engine is gone, or does not reply in time.
    """
    with replying(engine, question) as response:
        return Reply(response.status, response.read())


def told(engine: Engine, question: Question) -> Any:
    """Ask the engine and return what it told, as JSON.

    Raises:
        NoEngineError: When the engine is gone, or does not reply in time.
        SeatrialError: When it says no.
    """
    reply = ask(engine, question)
    if not reply.ok:
        raise SeatrialError(
            f"the engine says no to {question.method} {question.path}: {reply.complaint}"
        )
    return reply.told


@contextlib.contextmanager
def replying(engine: Engine, question: Question) -> Iterator[http.client.HTTPResponse]:
    """Ask the engine; its reply is read as it comes, and the connection closed on the way out.

    Raises:
        NoEngineError: When the engine is gone, or does not reply in time; also inside the block,
            which should do nothing but read.
    """
    with troubles_told(question), Conversation(engine, question) as response:
        yield response


class Conversation:
    """One question and its reply, on a connection of its own that can be cut from any thread."""

    def __init__(self, engine: Engine, question: Question) -> None:
        self._connection = _Connection(engine, question.seconds)
        self._question = question

    def __enter__(self) -> http.client.HTTPResponse:
        """Ask.

        Raises:
            OSError: When the engine is gone, or does not reply in time.
        """
        question = self._question
        try:
            self._connection.request(question.method, question.target, **_sent(question.body))
            return self._connection.getresponse()
        except BaseException:
            self._connection.close()
            raise

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._connection.close()

    def linger(self) -> None:
        """From now on, wait for what it says as long as that takes."""
        if self._connection.wire is not None:
            self._connection.wire.settimeout(None)

    def cut(self) -> None:
        """End it; whoever reads the reply is woken."""
        if self._connection.wire is not None:
            with contextlib.suppress(OSError):
                self._connection.wire.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def troubles_told(question: Question) -> Iterator[None]:
    """Tell what goes wrong on the way to the engine in our own words.

    Raises:
        NoEngineError: When the engine is gone, or does not reply in time.
    """
    try:
        yield
    except TimeoutError:
        raise NoEngineError(
            f"the engine did not answer {question.method} {question.path} "
            f"within {question.seconds or 0:.0f} s",
            hint="see whether the engine still works: docker ps",
        ) from None
    except (OSError, http.client.HTTPException) as error:
        raise NoEngineError(
            "the engine went away in the middle of the work",
            found=f"{type(error).__name__}: {error}".rstrip(": ")[:300],
        ) from error


def _sent(body: Any) -> dict[str, Any]:
    if isinstance(body, bytes):
        return {"body": body, "headers": {"Content-Type": "application/x-tar"}}
    if body is None:
        return {}
    return {"body": json.dumps(body), "headers": {"Content-Type": "application/json"}}


class _Connection(http.client.HTTPConnection):
    """A connection to the engine, wherever it is."""

    def __init__(self, engine: Engine, seconds: float | None) -> None:
        super().__init__("engine", timeout=seconds)
        self._engine = engine
        self._dialler: subprocess.Popen[bytes] | None = None
        # Kept apart: http.client hands its own over to the response.
        self.wire: socket.socket | None = None

    def connect(self) -> None:
        self.wire = self._dialled()
        self.sock = self.wire
        self.sock.settimeout(self.timeout)

    def _dialled(self) -> socket.socket:
        if self._engine.socket is not None:
            ours = socket.socket(socket.AF_UNIX)
            ours.settimeout(self.timeout)
            ours.connect(str(self._engine.socket))
            return ours
        ours, theirs = socket.socketpair()
        with theirs:
            self._dialler = subprocess.Popen(
                [*self._engine.argv, "system", "dial-stdio"],
                env=surroundings(),
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        return ours

    def close(self) -> None:
        super().close()
        if self._dialler:
            self._dialler.kill()
            self._dialler.wait()

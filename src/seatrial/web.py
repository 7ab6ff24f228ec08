"""Speaks HTTP to a container: whole requests, and half ones."""

from __future__ import annotations

import contextlib
import http.client
import json
import select
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass

from seatrial.model.observation import HttpAnswer

HOST = "127.0.0.1"
BODY_BYTES = 64 * 1024


@dataclass(frozen=True)
class Ask:
    """A request; to a published port where no other host is told."""

    port: int
    path: str
    method: str = "GET"
    headers: Mapping[str, str] | None = None
    body: str = ""
    host: str = HOST


def fetch(ask: Ask, seconds: float = 5.0) -> HttpAnswer:
    """Send a request and return its answer, or why there was none; redirects are not followed."""
    begin = time.monotonic()
    connection = http.client.HTTPConnection(ask.host, ask.port, timeout=seconds)
    try:
        body = ask.body.encode() if ask.body else None
        connection.request(ask.method, ask.path, body=body, headers=dict(ask.headers or {}))
        response = connection.getresponse()
        text = _read(response)
    except (OSError, http.client.HTTPException) as error:
        return HttpAnswer(method=ask.method, path=ask.path, error=_reason(error))
    finally:
        connection.close()
    return _answer(ask, response.status, text, time.monotonic() - begin)


def takes_connections(host: str, port: int, seconds: float = 2.0) -> bool:
    """Return whether a server behind a published port takes a connection and keeps it.

    The engine's proxy takes every connection; where nothing listens behind it, it drops it at once.
    """
    try:
        with socket.create_connection((host, port), seconds) as connection:
            ready, _, _ = select.select([connection], [], [], 0.2)
            return not ready or bool(connection.recv(1))
    except OSError:
        return False


class HalfRequest:
    """A request whose head and half of its body are sent, and the rest later."""

    def __init__(self, ask: Ask, seconds: float) -> None:
        self._ask = ask
        body = ask.body.encode()
        self._head, self._rest = body[: len(body) // 2], body[len(body) // 2 :]
        self._connection = socket.create_connection((ask.host, ask.port), seconds)
        headers = {
            "Host": "localhost",
            **(ask.headers or {}),
            "Content-Length": str(len(body)),
            "Expect": "100-continue",
        }
        lines = [f"{ask.method} {ask.path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
        self._connection.sendall("\r\n".join([*lines, "", ""]).encode())

    def send_half(self, seconds: float) -> bool:
        """Send half of the body; return whether the server had asked for it before.

        A server that asks (100 Continue) has the request in its hands.
        """
        self._connection.settimeout(seconds)
        asked = False
        with contextlib.suppress(OSError):
            asked = self._connection.recv(12, socket.MSG_PEEK) == b"HTTP/1.1 100"
            # It is taken out of the way: what comes next is the answer, or the end.
            while asked and self._line():
                pass
        # A server that is gone by now is seen when the answer is read.
        with contextlib.suppress(OSError):
            self._connection.sendall(self._head)
        return asked

    def is_dropped_within(self, seconds: float) -> bool:
        """Return whether the server closes the connection in the time given."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([self._connection], [], [], left)
            if not ready:
                return False
            with contextlib.suppress(OSError):
                return self._connection.recv(1, socket.MSG_PEEK) == b""
            return True  # reset
        return False

    def _line(self) -> bytes:
        """Read one line of the interim answer, byte by byte: what follows is not ours to take."""
        line = b""
        while (byte := self._connection.recv(1)) not in {b"", b"\n"}:
            line += byte
        return line.strip()

    def dropped(self) -> HttpAnswer:
        """Give up on a request that the server dropped."""
        self._connection.close()
        reason = "the connection was closed with the request half sent"
        return HttpAnswer(method=self._ask.method, path=self._ask.path, error=reason)

    def finish(self, seconds: float) -> HttpAnswer:
        """Send the rest and return the whole answer, or why there was none."""
        begin = time.monotonic()
        ask = self._ask
        try:
            self._connection.settimeout(seconds)
            self._connection.sendall(self._rest)
            response = http.client.HTTPResponse(self._connection, method=ask.method)
            response.begin()
            text = _read(response)
        except (OSError, http.client.HTTPException) as error:
            return HttpAnswer(method=ask.method, path=ask.path, error=_reason(error))
        finally:
            self._connection.close()
        return _answer(ask, response.status, text, time.monotonic() - begin)


def _read(response: http.client.HTTPResponse) -> bytes:
    """Return the body, as much of it as is kept.

    Raises:
        http.client.IncompleteRead: When the server closed the connection before its end; reading
            a number of bytes does not tell that by itself.
    """
    text = response.read(BODY_BYTES)
    if response.length and len(text) < BODY_BYTES:
        raise http.client.IncompleteRead(text, response.length)
    return text


def _answer(ask: Ask, status: int, text: bytes, after: float) -> HttpAnswer:
    body = text.decode("utf-8", "replace")
    parsed = None
    with contextlib.suppress(ValueError):
        parsed = json.loads(body)
    return HttpAnswer(
        method=ask.method, path=ask.path, status=status, body=body, json_body=parsed, after=after
    )


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")

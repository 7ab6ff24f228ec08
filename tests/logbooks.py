"""A logbook that answers as a test tells it to: a real HTTP server, on a port of its own."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from seatrial.logbook.delivery import Delivery, deliver
from seatrial.logbook.outbox import Entry, Request
from seatrial.logbook.place import Logbook

KEY = "lbk_test_a-key-that-nobody-may-read"


@dataclass
class Asked:
    """A request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class FakeLogbook:
    """The server, and what it was asked.

    Attributes:
        url: Its base URL.
        asked: Every request that came whole, in order.
        kept: What was recorded, by path and key: a body each.
        answers: What is answered in place of 201 and 200, one a request; None is as usual.
        before: Called with each request before it is answered.
        generations: What each deployment was numbered, by key; the last one is deployed.
    """

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    kept: dict[tuple[str, str], Any] = field(default_factory=dict)
    answers: list[int | Callable[[BaseHTTPRequestHandler], None] | None] = field(
        default_factory=list
    )
    before: Callable[[Asked], None] = lambda _asked: None
    generations: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def bodies(self, path: str) -> list[Any]:
        return [body for (where, _), body in self.kept.items() if where == path]

    def keep(self, asked: Asked) -> bool:
        """Keep what was sent; return whether it is new."""
        body = asked.body
        name = body.get("run") or body.get("key") or f"{body.get('image')}@{body.get('digest')}"
        with self.lock:
            is_new = (asked.path, name) not in self.kept
            self.kept.setdefault((asked.path, name), body)
        return is_new

    def numbered(self, asked: Asked) -> dict[str, Any]:
        """Number a deployment as the real one does; nothing for all others."""
        if asked.path != "/api/v1/deployments":
            return {}
        number = self.generations.setdefault(asked.body["key"], len(self.generations) + 1)
        state = "deployed" if number == len(self.generations) else "replaced"
        return {"generation": number, "state": state}


@contextmanager
def fake_logbook() -> Iterator[FakeLogbook]:
    """Run one."""
    logbook = FakeLogbook()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"null")
            asked = Asked(self.command, self.path, dict(self.headers), body)
            logbook.asked.append(asked)
            logbook.before(asked)
            told = logbook.answers.pop(0) if logbook.answers else None
            if callable(told):
                told(self)
            elif told is not None:
                self.say(told, {"title": "told so", "status": told})
            else:
                status = 201 if logbook.keep(asked) else 200
                self.say(status, {"id": 7, **logbook.numbered(asked)})

        def say(self, status: int, document: object) -> None:
            data = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_PUT = do_GET = answer  # noqa: N815 - so they are called

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    logbook.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield logbook
    finally:
        server.shutdown()
        server.server_close()


def dies_in_mid_answer(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(201)
    handler.send_header("Content-Length", "500")
    handler.end_headers()
    handler.wfile.write(b'{"id": 7, "ima')
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


def drips(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte of the answer's head at a time, for a minute."""
    try:
        for byte in b"HTTP/1.1 201 Created\r\n" + b"X-Slow: yes\r\n" * 50:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        pass


def redirects(to: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(307)
        handler.send_header("Location", to)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def signs_in(handler: BaseHTTPRequestHandler) -> None:
    """Answer as a network does that wants a person to sign in first."""
    page = b"<html>Welcome to the harbour's network</html>"
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(page)))
    handler.end_headers()
    handler.wfile.write(page)


def trial(run: str) -> Entry:
    """Return an entry that tells of a trial."""
    return Entry("trial", run, f"trial {run}", (Request("POST", "/trials", {"run": run}),))


def sent(logbook: FakeLogbook, folder: Path, seconds: float | None = None) -> Delivery:
    """Send what waits in `folder`."""
    return deliver(folder, Logbook(logbook.url, KEY), seconds=seconds)

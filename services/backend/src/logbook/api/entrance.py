"""Where every request comes in and every answer goes out: its id, its headers, its log line."""

import logging
import time
from collections.abc import Iterable

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from logbook import request_ids
from logbook.api.measures import Measures
from logbook.api.problems import problem

UNMATCHED = "unmatched"
"""The route of a request that none is for: its path is the caller's own word."""
NOT_ANSWERED = 499
"""The status, in logs and measures only, of a request whose caller went away."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CACHE_CONTROL = (b"cache-control", b"no-store")
_SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
]
_log = logging.getLogger("logbook.access")


class Entrance:
    """ASGI middleware: the outermost, so that nothing is answered without it."""

    def __init__(self, app: ASGIApp, measures: Measures, prefix: str) -> None:
        self._app = app
        self._measures = measures
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, whatever becomes of it, and tell of it in the log."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = request_ids.request_id_of(scope["headers"])
        token = request_ids.CURRENT.set(request_id)
        answer = _Answer(send, request_id)
        started = time.perf_counter()
        try:
            await self._answer(scope, receive, answer)
        finally:
            self._tell(scope, answer.status or NOT_ANSWERED, time.perf_counter() - started)
            request_ids.CURRENT.reset(token)

    async def _answer(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        try:
            await self._app(scope, receive, answer)
        except ClientDisconnect:
            return
        except Exception:
            _log.exception("the request failed")
            if answer.status:  # half an answer is out: the connection must be cut
                raise
            await problem(500, "The server failed; its log says why.")(scope, receive, answer)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = self._template(scope)
        self._measures.note(method, route, status, seconds)
        fields = {
            "method": method,
            "route": route,
            "status": status,
            "duration_ms": round(seconds * 1000, 2),
        }
        _log.info("%s %s %d", method, route, status, extra={"fields": fields})

    def _template(self, scope: Scope) -> str:
        path: str | None = getattr(scope.get("route"), "path", None)
        if path is None:
            return UNMATCHED
        # The route of an included router does not know what it was included under.
        inside = scope["path"].startswith(self._prefix) and not path.startswith(self._prefix)
        return self._prefix + path if inside else path


class _Answer:
    """Sends an answer with our headers, and remembers its status; 0 until it has begun."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id.encode()
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": self._headers(message.get("headers", ()))}
        await self._send(message)

    def _headers(self, given: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        headers = [*given, (request_ids.HEADER, self._request_id), *_SECURITY]
        if not any(name == _CACHE_CONTROL[0] for name, _ in headers):
            headers.append(_CACHE_CONTROL)
        return headers

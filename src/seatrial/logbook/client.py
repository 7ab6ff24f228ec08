"""Speaks HTTP to the logbook: one request, one answer, in bounded time whoever is there.

The standard library's client does all that is needed: it verifies certificates by the system's list
and knows proxies. It costs no dependency, and nothing where no logbook is configured.
"""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from seatrial.logbook.place import Logbook

API = "/api/v1"
CONNECT_SECONDS = 2.0
ANSWER_BYTES = 16 * 1024 * 1024
TOLD_BYTES = 2000


class AwayError(Exception):
    """The logbook gave no answer, and why; it may have taken what it was sent."""


@dataclass(frozen=True)
class Answer:
    """What the logbook answered.

    Attributes:
        status: HTTP's.
        document: The body where it is a JSON object, else None.
        text: The body's beginning.
    """

    status: int
    document: dict[str, Any] | None
    text: str

    @property
    def complaint(self) -> str:
        """What it says was wrong, on one line."""
        told = self.document or {}
        words = str(told.get("detail") or told.get("title") or self.text or "no more is said")
        return f"{self.status}: {' '.join(words.split())[:300]}"


@dataclass
class _Sent:
    """What became of a request, from the thread that sent it."""

    answer: Answer | None = None
    error: Exception | None = None
    done: threading.Event = field(default_factory=threading.Event)


def send(
    logbook: Logbook, method: str, path: str, body: Mapping[str, Any], seconds: float
) -> Answer:
    """Send a request and return its answer, whatever its status; a redirect is not followed.

    Args:
        logbook: Where to, and with which key.
        method: HTTP's.
        path: Below the API's root.
        body: Sent as JSON.
        seconds: How long all of it may take, the name's look-up and a slow answer included.

    Raises:
        AwayError: When there is no answer, or not all of it, in that time.
    """
    sent = _Sent()
    request = urllib.request.Request(  # noqa: S310 - http or https, see place.py
        f"{logbook.url}{API}{path}",
        data=json.dumps(body, separators=(",", ":"), allow_nan=False).encode(),
        method=method,
        headers={
            "Authorization": f"Bearer {logbook.key}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": "seatrial",
        },
    )
    # A socket's own limit counts from byte to byte, and the look-up of a name has none at all.
    threading.Thread(target=_ask, args=(request, seconds, sent), daemon=True).start()
    if not sent.done.wait(seconds):
        raise AwayError(f"no answer within {seconds:.0f} s")
    if sent.answer is None:
        raise AwayError(_reason(sent.error))
    return sent.answer


def _ask(request: urllib.request.Request, seconds: float, sent: _Sent) -> None:
    try:
        opener = urllib.request.build_opener(
            _Stay, _Plain(seconds), _Secure(seconds, ssl.create_default_context())
        )
        try:
            with opener.open(request, timeout=min(CONNECT_SECONDS, seconds)) as response:
                sent.answer = _read(response.status, response)
        except urllib.error.HTTPError as error:
            with error:
                sent.answer = _read(error.code, error.fp)
    except Exception as error:  # whatever it is, a thread has nobody to raise it to
        sent.error = error
    finally:
        sent.done.set()


def _read(status: int, body: IO[bytes]) -> Answer:
    data = body.read(ANSWER_BYTES)
    # Reading a number of bytes does not tell by itself that the server went away before the end.
    if len(data) < ANSWER_BYTES and getattr(body, "length", None):
        raise http.client.IncompleteRead(data)
    try:
        found = json.loads(data)
    except ValueError:
        found = None
    text = data[:TOLD_BYTES].decode("utf-8", "replace")
    return Answer(status, found if isinstance(found, dict) else None, text)


def _reason(error: Exception | None) -> str:
    """Return why there was no answer. What http.client raises names no header: the key stays in."""
    inner = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(inner, TimeoutError):
        return "no answer in time"
    if isinstance(inner, http.client.IncompleteRead):
        return "the answer broke off"
    if isinstance(inner, OSError):
        return inner.strerror or str(inner) or type(inner).__name__
    return f"{type(inner).__name__}: {inner}".rstrip(": ")[:300]


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: the key is for the logbook that was named, and for no other."""

    def redirect_request(self, *_: Any) -> None:
        return None


class _Plain(urllib.request.HTTPHandler):
    """Connects within seconds, and waits longer for an answer."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_patient(http.client.HTTPConnection, self._seconds), req)


class _Secure(urllib.request.HTTPSHandler):
    """The same with TLS; certificates and names are verified."""

    def __init__(self, seconds: float, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._seconds, self._tls = seconds, context

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        made = _patient(http.client.HTTPSConnection, self._seconds)
        return self.do_open(made, req, context=self._tls)


def _patient(kind: type[http.client.HTTPConnection], seconds: float) -> Any:
    class Patient(kind):  # type: ignore[misc, valid-type]
        def connect(self) -> None:
            super().connect()
            self.sock.settimeout(seconds)

    return Patient

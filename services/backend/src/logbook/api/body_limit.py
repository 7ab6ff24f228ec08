"""No request body is read beyond a limit, whether its length was told or not."""

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from logbook.api.problems import problem

ANYBODYS_BYTES = 1_048_576
"""The longest body of somebody who is not known; it is read before anything else is asked."""

IN_MEMORY_BYTES = 8_388_608
"""The longest body that is no upload: it is parsed as a whole, by the thread that serves all, and
takes some eight times its length. What seatrial records is a tenth of a megabyte."""

Admit = Callable[[Scope], Awaitable[None]]
"""Raises `HTTPException` unless the caller may send a longer one."""


class BodyLimit:
    """ASGI middleware that answers 413 as soon as a body is known to be longer than `most` bytes.

    Only an upload may be so long, which is a PUT and read as it streams in. A body that is longer
    than `ANYBODYS_BYTES` is read on only for somebody whom `admit` lets in.
    """

    def __init__(self, app: ASGIApp, most: int, admit: Admit) -> None:
        self._app = app
        self._most = most
        self._admit = admit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its body as it comes in."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_upload = scope["method"] == "PUT"
        most = self._most if is_upload else min(self._most, IN_MEMORY_BYTES)
        counted = _Counted(scope, receive, most, self._admit)
        try:
            await counted.expect(_told_length(scope))
        except HTTPException as error:
            refused = problem(error.status_code, error.detail, headers=error.headers)
            await refused(scope, receive, send)
        else:
            await self._app(scope, counted, send)


class _Counted:
    """Receives a body as long as its length is within the limits."""

    def __init__(self, scope: Scope, receive: Receive, most: int, admit: Admit) -> None:
        self._scope = scope
        self._receive = receive
        self._most = most
        self._admit = admit
        self._taken = 0
        self._limit = min(most, ANYBODYS_BYTES)

    async def expect(self, length: int) -> None:
        """Raise `HTTPException` where a body of so many bytes is too long for the caller."""
        if length > self._most:
            raise HTTPException(413, f"The body is larger than {self._most} bytes.")
        if length > self._limit:
            await self._admit(self._scope)
            self._limit = self._most

    async def __call__(self) -> Message:
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        await self.expect(self._taken)
        return message


def _told_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and len(value) < 20:
            return int(value)
    return 0

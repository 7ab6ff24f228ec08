"""No request body is read beyond a limit, whether its length was told or not."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from logbook.api.problems import problem

MAX_BODY_BYTES = 1_048_576
_DETAIL = f"The body is larger than {MAX_BODY_BYTES} bytes."


class BodyLimit:
    """ASGI middleware that answers 413 as soon as a body is known to be too large."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its body as it comes in."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif _told_length(scope) > MAX_BODY_BYTES:
            await problem(413, _DETAIL)(scope, receive, send)
        else:
            await self._app(scope, _counted(receive), send)


def _told_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def _counted(receive: Receive) -> Receive:
    taken = 0

    async def count() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MAX_BODY_BYTES:
            raise HTTPException(413, _DETAIL)
        return message

    return count

"""What stands in front of the SDK: `/health`, and `/mcp` once the SDK is imported.

The SDK takes four times as long to import as everything else together. So the process listens and
answers `/health` first; the SDK follows with the first request to `/mcp`, or by itself a few
seconds after the start, so that a caller seldom waits for it. Where it fails, `/health` says so.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import Receive, Scope, Send

logger = logging.getLogger(__name__)

MCP_PATH = "/mcp"
# Seconds from the start. A process that another one replaces at once, or that is only looked at,
# need not load it; a caller comes later.
LOADS_AFTER = 5.0


class Front:
    """The ASGI application that the process serves.

    Args:
        stamp: What `/health` tells of the build.
        make: Imports the SDK and makes its application. Called once, in a thread.
    """

    def __init__(self, stamp: Mapping[str, Any], make: Callable[[], Starlette]) -> None:
        self._stamp = stamp
        self._make = make
        self._app: Starlette | None = None
        self._life: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self._stopping = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or begin and end the application's life."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] != "http":
            raise RuntimeError(f"a server of HTTP was asked for {scope['type']}")
        elif scope["path"] == MCP_PATH:
            await self._mcp(scope, receive, send)
        elif scope["path"] != "/health":
            await _answer(send, 404, {"detail": "There is /mcp and /health."})
        elif scope["method"] not in {"GET", "HEAD"}:
            await _answer(send, 405, {"detail": "GET only."}, allow="GET")
        else:
            await self._health(send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        begin = asyncio.get_running_loop().call_later(LOADS_AFTER, self._load)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        begin.cancel()
        self._stopping.set()
        if self._life is not None:
            await self._life
        await send({"type": "lifespan.shutdown.complete"})

    async def _health(self, send: Send) -> None:
        # It tells of this process only: a backend that is away must not restart this server.
        failed = self._settled.is_set() and self._app is None
        told = {
            "status": "failed" if failed else "ok",
            "version": self._stamp,
            "wired": {"logbook": True, "identity": "caller"},
        }
        await _answer(send, 503 if failed else 200, told)

    async def _mcp(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Without sessions nothing is ever sent on a standing stream; open, it would only hold up
        # a stop. The protocol allows for there being none.
        if scope["method"] == "GET":
            await _answer(send, 405, {"detail": "There is no standing stream."}, allow="POST")
            return
        self._load()
        await self._settled.wait()
        if self._app is None:
            await _answer(send, 503, {"detail": "The server cannot serve; its log says why."})
            return
        await self._app(scope, receive, send)

    def _load(self) -> None:
        if self._life is None:
            self._life = asyncio.create_task(self._live_with_sdk())

    async def _live_with_sdk(self) -> None:
        """Make the application and keep it open until the process stops."""
        try:
            # In a thread, so that /health is answered meanwhile.
            app = await asyncio.to_thread(self._make)
            async with app.router.lifespan_context(app):
                self._app = app
                self._settled.set()
                await self._stopping.wait()
        except Exception:
            self._app = None
            logger.exception("what serves %s cannot be made", MCP_PATH)
        finally:
            self._settled.set()


async def _answer(send: Send, status: int, body: Mapping[str, Any], allow: str = "") -> None:
    content = json.dumps(body).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
    ]
    if allow:
        headers.append((b"allow", allow.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})

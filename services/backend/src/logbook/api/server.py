"""The server: one process, ended by a stop signal after the requests in flight are answered."""

import uvicorn
from pydantic import JsonValue

from logbook.api.app import create_app
from logbook.settings import Settings
from logbook.signals import on_stop

DRAIN_SECONDS = 20
"""How long requests in flight may take after a stop signal: less than any engine's grace."""


class ApiServer:
    """One API in this process."""

    def __init__(self, settings: Settings, stamp: dict[str, JsonValue]) -> None:
        app = create_app(settings, stamp, self._fail)
        self._failed = False
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                host=settings.listen_host,
                port=settings.listen_port,
                loop="asyncio",
                http="h11",
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,  # `Entrance` writes one
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=DRAIN_SECONDS,
            )
        )

    async def serve(self) -> int:
        """Serve until stopped and return the exit code: 0, or 1 where the database is unusable.

        Uvicorn raises the signal again when it is done; our handler makes that harmless, so that
        the code is the same as process number 1 and under a supervisor.
        """
        on_stop(self._stop)
        await self._server.serve()
        return 1 if self._failed else 0

    def _stop(self) -> None:
        self._server.should_exit = True

    def _fail(self) -> None:
        self._failed = True
        self._stop()

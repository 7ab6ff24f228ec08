"""A bare FastAPI that says hello, in the API's own server. Runs in the backend's environment."""

import asyncio

from fastapi import FastAPI
from logbook.api import server
from logbook.logs import configure_logging
from logbook.settings import load_settings


def hello() -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.get("/api/v1/health")
    async def say() -> dict[str, str]:
        return {"hello": "world"}

    return app


server.create_app = lambda *_: hello()
settings = load_settings()
configure_logging(settings.log_level)
asyncio.run(server.ApiServer(settings, {}).serve())

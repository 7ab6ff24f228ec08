"""The SDK is imported after the server listens."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from conftest import running_server
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from test_http import ACCEPT, INITIALIZE

from logbook_mcp import front
from logbook_mcp.front import Front

pytestmark = pytest.mark.anyio


class Made:
    """Makes an application and notes when it is opened and closed."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.opened = asyncio.Event()

    def __call__(self) -> Starlette:
        self.notes.append("made")

        @asynccontextmanager
        async def life(_: Starlette) -> AsyncIterator[None]:
            self.notes.append("opened")
            self.opened.set()
            yield
            self.notes.append("closed")

        async def answer(_: Request) -> Response:
            return PlainTextResponse("answered")

        return Starlette(routes=[Route("/mcp", answer, methods=["POST"])], lifespan=life)


@asynccontextmanager
async def served(make: Callable[[], Starlette]) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a front that lives as under uvicorn."""
    app = Front({"sha": "0f"}, make)
    receive: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    sent: asyncio.Queue[object] = asyncio.Queue()
    life = asyncio.create_task(app({"type": "lifespan"}, receive.get, sent.put))
    await receive.put({"type": "lifespan.startup"})
    assert await sent.get() == {"type": "lifespan.startup.complete"}
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://front"
    ) as client:
        yield client
    await receive.put({"type": "lifespan.shutdown"})
    assert await sent.get() == {"type": "lifespan.shutdown.complete"}
    await life


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The application is made without being asked for, at once."""
    monkeypatch.setattr(front, "LOADS_AFTER", 0.0)


async def test_health_is_answered_without_the_sdk() -> None:
    made = Made()
    async with served(made) as client:
        answer = await client.get("/health")

    assert answer.json()["status"] == "ok"
    assert made.notes == []


async def test_requests_that_come_together_make_the_application_once() -> None:
    made = Made()
    async with served(made) as client:
        answers = await asyncio.gather(*(client.post("/mcp") for _ in range(20)))

    assert {answer.text for answer in answers} == {"answered"}
    assert made.notes == ["made", "opened", "closed"]


@pytest.mark.usefixtures("soon")
async def test_the_application_is_made_without_being_asked_for() -> None:
    made = Made()
    async with served(made):
        await asyncio.wait_for(made.opened.wait(), timeout=5)

    assert made.notes == ["made", "opened", "closed"]


@pytest.mark.usefixtures("soon")
async def test_an_application_that_cannot_be_made_makes_the_process_unhealthy() -> None:
    def broken() -> Starlette:
        raise ModuleNotFoundError("No module named 'mcp'")

    async with served(broken) as client:
        refused = await client.post("/mcp")
        health = await client.get("/health")

    assert refused.status_code == 503
    assert health.status_code == 503
    assert health.json()["status"] == "failed"


def has_imported_pydantic(process: subprocess.Popen[str]) -> bool:
    """Whether its compiled part, which the SDK needs, is in the process's memory."""
    return "_pydantic_core" in Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8")


def test_a_started_server_has_not_imported_the_sdk_and_serves_it_when_asked(backend: str) -> None:
    with running_server(LOGBOOK_URL=backend) as (process, url):
        before = has_imported_pydantic(process)
        answer = httpx2.post(f"{url}/mcp", json=INITIALIZE, headers=ACCEPT)

        assert answer.status_code == 200
        assert not before
        assert has_imported_pydantic(process)

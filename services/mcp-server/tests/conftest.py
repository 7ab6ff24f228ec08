"""The server as a real process, in front of a small fake of the backend, over both transports."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path

import fake_backend
import httpx2
import pytest
import uvicorn
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent

Connect = Callable[[str | None], AbstractAsyncContextManager[Client]]
STARTED_WITHIN = 20.0


def free_port() -> int:
    """A TCP port of the loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server(**variables: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The server's process and its URL, once `/health` answers; killed at the end."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "logbook_mcp"],
        env={"PATH": os.environ["PATH"], "LISTEN_PORT": str(port), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_healthy(process, url)
        yield process, url
    finally:
        process.kill()
        process.communicate()


def wait_until_healthy(process: subprocess.Popen[str], url: str) -> None:
    """Return once `url` answers; fail with what the process said when it does not."""
    deadline = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx2.get(f"{url}/health").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    process.kill()
    pytest.fail(f"the server did not start: {process.communicate()}")


@pytest.fixture(scope="session")
def backend() -> Iterator[str]:
    """URL of the fake backend."""
    port = free_port()
    config = uvicorn.Config(fake_backend.app, port=port, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def server_url(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of the server in front of the fake backend, with a stamp."""
    stamp = tmp_path_factory.mktemp("image") / "version.json"
    stamp.write_text('{"sha": "0f" , "describe": "v1.2.3"}', encoding="utf-8")
    with running_server(LOGBOOK_URL=backend, VERSION_FILE=str(stamp)) as (_, url):
        yield url


@pytest.fixture
def connect(server_url: str) -> Connect:
    """Connects the SDK's own client with an `Authorization` header, or with none."""
    return lambda authorization: connected(server_url, authorization)


@asynccontextmanager
async def connected(url: str, authorization: str | None, **more: str) -> AsyncIterator[Client]:
    """The SDK's client, connected to the server at `url`; `more` are further headers."""
    headers = {"Authorization": authorization} if authorization else {}
    async with httpx2.AsyncClient(headers=headers | more) as http_client:
        transport = streamable_http_client(f"{url}/mcp", http_client=http_client)
        async with Client(transport) as client:
            yield client


@asynccontextmanager
async def connected_by_stdio(**variables: str) -> AsyncIterator[Client]:
    """The SDK's client, connected to a server of its own over stdin and stdout."""
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "logbook_mcp", "--stdio"], env=variables
    )
    async with Client(stdio_client(server)) as client:
        yield client


def text_of(result: CallToolResult) -> str:
    """The text that a model reads."""
    return "".join(part.text for part in result.content if isinstance(part, TextContent))


@pytest.fixture
def anyio_backend() -> str:
    """The event loop that the server itself runs on."""
    return "asyncio"


@pytest.fixture
def no_stamp(tmp_path: Path) -> str:
    """Path of a version file that is not there."""
    return str(tmp_path / "absent.json")

import os
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import httpx2
import pytest
from conftest import running_server
from test_http import INITIALIZE

STOPPED_WITHIN = 10.0


def run_server(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        timeout=STOPPED_WITHIN,
        check=False,
    )


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({}, "LOGBOOK_URL"),
        ({"LOGBOOK_URL": ""}, "LOGBOOK_URL"),
        ({"LOGBOOK_URL": "  "}, "LOGBOOK_URL"),
        ({"LOGBOOK_URL": "api:8000"}, "LOGBOOK_URL"),
        ({"LOGBOOK_URL": "ftp://api"}, "LOGBOOK_URL"),
        ({"LOGBOOK_URL": "http://"}, "LOGBOOK_URL"),
        ({"LOGBOOK_URL": "http://api:port"}, "LOGBOOK_URL"),
        ({"LOGBOOK_URL": "http://user:hunter2@api"}, "LOGBOOK_URL"),
        ({"LOGBOOK_URL": "http://api?x=1"}, "LOGBOOK_URL"),
        ({"LOGBOOK_URL": "http://api:99999"}, "LOGBOOK_URL"),
        ({"LOGBOOK_URL": "http://a b"}, "LOGBOOK_URL"),
        ({"LOGBOOK_URL": "http://[::1"}, "LOGBOOK_URL"),
        ({"LOGBOOK_URL": "http://api", "MCP_ALLOWED_HOSTS": "a b"}, "MCP_ALLOWED_HOSTS"),
        ({"LOGBOOK_URL": "http://api", "MCP_ALLOWED_HOSTS": "*"}, "MCP_ALLOWED_HOSTS"),
        ({"LOGBOOK_URL": "http://api", "MCP_ALLOWED_ORIGINS": "*"}, "MCP_ALLOWED_ORIGINS"),
        ({"LOGBOOK_URL": "http://api", "MCP_ALLOWED_ORIGINS": "a.example"}, "MCP_ALLOWED_ORIGINS"),
        ({"LOGBOOK_URL": "http://api", "LISTEN_PORT": "0"}, "LISTEN_PORT"),
        ({"LOGBOOK_URL": "http://api", "LISTEN_PORT": "eighty"}, "LISTEN_PORT"),
        ({"LOGBOOK_URL": "http://api", "LISTEN_HOST": "localhost:1"}, "LISTEN_HOST"),
    ],
)
def test_a_variable_that_is_missing_or_wrong_is_named_on_stderr(
    variables: dict[str, str], named: str
) -> None:
    ended = run_server("-m", "logbook_mcp", **variables)

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stderr.startswith(f"logbook-mcp-server: {named} ")
    assert "hunter2" not in ended.stderr


SLOW = ("asyncio", "uvicorn", "pydantic", "httpx2", "mcp", "mcp_types", "starlette", "ssl")


@pytest.mark.parametrize("arguments", [[], ["--stdio"]])
def test_a_variable_that_is_missing_is_told_before_anything_slow_is_imported(
    arguments: list[str],
) -> None:
    ended = run_server("-X", "importtime", "-m", "logbook_mcp", *arguments)

    imported = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()}
    assert ended.returncode == 2
    assert "logbook_mcp.settings" in imported
    assert imported.isdisjoint(SLOW)


def test_an_argument_that_is_not_known_is_told_with_the_usage() -> None:
    ended = run_server("-m", "logbook_mcp", "--sdtio")

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "usage: python -m logbook_mcp [--stdio]" in ended.stderr


def half_sent_request(url: str) -> tuple[socket.socket, bytes]:
    """A request whose body is begun, and the rest of it."""
    body = httpx2.Request("POST", url, json=INITIALIZE).content
    address = urlsplit(url)
    assert address.hostname
    assert address.port
    connection = socket.create_connection((address.hostname, address.port), timeout=STOPPED_WITHIN)
    head = (
        f"POST /mcp HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
        f"Accept: application/json, text/event-stream\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection.sendall(head.encode() + body[:10])
    return connection, body[10:]


def read_all(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_request_in_flight_is_answered_before_sigterm_ends_the_server(backend: str) -> None:
    with running_server(LOGBOOK_URL=backend) as (process, url):
        connection, rest = half_sent_request(url)
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert process.poll() is None
        with connection:
            connection.sendall(rest)
            answer = read_all(connection)
        _, stderr = process.communicate(timeout=STOPPED_WITHIN)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'"serverInfo"' in answer
    assert process.returncode == 0
    assert stderr == ""


def test_an_idle_server_ends_at_once_with_zero(backend: str) -> None:
    with running_server(LOGBOOK_URL=backend) as (process, url), httpx2.Client() as kept_alive:
        kept_alive.get(f"{url}/health")
        process.send_signal(signal.SIGTERM)
        stdout, stderr = process.communicate(timeout=5)

    assert process.returncode == 0
    assert stderr == ""
    assert "\x1b" not in stdout
    assert "GET /health" in stdout


def test_a_failing_backend_is_logged_on_stderr_and_a_token_nowhere(backend: str) -> None:
    with running_server(LOGBOOK_URL=backend) as (process, url):
        call = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "list_builds", "arguments": {}},
        }
        headers = {
            "Accept": "application/json, text/event-stream",
            "Authorization": "Bearer failing",
        }
        answer = httpx2.post(f"{url}/mcp", json=call, headers=headers).json()
        process.send_signal(signal.SIGTERM)
        stdout, stderr = process.communicate(timeout=STOPPED_WITHIN)

    assert answer["result"]["isError"] is True
    assert "WARNING logbook_mcp.refusals: GET /api/v1/builds: the logbook failed with 500" in stderr
    assert "failing" not in stdout + stderr

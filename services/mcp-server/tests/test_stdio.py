import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import fake_backend
import pytest
from conftest import connected_by_stdio, free_port, text_of
from test_http import INITIALIZE

from logbook_mcp.settings import SettingsError, read_stdio_settings

ENDED_WITHIN = 10.0
LIST_IMAGES = {
    "jsonrpc": "2.0",
    "id": 2,
    "method": "tools/call",
    "params": {"name": "list_images", "arguments": {}},
}
INITIALIZED = {"jsonrpc": "2.0", "method": "notifications/initialized"}


def started(**variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "logbook_mcp", "--stdio"],
        env={"PATH": os.environ["PATH"], **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ask(process: subprocess.Popen[str], *messages: dict[str, Any] | str) -> None:
    assert process.stdin is not None
    for message in messages:
        text = message if isinstance(message, str) else json.dumps(message)
        process.stdin.write(f"{text}\n")
    process.stdin.flush()


def answer_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    answer = json.loads(process.stdout.readline())
    assert isinstance(answer, dict)
    return answer


@pytest.mark.anyio
async def test_the_key_of_the_environment_is_passed_on(backend: str) -> None:
    async with connected_by_stdio(LOGBOOK_URL=backend, LOGBOOK_KEY="lbk_1_good") as client:
        assert len((await client.list_tools()).tools) == 9
        result = await client.call_tool("find_component", {"name": "openssl", "version": "3.0"})

    assert not result.is_error, text_of(result)
    assert result.structured_content is not None
    assert result.structured_content["items"][0]["images"][0]["image"] == "backend"
    assert fake_backend.ASKED[-1]["headers"]["authorization"] == "Bearer lbk_1_good"


@pytest.mark.anyio
async def test_the_key_of_a_file_is_passed_on(backend: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("lbk_2_good\n", encoding="utf-8")
    variables = {"LOGBOOK_URL": backend, "LOGBOOK_KEY_FILE": str(tmp_path / "key")}
    async with connected_by_stdio(**variables) as client:
        result = await client.call_tool("list_images", {})

    assert not result.is_error
    assert fake_backend.ASKED[-1]["headers"]["authorization"] == "Bearer lbk_2_good"


@pytest.mark.anyio
async def test_a_key_that_the_logbook_does_not_know_is_told_with_where_it_is_set(
    backend: str,
) -> None:
    async with connected_by_stdio(LOGBOOK_URL=backend, LOGBOOK_KEY="expired") as client:
        result = await client.call_tool("list_images", {})

    assert result.is_error
    assert "LOGBOOK_KEY" in text_of(result)
    assert "expired" not in text_of(result)


@pytest.mark.anyio
async def test_a_logbook_that_is_away_is_a_tool_error_and_no_end() -> None:
    away = f"http://127.0.0.1:{free_port()}"
    async with connected_by_stdio(LOGBOOK_URL=away, LOGBOOK_KEY="lbk_1_good") as client:
        first = await client.call_tool("list_images", {})
        second = await client.call_tool("list_images", {})

    assert first.is_error
    assert second.is_error
    assert "cannot be reached" in text_of(second)


def test_stdout_carries_json_rpc_only_and_the_process_ends_when_stdin_closes(backend: str) -> None:
    process = started(LOGBOOK_URL=backend, LOGBOOK_KEY="failing")
    ask(process, INITIALIZE, INITIALIZED, "this is no JSON", LIST_IMAGES)
    answers = [answer_of(process)]
    while "result" not in answers[-1] or answers[-1]["id"] != 2:
        answers.append(answer_of(process))
    stdout, stderr = process.communicate(timeout=ENDED_WITHIN)

    assert process.returncode == 0
    assert all(answer["jsonrpc"] == "2.0" for answer in answers)
    assert answers[0]["result"]["serverInfo"]["name"] == "logbook"
    assert answers[-1]["result"]["isError"] is True
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in stdout.splitlines())
    assert "GET /api/v1/images: the logbook failed with 500" in stderr
    assert "Bearer" not in stderr


def test_a_client_that_goes_away_before_it_asks_ends_the_process(backend: str) -> None:
    process = started(LOGBOOK_URL=backend, LOGBOOK_KEY="lbk_1_good")
    stdout, stderr = process.communicate(timeout=ENDED_WITHIN)

    assert (process.returncode, stdout, stderr) == (0, "", "")


def test_a_client_that_goes_away_while_it_waits_ends_the_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        process = started(LOGBOOK_URL=url, LOGBOOK_KEY="lbk_1_good")
        ask(process, INITIALIZE, INITIALIZED, LIST_IMAGES)
        silent.settimeout(ENDED_WITHIN)
        connection, _ = silent.accept()  # it has asked, and gets no answer
        with connection:
            before = time.monotonic()
            stdout, _ = process.communicate(timeout=ENDED_WITHIN)

    assert process.returncode == 0
    assert time.monotonic() - before < 5
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in stdout.splitlines())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_while_stdin_is_open(
    backend: str, number: signal.Signals
) -> None:
    process = started(LOGBOOK_URL=backend, LOGBOOK_KEY="lbk_1_good")
    ask(process, INITIALIZE)
    assert answer_of(process)["id"] == 1
    process.send_signal(number)

    assert process.wait(timeout=ENDED_WITHIN) == 0
    _, stderr = process.communicate()
    assert stderr == ""


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"LOGBOOK_KEY": "lbk_1_x"}, "LOGBOOK_URL "),
        ({"LOGBOOK_URL": "http://api"}, "LOGBOOK_KEY "),
        ({"LOGBOOK_URL": "http://api", "LOGBOOK_KEY": " "}, "LOGBOOK_KEY "),
        ({"LOGBOOK_URL": "http://api", "LOGBOOK_KEY": "hunter2 x"}, "LOGBOOK_KEY "),
        ({"LOGBOOK_URL": "http://api", "LOGBOOK_KEY_FILE": "/hunter2"}, "LOGBOOK_KEY_FILE "),
        (
            {"LOGBOOK_URL": "http://api", "LOGBOOK_KEY": "hunter2", "LOGBOOK_KEY_FILE": "/k"},
            "LOGBOOK_KEY and LOGBOOK_KEY_FILE ",
        ),
    ],
)
def test_a_start_without_a_usable_key_names_the_variable_and_never_the_key(
    variables: dict[str, str], named: str
) -> None:
    process = started(**variables)
    stdout, stderr = process.communicate(timeout=ENDED_WITHIN)

    assert process.returncode == 2
    assert stdout == ""
    assert stderr.startswith(f"logbook-mcp-server: {named}")
    assert len(stderr.splitlines()) == 1
    assert "hunter2" not in stderr


def test_the_usual_folder_may_hold_the_key(tmp_path: Path) -> None:
    (tmp_path / "logbook_key").write_text("lbk_3_good\n", encoding="utf-8")

    settings = read_stdio_settings({"LOGBOOK_URL": "http://api/"}, tmp_path)

    assert settings == ("http://api", "Bearer lbk_3_good")


@pytest.mark.parametrize("content", [b"", b"\n", b"two\nlines", b"\xff\xfe"])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)

    with pytest.raises(SettingsError, match=r"^LOGBOOK_KEY_FILE holds no "):
        read_stdio_settings({"LOGBOOK_URL": "http://api", "LOGBOOK_KEY_FILE": str(file)}, tmp_path)

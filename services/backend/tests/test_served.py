"""Settings from files, limits and logs, in the process as the image starts it."""

import json
import socket
from pathlib import Path

from conftest import ENVIRONMENT
from process import Running, running

HEAD = "POST /api/v1/auth/login HTTP/1.1\r\nHost: logbook\r\nContent-Type: application/json\r\n"


def answer_to(api: Running, *parts: str) -> tuple[bytes, dict[str, object]]:
    """Send bytes, then wait for the answer without sending more; return its head and JSON."""
    with api.connect() as connection:
        for part in parts:
            connection.sendall(part.encode())
        head, _, body = _until_closed(connection).partition(b"\r\n\r\n")
    return head, json.loads(body)


def _until_closed(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_secrets_may_be_mounted_as_files(tmp_path: Path) -> None:
    environment = dict(ENVIRONMENT)
    for name in ("JWT_SECRET_KEY", "OWNER_PASSWORD", "DATABASE_URL"):
        file = tmp_path / f"a file of {name}"
        file.write_text(environment.pop(name) + "\n")
        environment[f"{name}_FILE"] = str(file)
    with running(tmp_path / "api", environment) as api:
        assert api.wait_for("/health", 200)["status"] == "ok"


def test_a_secret_given_twice_ends_the_start_and_is_not_told(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("another-word")
    twice = {**ENVIRONMENT, "OWNER_PASSWORD_FILE": str(file)}
    with running(tmp_path / "api", twice) as api:
        assert api.wait() == 2
    assert "OWNER_PASSWORD is given more than once" in api.stderr
    assert "OWNER_PASSWORD_FILE" in api.stderr
    assert "another-word" not in api.stderr
    assert ENVIRONMENT["OWNER_PASSWORD"] not in api.stderr


def test_a_body_that_is_too_long_is_answered_before_it_ends(tmp_path: Path) -> None:
    with running(tmp_path, {**ENVIRONMENT, "MAX_UPLOAD_BYTES": "1000"}) as api:
        api.wait_for("/health", 200)
        told = answer_to(api, f"{HEAD}Content-Length: 1001\r\n\r\n")
        chunk = f"{600:x}\r\n{' ' * 600}\r\n"
        grown = answer_to(api, f"{HEAD}Transfer-Encoding: chunked\r\n\r\n", chunk, chunk)
        for head, problem in (told, grown):
            assert head.startswith(b"HTTP/1.1 413 ")
            assert problem["detail"] == "The body is larger than 1000 bytes."
        assert api.end() == 0


def test_a_request_can_be_found_in_the_log_by_its_id(tmp_path: Path) -> None:
    with running(tmp_path, ENVIRONMENT) as api:
        api.wait_for("/health", 200)
        head, problem = answer_to(
            api,
            "GET /api/v1/builds?secret=hidden HTTP/1.1\r\nHost: logbook\r\n"
            "X-Request-ID: trial-7\r\nConnection: close\r\n\r\n",
        )
        assert b"\r\nx-request-id: trial-7" in head.lower()
        assert problem["request_id"] == "trial-7"
        assert api.end() == 0
    lines = [json.loads(line) for line in (api.stdout + api.stderr).splitlines()]
    [line] = [line for line in lines if line.get("request_id") == "trial-7"]
    assert line["message"] == "GET /api/v1/builds 401"
    assert "hidden" not in api.stdout + api.stderr

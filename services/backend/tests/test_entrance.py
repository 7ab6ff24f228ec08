"""What every request gets: an id, headers, a line in the log, its place in the metrics."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from logbook.logs import JsonLine
from test_api import assert_problem
from test_body_limit import MOST


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[dict[str, Any]]]:
    """The lines that were logged, read again from what would be written."""
    found: list[dict[str, Any]] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(json.loads(JsonLine().format(record)))

    keep = Keep()
    with caplog.at_level("INFO"):
        logging.getLogger("logbook").addHandler(keep)
        yield found
        logging.getLogger("logbook").removeHandler(keep)


async def test_a_request_is_one_line(
    client: httpx.AsyncClient, lines: list[dict[str, Any]]
) -> None:
    await client.get("/builds/7", params={"key": "hidden-word"})
    [line] = lines
    assert line["message"] == "GET /api/v1/builds/{build_id} 401"
    assert (line["logger"], line["level"]) == ("logbook.access", "info")
    assert (line["method"], line["route"]) == ("GET", "/api/v1/builds/{build_id}")
    assert line["status"] == 401
    assert 0 < line["duration_ms"] < 5_000
    assert line["time"].endswith("Z")
    assert "hidden-word" not in json.dumps(line)


async def test_what_nobody_serves_is_told_without_its_path(
    client: httpx.AsyncClient, lines: list[dict[str, Any]]
) -> None:
    await client.get("/hidden-word")
    await client.request("HIDDEN", "/health")
    assert [line["route"] for line in lines] == ["unmatched", "/api/v1/health"]
    assert [line["method"] for line in lines] == ["GET", "OTHER"]
    assert "hidden" not in json.dumps(lines).lower()


async def test_an_id_that_is_well_formed_is_kept(
    client: httpx.AsyncClient, lines: list[dict[str, Any]]
) -> None:
    response = await client.get("/ready", headers={"X-Request-ID": "Trial-7.a_b"})
    assert response.headers["x-request-id"] == "Trial-7.a_b"
    assert_problem(response, 503)
    assert response.json()["request_id"] == "Trial-7.a_b"
    assert lines
    assert {line["request_id"] for line in lines} == {"Trial-7.a_b"}


@pytest.mark.parametrize("given", [None, "", "a b", "a" * 129, "ä", 'a"b', "a,b"])
async def test_any_other_id_is_replaced(client: httpx.AsyncClient, given: str | None) -> None:
    headers = {} if given is None else {b"X-Request-ID": given.encode()}
    made = [await client.get("/health", headers=headers) for _ in range(2)]
    first, second = (response.headers["x-request-id"] for response in made)
    assert first != second
    assert len(first) == 32
    assert first.isalnum()


@pytest.mark.parametrize("path", ["/health", "/nowhere", "/builds", "/ready", "/openapi.json"])
async def test_every_answer_has_the_headers_of_an_api(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers.get_list("x-request-id") == [headers["x-request-id"]]


async def test_a_refused_body_has_an_id_too(
    client: httpx.AsyncClient, lines: list[dict[str, Any]]
) -> None:
    response = await client.post("/builds", content=b" " * MOST)
    assert_problem(response, 401)
    assert response.json()["request_id"] == response.headers["x-request-id"]
    assert lines[-1]["route"] == "unmatched"


async def test_a_fault_is_told_in_the_log_alone(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, lines: list[dict[str, Any]]
) -> None:
    async def fail(_engine: object) -> None:
        message = "the mast is broken"
        raise ZeroDivisionError(message)

    monkeypatch.setattr("logbook.api.routes.health.current_revision", fail)
    response = await client.get("/ready")
    assert_problem(response, 500)
    assert "mast" not in response.text
    fault, access = lines
    assert (fault["level"], fault["message"]) == ("error", "the request failed")
    assert "ZeroDivisionError: the mast is broken" in fault["exception"]
    assert access["status"] == 500
    assert {response.json()["request_id"]} == {fault["request_id"], access["request_id"]}


def test_a_record_is_one_line_whatever_it_holds() -> None:
    with pytest.raises(ValueError, match="two") as caught:
        int("two\nlines \ud800")
    fault = (caught.type, caught.value, caught.tb)
    record = logging.LogRecord("name", logging.ERROR, "", 0, "%s\n\x1b[31m", ("é",), fault)
    line = JsonLine().format(record)
    assert line.isascii()
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    read = json.loads(line)
    assert read["message"] == "é\n\x1b[31m"
    assert "ValueError: invalid literal" in read["exception"]
    assert "request_id" not in read

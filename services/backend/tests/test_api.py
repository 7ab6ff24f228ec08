"""The API while its database is away."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from conftest import STAMP, at_database, client_of, unexpected_end
from logbook.api.app import create_app
from logbook.settings import Settings

CREDENTIALS = {"username": "captain", "password": "aye-aye-7"}


def assert_problem(response: httpx.Response, status: int) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["type"] == "about:blank"


async def test_health_tells_version_and_wiring(client: httpx.AsyncClient) -> None:
    response = await client.get("/health")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "version": STAMP,
        "wired": {"database": "postgresql+asyncpg", "authentication": "owner"},
    }


async def test_ready_says_that_the_database_is_away(client: httpx.AsyncClient) -> None:
    response = await client.get("/ready")
    assert_problem(response, 503)
    assert response.json()["detail"] == "The database cannot be reached."


async def test_ready_answers_in_time_when_the_database_is_silent(settings: Settings) -> None:
    held: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _, writer: held.append(writer), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    there = at_database(settings, f"postgresql://a:b@127.0.0.1:{port}/c")
    app = create_app(there, {}, unexpected_end)
    started = time.monotonic()
    async with client_of(app) as client:
        response = await client.get("/ready")
    assert time.monotonic() - started < 3
    assert_problem(response, 503)
    assert "2 s" in response.json()["detail"]
    silent.close()
    for writer in held:
        writer.close()


async def test_signing_in_gives_a_token_that_opens_the_builds(stored: httpx.AsyncClient) -> None:
    response = await stored.post("/auth/login", json=CREDENTIALS)
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    token = response.json()
    assert (token["token_type"], token["expires_in"]) == ("bearer", 86_400)
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    assert (await stored.get("/builds", headers=bearer)).status_code == 200


@pytest.mark.parametrize("wrong", [{"username": "cook"}, {"password": "x"}, {"password": ""}])
async def test_a_wrong_sign_in_is_refused(stored: httpx.AsyncClient, wrong: dict[str, str]) -> None:
    response = await stored.post("/auth/login", json={**CREDENTIALS, **wrong})
    assert_problem(response, 401)
    assert response.headers["www-authenticate"] == "Bearer"


async def test_an_invalid_request_is_not_sent_back(client: httpx.AsyncClient) -> None:
    response = await client.post("/auth/login", json={"password": "x" * 2000})
    assert_problem(response, 422)
    assert {error["at"] for error in response.json()["errors"]} == {
        "body.username",
        "body.password",
    }
    assert "xxx" not in response.text


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/builds"), ("POST", "/builds"), ("GET", "/builds/1")]
)
@pytest.mark.parametrize("header", [None, "Bearer a.b.c", "Basic Y2FwdGFpbjpheWU=", "Bearer"])
async def test_builds_need_a_token(
    client: httpx.AsyncClient, method: str, path: str, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    response = await client.request(method, path, headers=headers, json={})
    assert_problem(response, 401)
    assert response.headers["www-authenticate"] == "Bearer"


async def test_an_expired_token_is_refused(client: httpx.AsyncClient, settings: Settings) -> None:
    owner = create_app(settings, {}, unexpected_end).state.wiring.owner
    old = owner.issue_token(datetime.now(UTC) - timedelta(days=2))
    response = await client.get("/builds", headers={"Authorization": f"Bearer {old}"})
    assert_problem(response, 401)


async def test_unknown_paths_and_methods_are_problems(client: httpx.AsyncClient) -> None:
    assert_problem(await client.get("/nowhere"), 404)
    assert_problem(await client.delete("/health"), 405)
    response = await client.delete("/builds")
    assert_problem(response, 405)
    assert response.headers["allow"] == "GET, POST"


async def test_a_fault_is_a_problem_and_tells_nothing(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_engine: object) -> None:
        message = "hidden-word"
        raise ZeroDivisionError(message)

    monkeypatch.setattr("logbook.api.routes.health.current_revision", fail)
    response = await client.get("/ready")
    assert_problem(response, 500)
    assert "hidden-word" not in response.text


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'"\\ud800"', b"1e999"])
async def test_a_body_that_is_no_json_is_the_callers_fault(
    client: httpx.AsyncClient, body: bytes
) -> None:
    response = await client.post(
        "/auth/login", content=body, headers={"Content-Type": "application/json"}
    )
    assert_problem(response, response.status_code)
    assert 400 <= response.status_code < 500

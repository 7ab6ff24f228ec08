"""How long a body may be, and who may send a long one."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from conftest import at_database, client_of, unexpected_end
from logbook.api.app import create_app
from logbook.api.body_limit import ANYBODYS_BYTES, IN_MEMORY_BYTES
from logbook.settings import Settings
from test_api import CREDENTIALS, assert_problem

CHUNK = b" " * 65_536
MOST = 3_000_000
JSON = {"Content-Type": "application/json"}


class Growing:
    """A body that tells no length and notes how much of it was taken."""

    def __init__(self, length: int) -> None:
        self.left = length
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.left > 0:
            part = CHUNK[: self.left]
            self.left -= len(part)
            self.taken += len(part)
            yield part


@pytest.fixture
async def limited(settings: Settings, migrated_database: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client, signed in, of an application that takes bodies of up to `MOST` bytes."""
    there = replace(at_database(settings, migrated_database), max_upload_bytes=MOST)
    app = create_app(there, {}, unexpected_end)
    async with client_of(app) as client:
        client.headers["Authorization"] = f"Bearer {app.state.wiring.owner.issue_token()}"
        yield client
    await app.state.wiring.engine.dispose()


async def test_a_body_told_to_be_too_long_is_not_read(limited: httpx.AsyncClient) -> None:
    body = Growing(MOST + 1)
    response = await limited.post(
        "/builds", content=body, headers={"Content-Length": str(MOST + 1)}
    )
    assert_problem(response, 413)
    assert body.taken == 0
    assert str(MOST) in response.json()["detail"]


async def test_a_body_that_grows_too_long_is_refused_before_it_ends(
    limited: httpx.AsyncClient,
) -> None:
    body = Growing(MOST * 10)
    response = await limited.post("/builds", content=body, headers=JSON)
    assert_problem(response, 413)
    assert body.taken <= MOST + len(CHUNK)


@pytest.mark.parametrize("told", [True, False])
async def test_a_body_of_the_limit_is_read(limited: httpx.AsyncClient, *, told: bool) -> None:
    content = b"{}".ljust(MOST) if told else Growing(MOST)
    response = await limited.post("/builds", content=content, headers=JSON)
    assert_problem(response, 422)


@pytest.mark.parametrize("authorization", ["", "Bearer a.b.c", "Basic YTpi"])
@pytest.mark.parametrize("told", [True, False])
async def test_a_long_body_of_somebody_unknown_is_not_read(
    client: httpx.AsyncClient, authorization: str, *, told: bool
) -> None:
    body = Growing(MOST)
    headers = {**JSON, "Authorization": authorization}
    if told:
        headers["Content-Length"] = str(MOST)
    assert_problem(await client.post("/builds", content=body, headers=headers), 401)
    assert body.taken <= (0 if told else ANYBODYS_BYTES + len(CHUNK))


async def test_a_key_that_only_reads_sends_no_long_body(limited: httpx.AsyncClient) -> None:
    body = Growing(MOST)
    made = await limited.post("/keys", json={"name": "reader", "scopes": ["read"]})
    bearer = {"Authorization": f"Bearer {made.json()['key']}"}
    assert_problem(await limited.post("/builds", content=body, headers={**JSON, **bearer}), 403)
    assert body.taken <= ANYBODYS_BYTES + len(CHUNK)


async def test_anybody_may_send_a_short_one(limited: httpx.AsyncClient) -> None:
    response = await limited.post("/auth/login", json=CREDENTIALS, headers={"Authorization": ""})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("method", "length", "status"),
    [
        ("POST", IN_MEMORY_BYTES + 1, 413),
        ("PUT", IN_MEMORY_BYTES + 1, 404),
        ("PUT", 52_428_801, 413),
    ],
)
async def test_only_an_upload_may_be_as_long_as_the_setting_says(
    stored: httpx.AsyncClient, method: str, length: int, status: int
) -> None:
    path = "/builds" if method == "POST" else "/builds/7/sbom"
    headers = {**JSON, "Content-Length": str(length)}
    assert_problem(
        await stored.request(method, path, content=Growing(length), headers=headers), status
    )

"""The keys of machines, and who may do what."""

import asyncio
from datetime import datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from conftest import signed_in
from logbook.database.clock import In
from logbook.database.models import ApiKey
from logbook.settings import Settings
from record import BUILD
from test_api import assert_problem


async def make(stored: httpx.AsyncClient, *scopes: str) -> dict[str, Any]:
    response = await stored.post("/keys", json={"name": "a machine", "scopes": scopes})
    assert response.status_code == 201, response.text
    assert response.headers["cache-control"] == "no-store"
    made: dict[str, Any] = response.json()
    return made


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_key_is_shown_once(either: httpx.AsyncClient) -> None:
    made = await make(either, "record", "read", "read")
    number, secret = made["key"].removeprefix("lbk_").split("_")
    assert int(number) == made["id"]
    assert len(bytes.fromhex(secret)) == 32
    listed = (await either.get("/keys")).json()
    assert listed["items"] == [{name: made[name] for name in made if name != "key"}]
    assert made["scopes"] == ["read", "record"]
    assert made["last_used_at"] is made["revoked_at"] is None
    assert datetime.fromisoformat(made["created_at"]).tzinfo


async def test_no_key_is_kept(stored: httpx.AsyncClient, engine: AsyncEngine) -> None:
    made = await make(stored, "read")
    async with engine.connect() as connection:
        kept = str((await connection.execute(text("SELECT * FROM api_keys"))).all())
    assert "a machine" in kept
    assert made["key"].rsplit("_", 1)[1] not in kept


async def test_keys_are_listed_newest_first_in_pages(either: httpx.AsyncClient) -> None:
    made = [(await make(either, "read"))["id"] for _ in range(3)]
    first = (await either.get("/keys", params={"limit": 2})).json()
    rest = (await either.get("/keys", params={"cursor": first["next"]})).json()
    assert [key["id"] for key in (*first["items"], *rest["items"])] == made[::-1]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "wrong", [{"scopes": []}, {"scopes": ["write"]}, {"name": ""}, {"name": "\0"}, {"more": 1}]
)
async def test_a_wrong_key_is_not_made(stored: httpx.AsyncClient, wrong: dict[str, Any]) -> None:
    response = await stored.post("/keys", json={"name": "a", "scopes": ["read"], **wrong})
    assert_problem(response, 422)
    assert (await stored.get("/keys")).json()["items"] == []


@pytest.mark.parametrize(
    ("scopes", "read", "record"),
    [(["read"], 200, 403), (["record"], 403, 422), (["read", "record"], 200, 422)],
)
async def test_a_key_opens_what_its_scopes_say(
    stored: httpx.AsyncClient, scopes: list[str], read: int, record: int
) -> None:
    key = bearer((await make(stored, *scopes))["key"])
    assert (await stored.get("/builds", headers=key)).status_code == read
    assert (await stored.post("/builds", headers=key, json={})).status_code == record
    refused = [await stored.get("/keys", headers=key), await stored.delete("/keys/1", headers=key)]
    refused += [await stored.post("/keys", headers=key, json={"name": "a", "scopes": ["read"]})]
    for response in refused:
        assert_problem(response, 403)


async def test_a_missing_scope_is_named(stored: httpx.AsyncClient) -> None:
    key = bearer((await make(stored, "read"))["key"])
    response = await stored.post("/builds", headers=key, json={})
    assert '"record"' in response.json()["detail"]
    assert 'scope="record"' in response.headers["www-authenticate"]


async def test_one_is_told_who_one_is(stored: httpx.AsyncClient) -> None:
    owner = (await stored.get("/auth/me")).json()
    assert owner == {"name": "captain", "kind": "owner", "scopes": ["read", "record"]}
    key = bearer((await make(stored, "record"))["key"])
    machine = (await stored.get("/auth/me", headers=key)).json()
    assert machine == {"name": "a machine", "kind": "key", "scopes": ["record"]}


async def test_a_revoked_key_opens_nothing_and_stays_listed(either: httpx.AsyncClient) -> None:
    made = await make(either, "read")
    assert (await either.get("/builds", headers=bearer(made["key"]))).status_code == 200
    for _ in range(2):
        response = await either.delete(f"/keys/{made['id']}")
        assert (response.status_code, response.content) == (204, b"")
        [key] = (await either.get("/keys")).json()["items"]
        assert (made["revoked_at"] or key["revoked_at"]) == key["revoked_at"]
        made = {**made, "revoked_at": key["revoked_at"]}
    assert_problem(await either.get("/builds", headers=bearer(made["key"])), 401)


async def test_a_revoked_key_opens_nothing_at_another_replica_from_then_on(
    stored: httpx.AsyncClient, settings: Settings, migrated_database: str
) -> None:
    made = await make(stored, "read", "record")
    async with signed_in(settings, migrated_database) as other:
        for _ in range(3):  # nothing of it is remembered
            assert (await other.get("/builds", headers=bearer(made["key"]))).status_code == 200
        await stored.delete(f"/keys/{made['id']}")
        assert_problem(await other.get("/builds", headers=bearer(made["key"])), 401)
        assert_problem(await other.post("/builds", json=BUILD, headers=bearer(made["key"])), 401)


async def test_a_key_that_is_not_there_cannot_be_revoked(stored: httpx.AsyncClient) -> None:
    assert_problem(await stored.delete("/keys/7"), 404)
    assert_problem(await stored.delete("/keys/0"), 422)


async def test_a_changed_key_opens_nothing(stored: httpx.AsyncClient) -> None:
    key = (await make(stored, "read"))["key"]
    other = (await make(stored, "read"))["key"]
    secret, other_secret = key.rsplit("_", 1)[1], other.rsplit("_", 1)[1]
    wrong = [
        key[:-1] + ("0" if key[-1] != "0" else "1"),
        key[:-1],
        key + "0",
        key.upper(),
        key.replace(secret, other_secret),
        f"lbk_99_{secret}",
        f"lbk_{'9' * 30}_{secret}",
        f"lbk_0_{secret}",
        f"lbk_-1_{secret}",
        f"lbk_{secret}",
        "lbk_",
        "lbk_1_",
    ]
    for token in wrong:
        assert_problem(await stored.get("/builds", headers=bearer(token)), 401)
    assert (await stored.get("/builds", headers=bearer(key))).status_code == 200


async def test_the_last_use_is_noted_at_most_once_a_minute(
    either: httpx.AsyncClient, either_engine: AsyncEngine
) -> None:
    key = bearer((await make(either, "read"))["key"])

    async def used() -> str | None:
        codes = await asyncio.gather(*(either.get("/builds", headers=key) for _ in range(4)))
        assert {response.status_code for response in codes} == {200}
        last: str | None = (await either.get("/keys")).json()["items"][0]["last_used_at"]
        return last

    first = await used()
    assert first is not None
    assert await used() == first
    async with either_engine.begin() as connection:
        await connection.execute(update(ApiKey).values(last_used_at=In(-61)))
    again = await used()
    assert again is not None
    assert again > first


async def test_a_key_cannot_be_judged_while_the_database_is_away(client: httpx.AsyncClient) -> None:
    response = await client.get("/auth/me", headers=bearer(f"lbk_1_{'0' * 64}"))
    assert_problem(response, 503)
    assert_problem(await client.get("/auth/me"), 401)


async def test_a_key_is_not_waited_for_at_a_database_that_is_slow(
    stored: httpx.AsyncClient, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = bearer((await make(stored, "read"))["key"])
    monkeypatch.setattr("logbook.api.access.ACCESS_SECONDS", 0.3)
    async with engine.begin() as connection:
        await connection.execute(text("LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE"))
        async with asyncio.timeout(5):
            assert_problem(await stored.get("/builds", headers=key), 503)
    assert (await stored.get("/builds", headers=key)).status_code == 200

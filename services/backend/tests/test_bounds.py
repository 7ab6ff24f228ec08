"""Lists cost the same however much is recorded, in a real Postgres and in SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import Engine, event, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from logbook.database.models import Build, Content, Package, Sbom, Trial
from logbook.packages import key_of
from record import BUILD, DEPLOYMENT, TRIAL, digest, told

MANY = 2_000
IMAGES = 8
PACKAGES = 40
HELD = 10
"""Packages of a build."""
FIRST = datetime(2026, 1, 1, tzinfo=UTC)

LISTS = {
    "/builds?limit=200": 1,
    "/builds?limit=200&image=image-1&verdict=broken": 1,
    "/builds?sha=bbbbbbb": 1,
    "/builds/7": 1,
    "/images": 3,
    "/images/image-1": 3,
    "/trials?limit=200": 1,
    "/trials?build=7": 1,
    "/components?limit=200": 2,
    "/components?name=p&latest=true": 2,
    "/builds/7/components": 2,
    "/builds/7/comparison?with=8": 6,
    "/deployments": 2,
}
"""How many statements each takes."""

RECORDS: dict[str, dict[str, Any]] = {"/builds": BUILD, "/trials": TRIAL}

LARGE = ("builds.steps", "trials.report", "trials.observation", "sboms.document")


@pytest.fixture
async def filled(either: httpx.AsyncClient, either_engine: AsyncEngine) -> None:
    """A database in which much is recorded."""
    async with either_engine.begin() as connection:
        await _fill(connection)
        await connection.execute(text("ANALYZE"))
    await told(either, "/deployments", DEPLOYMENT)


async def _fill(connection: AsyncConnection) -> None:
    moments = [FIRST + timedelta(minutes=number) for number in range(MANY)]
    builds: list[dict[str, Any]] = [
        {
            **BUILD,
            "id": number + 1,
            "image": f"image-{number % IMAGES}",
            "digest": digest(number),
            "built_at": moment,
        }
        for number, moment in enumerate(moments)
    ]
    trials = [
        {
            **TRIAL,
            "run": f"run-{number}",
            "image": build["image"],
            "digest": build["digest"],
            "started_at": moments[number],
            "verdict": "broken" if number % 7 == 0 else "kept",
        }
        for number, build in enumerate(builds)
    ]
    packages = [
        {
            "id": number + 1,
            "key": key_of("library", f"p{number}", "1", ""),
            "type": "library",
            "name": f"p{number}",
            "version": "1",
            "purl": "",
            "licenses": [],
        }
        for number in range(PACKAGES)
    ]
    sboms = [
        {"id": build["id"], "build_id": build["id"], "state": "done", "components": HELD}
        for build in builds
    ]
    contents = [
        {"sbom_id": sbom["id"], "package_id": (sbom["id"] + number) % PACKAGES + 1}
        for sbom in sboms
        for number in range(HELD)
    ]
    await connection.execute(insert(Build), builds)
    await connection.execute(insert(Trial), trials)
    await connection.execute(insert(Package), packages)
    rows = [{**sbom, "sha256": "0" * 64, "document": b""} for sbom in sboms]
    await connection.execute(insert(Sbom), rows)
    await connection.execute(insert(Content), contents)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Note what is asked of any database."""
    noted: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")):
            noted.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.usefixtures("filled")
async def test_lists_take_few_statements_and_leave_large_columns_alone(
    either: httpx.AsyncClient,
) -> None:
    for path, expected in LISTS.items():
        with statements() as noted:
            answer = await either.get(path)
        assert answer.status_code == 200, answer.text
        told_of = answer.json().get("items", [answer.json()])
        assert told_of, path
        assert len(noted) == expected, (path, noted)
        if path not in {"/builds/7", "/builds/7/comparison?with=8"}:
            assert not [part for part in LARGE if any(part in one for one in noted)], path


async def test_recording_takes_one_statement(stored: httpx.AsyncClient) -> None:
    for path, body in RECORDS.items():
        for status, expected in ((201, ["INSERT"]), (200, ["INSERT", "SELECT"])):
            with statements() as noted:
                answer = await stored.post(path, json=body)
            assert answer.status_code == status, answer.text
            assert [one.split()[0] for one in noted] == expected, (path, noted)


async def test_what_is_asked_often_goes_without_a_transaction(
    stored: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await told(stored, "/keys", {"name": "machine", "scopes": ["read", "record"]})
    key = {"Authorization": f"Bearer {made['key']}"}
    begun: list[object] = []
    start = asyncpg.transaction.Transaction.start

    async def note(transaction: asyncpg.transaction.Transaction) -> None:
        begun.append(transaction)
        await start(transaction)

    monkeypatch.setattr("asyncpg.transaction.Transaction.start", note)
    for path, body in RECORDS.items():
        await stored.post(path, json=body, headers=key)
        assert (await stored.get(path, headers=key)).json()["items"], path
    assert (await stored.get("/builds/1", headers=key)).status_code == 200
    assert begun == []
    await told(stored, "/deployments", DEPLOYMENT)
    assert begun

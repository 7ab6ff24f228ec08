"""A Postgres that takes long, or says nothing any more, holds no request for ever."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from conftest import STAMP, at_database, signed_in, unexpected_end
from logbook.api.app import create_app
from logbook.database.migration import LOCK, current_revision, known_revisions
from logbook.settings import Settings
from record import BUILD, DEPLOYMENT
from test_api import assert_problem

SECONDS = 0.5
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements of requests may take half a second."""
    monkeypatch.setattr("logbook.api.app.COMMAND_SECONDS", SECONDS)


class Relay:
    """Passes on what two sides say to each other, but on connections that fell silent."""

    def __init__(self) -> None:
        self._speaks = self._spoken()

    def _spoken(self) -> asyncio.Event:
        speaks = asyncio.Event()
        speaks.set()
        return speaks

    def fall_silent(self) -> None:
        """Pass on nothing more on the connections that there are; later ones speak."""
        self._speaks.clear()
        self._speaks = self._spoken()

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on from one side to the other."""
        speaks = self._speaks
        try:
            while data := await reader.read(65_536):
                await speaks.wait()
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def relayed(address: str) -> AsyncIterator[tuple[Relay, str]]:
    """Give a relay before the database at `address`, and the relay's address."""
    relay, url = Relay(), make_url(address)
    tasks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert url.host is not None
        there = await asyncio.open_connection(url.host, url.port)
        for way in ((reader, there[1]), (there[0], writer)):
            tasks.add(asyncio.create_task(relay.pass_on(*way)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield relay, url.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_statement_that_waits_too_long_is_ended(
    settings: Settings, engine: AsyncEngine, migrated_database: str, method: str
) -> None:
    async with signed_in(settings, migrated_database) as client:
        async with engine.begin() as connection:
            await connection.execute(text("LOCK TABLE builds IN ACCESS EXCLUSIVE MODE"))
            began = time.monotonic()
            body = BUILD if method == "POST" else None
            answer = await client.request(method, "/builds", json=body)
            assert_problem(answer, 503)
            assert SECONDS <= time.monotonic() - began < 10 * SECONDS
            assert answer.headers["retry-after"]
            assert await connection.scalar(_WAITING) == 0  # Postgres was told to stop it
        assert (await client.get("/builds")).json()["items"] == []


async def test_a_transaction_that_waits_too_long_is_ended(
    settings: Settings, engine: AsyncEngine, migrated_database: str
) -> None:
    async with signed_in(settings, migrated_database) as client:
        async with engine.begin() as connection:
            await connection.execute(text("LOCK TABLE environments IN ACCESS EXCLUSIVE MODE"))
            assert_problem(await client.post("/deployments", json=DEPLOYMENT), 503)
        assert (await client.post("/deployments", json=DEPLOYMENT)).status_code == 201


async def test_a_connection_that_falls_silent_is_given_up(
    settings: Settings, migrated_database: str
) -> None:
    async with (
        relayed(migrated_database) as (relay, address),
        signed_in(settings, address) as client,
    ):
        assert (await client.get("/builds")).status_code == 200
        relay.fall_silent()
        async with asyncio.timeout(30):
            assert_problem(await client.get("/builds"), 503)
        answers = await asyncio.gather(*(client.get("/builds") for _ in range(8)))
        assert {answer.status_code for answer in answers} == {200}


async def test_a_migration_may_take_longer_than_a_request(
    settings: Settings, empty_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(at_database(settings, empty_database), dict(STAMP), unexpected_end)
    wiring = app.state.wiring
    async with wiring.engine.connect() as connection:
        await connection.execute(text(f"SELECT pg_advisory_lock({LOCK})"))
        migration = asyncio.create_task(wiring.migrator.run())
        await asyncio.sleep(3 * SECONDS)
        assert not migration.done()
        await connection.execute(text(f"SELECT pg_advisory_unlock({LOCK})"))
        await migration
    assert await current_revision(wiring.engine) == known_revisions()[0]
    assert [record for record in caplog.records if record.levelname == "WARNING"] == []
    await wiring.engine.dispose()


@pytest.mark.parametrize("either_address", ["sqlite"], indirect=True)
async def test_who_searches_a_file_does_not_wait_for_who_writes_to_it(
    either: httpx.AsyncClient, either_engine: AsyncEngine
) -> None:
    async with either_engine.begin() as connection:
        await connection.execute(text("DELETE FROM packages"))
        for path in ("/components", "/images", "/deployments", "/jobs"):
            async with asyncio.timeout(3):
                assert (await either.get(path)).json()["items"] == [], path

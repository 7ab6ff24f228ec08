"""Who fails to sign in too often is locked out, by every replica at once."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from conftest import at_database, client_of, unexpected_end
from logbook.api.app import create_app
from logbook.database.connection import connect_lazily
from logbook.database.migration import upgrade
from logbook.database.models import SignInTries
from logbook.lock_out import NAME_FACTOR, Rule, Tries
from logbook.settings import Settings, parse_database_url
from test_api import CREDENTIALS, assert_problem

WRONG = {**CREDENTIALS, "password": "belay-8"}


@pytest.fixture
async def on_postgres(settings: Settings, migrated_database: str) -> Settings:
    """Settings with a migrated Postgres."""
    return at_database(settings, migrated_database)


@pytest.fixture
async def on_sqlite(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with a migrated file."""
    url = f"sqlite+aiosqlite:///{tmp_path}/logbook.db"
    engine = connect_lazily(parse_database_url(url))
    async with engine.connect() as connection:
        await upgrade(connection)
    await engine.dispose()
    return at_database(settings, url)


@pytest.fixture(params=["on_postgres", "on_sqlite"])
def there(request: pytest.FixtureRequest) -> Settings:
    """Settings with a migrated database of either kind."""
    settings: Settings = request.getfixturevalue(request.param)
    return settings


@asynccontextmanager
async def replicas(settings: Settings, number: int = 1) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Give a client of each of some APIs on one database."""
    async with AsyncExitStack() as stack:
        clients = []
        for _ in range(number):
            app = create_app(settings, {}, unexpected_end)
            clients.append(await stack.enter_async_context(client_of(app)))
            stack.push_async_callback(app.state.wiring.engine.dispose)
        yield clients


async def sign_in(
    client: httpx.AsyncClient, credentials: dict[str, str] = WRONG, forwarded_for: str = ""
) -> httpx.Response:
    headers = {"X-Forwarded-For": forwarded_for} if forwarded_for else {}
    return await client.post("/auth/login", json=credentials, headers=headers)


async def test_five_failures_lock_a_client_out_of_every_replica(there: Settings) -> None:
    async with replicas(there, 2) as (one, other):
        assert [(await sign_in(one)).status_code for _ in range(5)] == [401] * 5
        locked = await sign_in(other)
        assert_problem(locked, 429)
        assert 890 <= int(locked.headers["retry-after"]) <= 900


async def test_who_is_locked_out_learns_nothing_of_the_password(there: Settings) -> None:
    async with replicas(there) as (client,):
        for _ in range(5):
            await sign_in(client)
        wrong, right = await sign_in(client), await sign_in(client, CREDENTIALS)
    assert wrong.status_code == right.status_code == 429
    assert {*wrong.headers} == {*right.headers}
    assert _without_numbers(wrong) == _without_numbers(right)


def _without_numbers(response: httpx.Response) -> str:
    return re.sub(r"\d+ s", "N s", str(response.json()["detail"]))


async def test_no_more_tries_than_the_limit_are_judged_however_many_come_at_once(
    there: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = []

    def judge(*_: object) -> bool:
        judged.append(True)
        return False

    monkeypatch.setattr("logbook.identity.Owner.is_signed_in_by", judge)
    async with replicas(there, 3) as clients:
        tries = [sign_in(client) for client in clients for _ in range(10)]
        codes = [response.status_code for response in await asyncio.gather(*tries)]
    assert len(judged) == 5
    assert sorted(codes) == [401] * 5 + [429] * 25


async def test_many_right_sign_ins_at_once_lock_nobody_out(there: Settings) -> None:
    async with replicas(there, 2) as clients:
        tries = [sign_in(client, CREDENTIALS) for client in clients for _ in range(8)]
        codes = [response.status_code for response in await asyncio.gather(*tries)]
    assert codes == [200] * 16


async def test_signing_in_forgets_the_failures(there: Settings) -> None:
    async with replicas(there) as (client,):
        for _ in range(3):
            assert [(await sign_in(client)).status_code for _ in range(4)] == [401] * 4
            assert (await sign_in(client, CREDENTIALS)).status_code == 200


async def test_a_lock_ends_after_its_cooldown(there: Settings) -> None:
    quick = replace(there, login_max_failures=2, login_cooldown_seconds=1)
    async with replicas(quick) as (client,):
        codes = [(await sign_in(client)).status_code for _ in range(3)]
        await asyncio.sleep(1.05)
        assert [*codes, (await sign_in(client, CREDENTIALS)).status_code] == [401, 401, 429, 200]


async def test_failures_count_only_within_the_window(there: Settings) -> None:
    quick = replace(there, login_max_failures=2, login_window_seconds=1)
    async with replicas(quick) as (client,):
        for _ in range(3):
            assert (await sign_in(client)).status_code == 401
            await asyncio.sleep(1.05)


async def test_a_forwarded_address_counts_from_a_trusted_proxy_alone(there: Settings) -> None:
    async with replicas(there) as (client,):
        codes = [
            (await sign_in(client, forwarded_for=f"192.0.2.{number}")).status_code
            for number in range(6)
        ]
    assert codes == [401] * 5 + [429]


async def test_behind_a_trusted_proxy_each_client_is_locked_out_by_itself(
    there: Settings,
) -> None:
    behind = replace(there, login_trusted_proxies=(ip_network("127.0.0.1"),))
    async with replicas(behind) as (client,):
        for number in range(5):  # what stands before the address is made up by the client
            await sign_in(client, forwarded_for=f"203.0.113.{number}, 192.0.2.1")
        assert (await sign_in(client, forwarded_for="192.0.2.1")).status_code == 429
        assert (await sign_in(client, CREDENTIALS, "192.0.2.2")).status_code == 200


async def test_a_name_is_locked_when_many_addresses_try_it(there: Settings) -> None:
    behind = replace(there, login_trusted_proxies=(ip_network("127.0.0.1"),), login_max_failures=2)
    async with replicas(behind) as (client,):
        codes = [
            (await sign_in(client, forwarded_for=f"192.0.2.{number}")).status_code
            for number in range(2 * NAME_FACTOR + 1)
        ]
        assert codes == [401] * 2 * NAME_FACTOR + [429]
        assert (await sign_in(client, CREDENTIALS, "198.51.100.1")).status_code == 429
        other = {**WRONG, "username": "cook"}
        assert (await sign_in(client, other, "198.51.100.1")).status_code == 401


async def test_rows_do_not_pile_up(there: Settings) -> None:
    async with replicas(replace(there, login_max_failures=3)) as (client,):
        for number in range(3):
            await sign_in(client, {**WRONG, "username": f"name {number}"})
        engine = client._transport.app.state.wiring.engine  # type: ignore[attr-defined]
        assert await _rows(engine) == 4
        for number in range(20):  # locked out
            await sign_in(client, {**WRONG, "username": f"other {number}"})
        assert await _rows(engine) == 4
        async with engine.begin() as connection:
            await connection.execute(
                update(SignInTries).values(forget_at=1.0, locked_until=0.0, failed_at=[1.0])
            )
        await sign_in(client, {**WRONG, "username": "last"})
        assert await _rows(engine) == 2


async def _rows(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return (
            await connection.execute(select(func.count()).select_from(SignInTries))
        ).scalar_one()


async def test_no_name_and_no_password_is_kept(there: Settings) -> None:
    async with replicas(there) as (client,):
        await sign_in(client)
        engine = client._transport.app.state.wiring.engine  # type: ignore[attr-defined]
        async with engine.connect() as connection:
            kept = str((await connection.execute(text("SELECT * FROM sign_in_tries"))).all())
    assert "127.0.0.1" in kept
    assert not [word for word in CREDENTIALS.values() if word in kept]
    assert WRONG["password"] not in kept


async def test_nobody_signs_in_while_the_database_is_away(client: httpx.AsyncClient) -> None:
    for credentials in (WRONG, CREDENTIALS):
        response = await sign_in(client, credentials)
        assert_problem(response, 503)
        assert response.headers["retry-after"]


async def test_sign_ins_do_not_take_all_connections(
    there: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = []
    async with replicas(there) as (client,):
        pool = client._transport.app.state.wiring.engine.pool  # type: ignore[attr-defined]

        def judge(*_: object) -> bool:
            taken.append(pool.checkedout())
            return False

        monkeypatch.setattr("logbook.identity.Owner.is_signed_in_by", judge)
        await asyncio.gather(*(sign_in(client) for _ in range(30)))
    assert len(taken) == 5
    assert max(taken) <= 2


@pytest.mark.parametrize("right", [True, False])
async def test_nobody_signs_in_at_a_database_that_is_silent(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, *, right: bool
) -> None:
    monkeypatch.setattr("logbook.api.wiring.ACCESS_SECONDS", 0.3)
    held: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _, writer: held.append(writer), "127.0.0.1", 0)
    url = f"postgresql://a:b@127.0.0.1:{silent.sockets[0].getsockname()[1]}/c"
    async with replicas(at_database(settings, url)) as (client,):
        assert_problem(await sign_in(client, CREDENTIALS if right else WRONG), 503)
    silent.close()
    for writer in held:
        writer.close()


async def test_nobody_signs_in_before_the_migration(
    settings: Settings, empty_database: str
) -> None:
    async with replicas(at_database(settings, empty_database)) as (client,):
        assert_problem(await sign_in(client, CREDENTIALS), 503)


async def test_a_lock_out_is_told_in_the_log_without_the_name(
    there: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with replicas(there) as (client,):
        for _ in range(7):
            await sign_in(client)
    told = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert told == ["too many sign-ins failed, locked out: address 127.0.0.1"]


def test_failures_slide_out_of_the_window_one_by_one() -> None:
    rule = Rule(max_failures=3, window=10, cooldown=60)
    tries = Tries()
    for now in (0.0, 9.0, 11.0, 19.5):
        tries = tries.after_failure(now, rule)
        assert tries.locked_until == 0
    assert tries.failed_at == (11.0, 19.5)
    assert tries.forget_at(rule) == 29.5
    tries = tries.after_failure(20.9, rule)
    assert tries == Tries(locked_until=80.9)
    assert tries.forget_at(rule) == 80.9

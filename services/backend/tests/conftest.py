"""Settings, an application without a database, and real databases."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from logbook.api.app import create_app
from logbook.database.connection import connect_lazily
from logbook.database.migration import upgrade
from logbook.settings import Secret, Settings, load_settings, parse_database_url
from postgres import Postgres

NOWHERE = "postgresql://logbook:hidden-word@127.0.0.1:9/logbook"
"""Nothing listens on the discard port."""
ENVIRONMENT = {
    "DATABASE_URL": NOWHERE,
    "JWT_SECRET_KEY": "k3y-" * 12,
    "OWNER_USERNAME": "captain",
    "OWNER_PASSWORD": "aye-aye-7",
}
STAMP = {"sha": "0" * 40, "describe": "v1.2.3"}

MakeApp = Callable[..., FastAPI]


@pytest.fixture
def environment() -> dict[str, str]:
    """The required variables with good values and a database that is away."""
    return dict(ENVIRONMENT)


@pytest.fixture
def settings(environment: dict[str, str], tmp_path: Path) -> Settings:
    """Settings read from `environment`."""
    return load_settings(environment, tmp_path / "no-settings-in-files")


def at_database(settings: Settings, url: str) -> Settings:
    """Return the same settings for the database at `url`."""
    return replace(settings, database_url=Secret(url))


def unexpected_end() -> None:
    """Stand for the end of the process where a test expects none."""
    pytest.fail("the application asked to be ended")


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application whose database is away."""
    app = create_app(settings, dict(STAMP), unexpected_end)
    async with client_of(app) as client:
        yield client


def client_of(app: FastAPI) -> httpx.AsyncClient:
    """Return a client that calls `app` without a network; faults become answers, as in a server."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://logbook/api/v1")


@pytest.fixture(scope="session")
def postgres_home() -> Iterator[Path]:
    """A folder that another system user can reach, which pytest's own is not."""
    home = Path(tempfile.mkdtemp(prefix="logbook-tests-"))
    yield home
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def server_url(postgres_home: Path) -> Iterator[URL]:
    """The address of a Postgres in which databases may be made."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield make_url(given)
        return
    postgres = Postgres(postgres_home).prepare()
    postgres.start()
    yield postgres.url()
    postgres.stop()


_numbers = count(1)


@pytest.fixture
async def empty_database(server_url: URL) -> AsyncIterator[str]:
    """The address of a new and empty database."""
    async with _new_database(server_url) as address:
        yield address


@asynccontextmanager
async def _new_database(server_url: URL, template: str = "template1") -> AsyncIterator[str]:
    name = f"logbook_test_{os.getpid()}_{next(_numbers)}"
    await _command(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server_url.set(database=name).render_as_string(hide_password=False)
    await _command(server_url, f"DROP DATABASE {name} WITH (FORCE)")


async def _command(server_url: URL, command: str) -> None:
    url = server_url.render_as_string(hide_password=False)
    engine = connect_lazily(parse_database_url(url)).execution_options(isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(command))
    await engine.dispose()


@pytest.fixture(scope="session")
def server_template(server_url: URL) -> Iterator[str]:
    """The name of a database that is migrated, to be copied: quicker than to migrate each."""
    name = f"logbook_test_{os.getpid()}_template"

    async def prepare() -> None:
        await _command(server_url, f"CREATE DATABASE {name}")
        await _migrate(server_url.set(database=name).render_as_string(hide_password=False))

    _run(prepare())
    yield name
    _run(_command(server_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def file_template(postgres_home: Path) -> Path:
    """A file of SQLite that is migrated, to be copied."""
    file = postgres_home / "migrated.db"
    _run(_migrate(f"sqlite+aiosqlite:///{file}"))
    return file


def _run(work: Coroutine[None, None, None]) -> None:
    # Not asyncio.run: it takes the loop away that the tests have.
    loop = asyncio.new_event_loop()
    loop.run_until_complete(work)
    loop.close()


async def _migrate(address: str) -> None:
    engine = connect_lazily(parse_database_url(address))
    async with engine.connect() as connection:
        await upgrade(connection)
    await engine.dispose()


@pytest.fixture
async def engine(server_url: URL, server_template: str) -> AsyncIterator[AsyncEngine]:
    """Connections to a database that is migrated."""
    async with _new_database(server_url, server_template) as address:
        engine = connect_lazily(parse_database_url(address))
        yield engine
        await engine.dispose()


@pytest.fixture(params=["postgres", "sqlite"])
async def any_engine(
    request: pytest.FixtureRequest, engine: AsyncEngine, tmp_path: Path
) -> AsyncIterator[AsyncEngine]:
    """Connections to a migrated database, of either kind."""
    if request.param == "postgres":
        yield engine
        return
    file = connect_lazily(make_url(f"sqlite+aiosqlite:///{tmp_path}/logbook.db"))
    async with file.connect() as connection:
        await upgrade(connection)
    yield file
    await file.dispose()


@pytest.fixture
async def migrated_database(engine: AsyncEngine) -> str:
    """The address of a database that is migrated."""
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
async def stored(migrated_database: str, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client, signed in, of an application with a migrated database."""
    async with signed_in(settings, migrated_database) as client:
        yield client


@pytest.fixture(params=["postgres", "sqlite"])
async def either_address(
    request: pytest.FixtureRequest,
    server_url: URL,
    server_template: str,
    file_template: Path,
    tmp_path: Path,
) -> AsyncIterator[str]:
    """The address of a database that is migrated, of each kind in turn."""
    if request.param == "sqlite":
        file = shutil.copy(file_template, tmp_path / "logbook.db")
        yield f"sqlite+aiosqlite:///{file}"
        return
    async with _new_database(server_url, server_template) as address:
        yield address


@pytest.fixture
async def either(either_address: str, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """As `stored`, on each kind of database in turn."""
    async with signed_in(settings, either_address) as client:
        yield client


@pytest.fixture
async def either_engine(either_address: str) -> AsyncIterator[AsyncEngine]:
    """Connections to the database that `either` works on."""
    engine = connect_lazily(parse_database_url(either_address))
    yield engine
    await engine.dispose()


@asynccontextmanager
async def signed_in(settings: Settings, address: str) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client, signed in, of an application with the database at `address`."""
    app = create_app(at_database(settings, address), dict(STAMP), unexpected_end)
    async with client_of(app) as client:
        client.headers["Authorization"] = f"Bearer {app.state.wiring.owner.issue_token()}"
        yield client
    await app.state.wiring.engine.dispose()

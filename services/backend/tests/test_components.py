"""Reading what is in the images, in a real Postgres and in SQLite."""

import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from contents import hold
from logbook.database.models import Sbom
from record import build, told

OLD = [("openssl", "3.0.15"), ("zlib", "1.3"), ("python", "3.14.8")]
NEW = [("openssl", "3.0.17"), ("zlib", "1.3"), ("LibSSL", "3.0.17"), ("bun%", "1.4_2")]


@pytest.fixture
async def builds(either: httpx.AsyncClient, either_engine: AsyncEngine) -> dict[str, int]:
    """Two builds of the backend and one of the frontend, which hold packages."""
    numbers = {}
    for number, (name, image, packages) in enumerate(
        [("old", "backend", OLD), ("page", "frontend", OLD[:1]), ("new", "backend", NEW)]
    ):
        numbers[name] = (await told(either, "/builds", build(number, image=image)))["id"]
        await hold(either_engine, numbers[name], packages)
    return numbers


async def test_a_build_tells_what_it_holds_by_name(
    either: httpx.AsyncClient, builds: dict[str, int]
) -> None:
    page = (await either.get(f"/builds/{builds['old']}/components")).json()
    assert [(item["name"], item["version"]) for item in page["items"]] == sorted(OLD)
    assert page["items"][0] == {
        "name": "openssl",
        "version": "3.0.15",
        "type": "library",
        "purl": "pkg:deb/openssl@3.0.15",
        "licenses": ["MIT"],
    }
    assert page["next"] is None
    assert (await either.get(f"/builds/{builds['old']}")).json()["components"] == 3


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"name": "SSL"}, ["LibSSL", "openssl"]),
        ({"name": "ssl", "type": "library"}, ["LibSSL", "openssl"]),
        ({"name": "ssl", "type": "file"}, []),
        ({"name": "%"}, ["bun%"]),
        ({"name": "z_ib"}, []),
    ],
)
async def test_components_of_a_build_are_found_by_part_of_the_name(
    either: httpx.AsyncClient, builds: dict[str, int], query: dict[str, str], expected: list[str]
) -> None:
    found = await either.get(f"/builds/{builds['new']}/components", params=query)
    assert sorted(item["name"] for item in found.json()["items"]) == expected


async def test_which_images_hold_a_component(
    either: httpx.AsyncClient, builds: dict[str, int]
) -> None:
    found = await either.get("/components", params={"name": "openssl", "version": "3.0"})
    old, new = found.json()["items"]
    assert (old["version"], old["builds"], new["version"], new["builds"]) == (
        "3.0.15",
        2,
        "3.0.17",
        1,
    )
    assert [(item["image"], item["build_id"], item["latest"]) for item in old["images"]] == [
        ("frontend", builds["page"], True),
        ("backend", builds["old"], False),
    ]
    assert new["images"] == [
        {
            "image": "backend",
            "build_id": builds["new"],
            "digest": build(2)["digest"],
            "short_sha": "b" * 7,
            "latest": True,
        }
    ]


async def test_an_image_is_told_once_by_the_newest_build_that_holds_the_component(
    either: httpx.AsyncClient, builds: dict[str, int]
) -> None:
    (zlib,) = (await either.get("/components?name=zlib")).json()["items"]
    assert zlib["builds"] == 2
    assert [(one["build_id"], one["latest"]) for one in zlib["images"]] == [(builds["new"], True)]
    (python,) = (await either.get("/components?name=python")).json()["items"]
    assert [(one["build_id"], one["latest"]) for one in python["images"]] == [
        (builds["old"], False)
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, 6),
        ({"latest": "true"}, 5),
        ({"name": "python", "latest": "true"}, 0),
        ({"name": "openssl", "version": "3.0.15", "latest": "true"}, 1),
        ({"version": "1.4_2"}, 1),
        ({"version": "1_3"}, 0),
        ({"version": "0.17"}, 0),
    ],
)
@pytest.mark.usefixtures("builds")
async def test_components_of_the_latest_builds_alone(
    either: httpx.AsyncClient, query: dict[str, str], expected: int
) -> None:
    items = (await either.get("/components", params=query)).json()["items"]
    assert len(items) == expected
    if "latest" in query:
        assert all(holder["latest"] for item in items for holder in item["images"])


@pytest.mark.usefixtures("builds")
async def test_pages_of_components_show_every_one_once(either: httpx.AsyncClient) -> None:
    seen: list[tuple[str, str]] = []
    query = {"limit": "2"}
    while True:
        page = (await either.get("/components", params=query)).json()
        seen += [(item["name"], item["version"]) for item in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert len(seen) == 6
    assert set(seen) == {*OLD, *NEW}
    lost = await either.get("/components?cursor=4711")
    assert lost.status_code == 404
    assert "begin again" in lost.json()["detail"]


async def test_nothing_is_told_of_an_sbom_that_is_not_read_yet(
    either: httpx.AsyncClient, either_engine: AsyncEngine, builds: dict[str, int]
) -> None:
    async with AsyncSession(either_engine) as session, session.begin():
        await session.execute(
            update(Sbom).where(Sbom.build_id == builds["new"]).values(state="waiting")
        )
    assert (await either.get(f"/builds/{builds['new']}/components")).json()["items"] == []
    found = (await either.get("/components")).json()["items"]
    assert {item["name"] for item in found} == {name for name, _ in OLD}


async def test_components_of_a_build_that_is_not_there_are_not_found(
    either: httpx.AsyncClient,
) -> None:
    assert (await either.get("/builds/4711/components")).status_code == 404
    assert (await either.get("/components")).json() == {"items": [], "next": None}

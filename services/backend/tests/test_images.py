"""Reading what the builds of an image tell together, in a real Postgres and in SQLite."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import httpx
import pytest

from record import build, digest, told, trial

FIRST = datetime(2026, 11, 20, tzinfo=UTC)


async def test_an_image_tells_its_newest_build_and_its_history(either: httpx.AsyncClient) -> None:
    for number in range(23):
        built_at = (FIRST + timedelta(hours=number)).isoformat()
        await told(either, "/builds", build(number, size_bytes=number, built_at=built_at))
    await told(either, "/trials", trial(21, verdict="broken"))
    await told(either, "/trials", trial(22))
    (image,) = (await either.get("/images")).json()["items"]
    assert (image["name"], image["builds"]) == ("backend", 23)
    assert image["latest"]["digest"] == digest(22)
    assert image["latest"]["verdict"] == "kept"
    assert [past["size_bytes"] for past in image["history"]] == list(range(3, 23))
    assert [past["verdict"] for past in image["history"][-3:]] == [None, "broken", "kept"]
    assert image["history"][-1]["build_id"] == image["latest"]["id"]
    assert datetime.fromisoformat(image["history"][0]["built_at"]) == FIRST + timedelta(hours=3)
    assert (await either.get("/images/backend")).json() == image


async def test_pages_of_images_are_in_the_order_of_their_names(either: httpx.AsyncClient) -> None:
    names = ["backend", "frontend", "mcp-server", "team/tool"]
    for number, name in enumerate([names[2], names[0], names[3], names[1], names[0]]):
        await told(either, "/builds", build(number, image=name))
    first = (await either.get("/images?limit=3")).json()
    assert [image["name"] for image in first["items"]] == names[:3]
    rest = (await either.get("/images", params={"limit": 3, "cursor": first["next"]})).json()
    assert [image["name"] for image in rest["items"]] == names[3:]
    assert rest["next"] is None
    assert [image["builds"] for image in first["items"]] == [2, 1, 1]


@pytest.mark.parametrize("name", ["team/tool", "höhe", "a b?c#d%2Fe"])
async def test_an_image_is_found_whatever_its_name(either: httpx.AsyncClient, name: str) -> None:
    await told(either, "/builds", build(1, image=name))
    answer = await either.get(f"/images/{quote(name)}")
    assert (answer.status_code, answer.json().get("name")) == (200, name), answer.text


async def test_an_image_that_was_never_built_is_not_found(either: httpx.AsyncClient) -> None:
    answer = await either.get("/images/nothing")
    assert answer.status_code == 404
    assert "nothing" in answer.json()["detail"]
    assert (await either.get("/images")).json() == {"items": [], "next": None}

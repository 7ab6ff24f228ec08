"""Recording and reading builds, in a real Postgres and in SQLite."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from logbook.fields import DEEPEST
from record import BUILD, build, told, trial

DEEP: list[Any] = []
for _ in range(DEEPEST):
    DEEP = [DEEP]


async def test_a_build_is_recorded_and_read_as_it_was_told(either: httpx.AsyncClient) -> None:
    made = await either.post("/builds", json=BUILD)
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"/api/v1/builds/{made.json()['id']}"
    read = await either.get(f"/builds/{made.json()['id']}")
    assert read.json() == made.json()
    assert {name: read.json()[name] for name in BUILD} == BUILD
    assert (read.json()["verdict"], read.json()["components"]) == (None, None)
    assert read.json()["sbom"] == {"state": "none", "components": None, "error": None}


async def test_the_same_digest_is_recorded_once(either: httpx.AsyncClient) -> None:
    first = await either.post("/builds", json=BUILD)
    again = await either.post("/builds", json={**BUILD, "duration_seconds": 1})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    other = await either.post("/builds", json={**BUILD, "image": "frontend"})
    assert other.status_code == 201
    assert len((await either.get("/builds")).json()["items"]) == 2


async def test_the_same_digest_told_many_times_at_once_is_recorded_once(
    either: httpx.AsyncClient,
) -> None:
    answers = await asyncio.gather(*(either.post("/builds", json=BUILD) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [200] * 11 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_pages_show_every_build_once_the_newest_first(either: httpx.AsyncClient) -> None:
    for number in range(7):
        await either.post("/builds", json=build(number))
    pages: list[dict[str, Any]] = []
    cursor = None
    while cursor is not None or not pages:
        query = {"limit": 3} if cursor is None else {"limit": 3, "cursor": cursor}
        pages.append((await either.get("/builds", params=query)).json())
        cursor = pages[-1]["next"]
    assert [len(page["items"]) for page in pages] == [3, 3, 1]
    seen = [item["digest"] for page in pages for item in page["items"]]
    assert seen == [build(number)["digest"] for number in reversed(range(7))]
    assert "steps" not in pages[0]["items"][0]


async def test_an_empty_logbook_is_an_empty_page(either: httpx.AsyncClient) -> None:
    assert (await either.get("/builds")).json() == {"items": [], "next": None}


@pytest.mark.parametrize(
    "wrong",
    [
        {"digest": "sha256:abc"},
        {"digest": "sha256:" + "A" * 64},
        {"digest": "sha256:" + "a" * 64 + "\n"},
        {"image": ""},
        {"image": "back\x00end"},
        {"describe": "\ud800"},
        {"sha": "b" * 39},
        {"size_bytes": True},
        {"size_bytes": "7"},
        {"size_bytes": 7.5},
        {"dirty": 1},
        {"duration_seconds": "7"},
        {"built_at": "2026-11-20T10:00:00"},
        {"built_at": 1_700_000_000},
        {"built_at": "1700000000"},
        {"built_at": "0001-01-01T00:00:00+14:00"},
        {"built_at": "9999-12-31T23:59:59-14:00"},
        {"base_policy": "other"},
        {"size_bytes": -1},
        {"size_bytes": 2**53},
        {"total_steps": 2**31},
        {"cached_steps": 10},
        {"duration_seconds": float("inf")},
        {"duration_seconds": float("nan")},
        {"steps": ["a text"]},
        {"steps": [{"name": "\x00"}]},
        {"steps": [{"\ud800": 1}]},
        {"steps": [{"seconds": float("nan")}]},
        {"steps": [{"deep": DEEP}]},
        {"steps": [{}] * 2001},
        {"surprise": 1},
    ],
    ids=lambda wrong: repr(wrong)[:60],
)
async def test_a_build_that_cannot_be_is_refused(
    stored: httpx.AsyncClient, wrong: dict[str, Any]
) -> None:
    body = json.dumps({**BUILD, **wrong})
    response = await stored.post(
        "/builds", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 422, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert (await stored.get("/builds")).json()["items"] == []


async def test_of_many_steps_the_one_that_cannot_be_is_named(stored: httpx.AsyncClient) -> None:
    steps = [{"name": "good"}, {"name": "bad", "more": "back\x00end"}, {"deep": DEEP}]
    response = await stored.post("/builds", json={**BUILD, "steps": steps})
    assert response.status_code == 422
    found = {error["at"]: error["detail"] for error in response.json()["errors"]}
    assert found == {
        "body.steps.1": "Value error, holds a text or a number that JSON cannot carry",
        "body.steps.2": f"Value error, is nested deeper than {DEEPEST} levels",
    }


async def test_extreme_values_that_are_allowed_are_kept(either: httpx.AsyncClient) -> None:
    extreme = {
        **BUILD,
        "image": "é" * 255,
        "tags": [],
        "steps": [],
        "size_bytes": 2**53 - 1,
        "built_at": "0001-01-02T00:00:00Z",
        "duration_seconds": 0,
        "total_steps": 2**31 - 1,
    }
    made = await either.post("/builds", json=extreme)
    assert made.status_code == 201, made.text
    assert {name: made.json()[name] for name in BUILD} == extreme


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"image": "backend"}, [1, 3]),
        ({"image": "nothing"}, []),
        ({"digest": build(2)["digest"]}, [2]),
        ({"sha": "b" * 40}, [1, 2]),
        ({"sha": "b" * 7}, [1, 2]),
        ({"sha": "cafe" * 10}, [3]),
        ({"sha": "caf" * 3}, []),
        ({"sha": "b" * 7, "image": "frontend"}, [2]),
        ({"verdict": "kept"}, [3]),
        ({"verdict": "broken"}, []),
    ],
)
async def test_builds_are_found_by_image_commit_and_digest(
    either: httpx.AsyncClient, query: dict[str, str], expected: list[int]
) -> None:
    await told(either, "/builds", build(1))
    await told(either, "/builds", build(2, image="frontend"))
    await told(either, "/builds", build(3, sha="cafe" * 10))
    await told(either, "/trials", trial(3))
    found = (await either.get("/builds", params=query)).json()["items"]
    assert [int(item["digest"][7:], 16) for item in reversed(found)] == expected


@pytest.mark.parametrize("query", ["sha=abc", "sha=XYZ4567", "digest=1", "verdict=x", "image="])
async def test_a_wrong_filter_is_refused(stored: httpx.AsyncClient, query: str) -> None:
    assert (await stored.get(f"/builds?{query}")).status_code == 422


@pytest.mark.parametrize("path", ["/builds/0", "/builds/x", f"/builds/{2**53}"])
async def test_a_number_that_no_build_can_have_is_refused(
    stored: httpx.AsyncClient, path: str
) -> None:
    assert (await stored.get(path)).status_code == 422


async def test_a_build_that_is_not_there_is_not_found(either: httpx.AsyncClient) -> None:
    response = await either.get("/builds/4711")
    assert response.status_code == 404
    assert "4711" in response.json()["detail"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "cursor=x", "cursor=", "cursor=-1"]
)
async def test_a_wrong_page_is_refused(stored: httpx.AsyncClient, query: str) -> None:
    assert (await stored.get(f"/builds?{query}")).status_code == 422

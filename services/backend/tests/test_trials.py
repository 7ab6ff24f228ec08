"""Recording and reading trials, in a real Postgres and in SQLite."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from record import TRIAL, build, digest, told, trial

LARGE = {"report", "observation"}


async def test_a_trial_is_recorded_and_read_as_it_was_told(either: httpx.AsyncClient) -> None:
    made = await either.post("/trials", json=TRIAL)
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"/api/v1/trials/{TRIAL['run']}"
    read = await either.get(f"/trials/{TRIAL['run']}")
    assert read.json() == made.json()
    assert {name: read.json()[name] for name in TRIAL.keys() - {"observation"}} == {
        name: value for name, value in TRIAL.items() if name != "observation"
    }
    observation = await either.get(f"/trials/{TRIAL['run']}/observation")
    assert observation.json() == TRIAL["observation"]


async def test_the_same_run_is_recorded_once(either: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(either.post("/trials", json={**TRIAL, "passed": number}) for number in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    # As JSON: Postgres keeps the members of a free object in an order of its own.
    assert [answer.json() for answer in answers] == [answers[0].json()] * 8


@pytest.mark.parametrize("observation", [{}, {"observation": None}])
async def test_what_was_not_observed_is_not_found(
    either: httpx.AsyncClient, observation: dict[str, None]
) -> None:
    told_without = {name: value for name, value in TRIAL.items() if name != "observation"}
    await told(either, "/trials", {**told_without, **observation})
    assert (await either.get(f"/trials/{TRIAL['run']}/observation")).status_code == 404
    assert (await either.get("/trials/another/observation")).status_code == 404
    assert (await either.get("/trials/another")).status_code == 404


async def test_lists_of_trials_leave_out_what_is_large(either: httpx.AsyncClient) -> None:
    await told(either, "/trials", TRIAL)
    (item,) = (await either.get("/trials")).json()["items"]
    assert not LARGE & item.keys()
    assert {name: item[name] for name in TRIAL.keys() - LARGE} == {
        name: value for name, value in TRIAL.items() if name not in LARGE
    }


@pytest.mark.parametrize("build_comes_first", [True, False])
async def test_a_trial_and_its_build_find_each_other_in_whatever_order_they_come(
    either: httpx.AsyncClient, build_comes_first: bool
) -> None:
    things = [("/builds", build(1)), ("/trials", trial(1, verdict="broken"))]
    for path, body in things if build_comes_first else reversed(things):
        await told(either, path, body)
    (built,) = (await either.get("/builds")).json()["items"]
    assert built["verdict"] == "broken"
    assert (await either.get(f"/builds/{built['id']}")).json()["verdict"] == "broken"
    assert (await either.get("/trials/run-1")).json()["build_id"] == built["id"]
    again = await either.post("/builds", json=build(1))
    assert again.json()["verdict"] == "broken"


async def test_a_trial_of_another_image_with_the_same_digest_is_not_the_builds(
    either: httpx.AsyncClient,
) -> None:
    await told(either, "/builds", build(1))
    assert (await told(either, "/trials", trial(1, image="frontend")))["build_id"] is None
    assert (await either.get("/builds")).json()["items"][0]["verdict"] is None


async def test_the_verdict_of_a_build_is_that_of_the_trial_that_began_last(
    either: httpx.AsyncClient,
) -> None:
    await told(either, "/builds", build(1))
    for run, verdict, began in (
        ("a", "broken", "2026-11-20T10:00:00Z"),
        ("b", "kept", "2026-11-20T13:00:00+01:00"),
        ("c", "broken", "2026-11-20T11:59:59.9Z"),  # told late
    ):
        await told(either, "/trials", trial(1, run=run, verdict=verdict, started_at=began))
    assert (await either.get("/builds")).json()["items"][0]["verdict"] == "kept"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["run-1", "run-2", "run-3", "run-4"]),
        ({"image": "backend"}, ["run-1", "run-2", "run-4"]),
        ({"image": "backend", "verdict": "broken"}, ["run-2"]),
        ({"digest": digest(2)}, ["run-2", "run-4"]),
        ({"verdict": "broken"}, ["run-2"]),
        ({"build": 2}, ["run-2", "run-4"]),
        ({"build": 4711}, []),
    ],
)
async def test_trials_are_found_by_image_digest_build_and_verdict(
    either: httpx.AsyncClient, query: dict[str, str], expected: list[str]
) -> None:
    for number in (1, 2):
        await told(either, "/builds", build(number))
    await told(either, "/trials", trial(1))
    await told(either, "/trials", trial(2, verdict="broken"))
    await told(either, "/trials", trial(3, image="frontend"))
    await told(either, "/trials", trial(2, run="run-4"))
    found = (await either.get("/trials", params=query)).json()["items"]
    assert [item["run"] for item in reversed(found)] == expected


async def test_pages_of_trials_show_every_one_once(either: httpx.AsyncClient) -> None:
    for number in range(5):
        await told(either, "/trials", trial(number))
    first = (await either.get("/trials?limit=3")).json()
    rest = (await either.get("/trials", params={"limit": 3, "cursor": first["next"]})).json()
    runs = [item["run"] for item in first["items"] + rest["items"]]
    assert runs == [f"run-{number}" for number in reversed(range(5))]
    assert rest["next"] is None


async def test_what_only_looks_like_a_nul_is_kept(either: httpx.AsyncClient) -> None:
    report = {"text": "\\u0000", "more": ["\\\\u0000", "\u00e9\U0001f6a2"], "": {"": [[]]}}
    assert (await told(either, "/trials", {**TRIAL, "report": report}))["report"] == report


DEEP: dict[str, Any] = {}
for _ in range(40):
    DEEP = {"deep": DEEP}


@pytest.mark.parametrize(
    "wrong",
    [
        {"run": ""},
        {"run": "a/b"},
        {"run": ".."},
        {"verdict": "unknown"},
        {"failed": -1},
        {"strict": "perhaps"},
        {"report": []},
        {"report": {"text": "\x00"}},
        {"report": {"text": "\\\x00"}},
        {"report": {"\x00": 1}},
        {"report": {"text": "\udc00"}},
        {"report": {"number": float("nan")}},
        {"report": DEEP},
        {"observation": {"number": float("inf")}},
        {"started_at": "2026-11-20T10:00:00"},
        {"surprise": 1},
    ],
    ids=ascii,
)
async def test_a_trial_that_cannot_be_is_refused(
    stored: httpx.AsyncClient, wrong: dict[str, Any]
) -> None:
    content = json.dumps({**TRIAL, **wrong})
    response = await stored.post(
        "/trials", content=content, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 422, response.text
    assert (await stored.get("/trials")).json()["items"] == []

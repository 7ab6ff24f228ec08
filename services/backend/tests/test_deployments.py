"""Recording deployments and reading them, in a real Postgres and in SQLite."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from logbook.database.models import Job
from logbook.generation import Generation
from logbook.work.outbox import enqueue
from record import DEPLOYMENT, DIGEST, SERVICE, build, deployment, told


async def test_a_deployment_is_recorded_and_read_as_it_was_told(either: httpx.AsyncClient) -> None:
    made = await told(either, "/deployments", DEPLOYMENT)
    assert (made["generation"], made["state"], made["ended_at"]) == (1, "deployed", None)
    assert made["services"] == [{**SERVICE, "build_id": None}]
    assert {name: made[name] for name in DEPLOYMENT.keys() - {"services"}} == {
        name: value for name, value in DEPLOYMENT.items() if name != "services"
    }
    assert (await either.get(f"/deployments/{made['id']}")).json() == made
    assert (await either.get("/deployments")).json()["items"] == [made]


async def test_the_next_generation_replaces_the_one_before_in_its_environment(
    either: httpx.AsyncClient,
) -> None:
    first = await told(either, "/deployments", deployment(1))
    other = await told(either, "/deployments", deployment(2, environment="staging"))
    second = await told(either, "/deployments", deployment(3))
    assert [made["generation"] for made in (first, other, second)] == [1, 1, 2]
    states = {
        made["id"]: (made["state"], made["ended_at"] is None)
        for made in (await either.get("/deployments")).json()["items"]
    }
    assert states == {
        first["id"]: ("replaced", False),
        other["id"]: ("deployed", True),
        second["id"]: ("deployed", True),
    }


async def test_the_same_key_is_recorded_once_and_uses_up_no_generation(
    either: httpx.AsyncClient,
) -> None:
    answers = await asyncio.gather(
        *(either.post("/deployments", json=DEPLOYMENT) for _ in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.text for answer in answers}) == 1
    await told(either, "/deployments", deployment(2))
    late = await either.post("/deployments", json=DEPLOYMENT)
    assert (late.status_code, late.json()["state"]) == (200, "replaced")
    elsewhere = await either.post("/deployments", json={**DEPLOYMENT, "environment": "staging"})
    assert (elsewhere.status_code, elsewhere.json()["environment"]) == (200, "local")
    newest = await told(either, "/deployments", deployment(3))
    assert newest["generation"] == 3


async def test_deployments_at_once_get_a_generation_each_and_the_last_one_is_deployed(
    either: httpx.AsyncClient,
) -> None:
    answers = await asyncio.gather(
        *(either.post("/deployments", json=deployment(number)) for number in range(8))
    )
    assert sorted(answer.json()["generation"] for answer in answers) == list(range(1, 9))
    items = (await either.get("/deployments")).json()["items"]
    deployed = [item["generation"] for item in items if item["state"] == "deployed"]
    assert deployed == [8]


async def test_a_deployment_is_ended_and_stays_so(either: httpx.AsyncClient) -> None:
    made = await told(either, "/deployments", DEPLOYMENT)
    first = await either.post(f"/deployments/{made['id']}/end")
    again = await either.post(f"/deployments/{made['id']}/end")
    assert (first.status_code, first.json()["state"]) == (200, "ended")
    assert first.json()["ended_at"] is not None
    assert again.json() == first.json()
    await told(either, "/deployments", deployment(2))
    assert (await either.get(f"/deployments/{made['id']}")).json()["state"] == "ended"


async def test_one_that_was_replaced_cannot_be_ended(either: httpx.AsyncClient) -> None:
    made = await told(either, "/deployments", deployment(1))
    await told(either, "/deployments", deployment(2))
    answer = await either.post(f"/deployments/{made['id']}/end")
    assert answer.status_code == 409
    assert "replaced" in answer.json()["detail"]
    assert (await either.post("/deployments/4711/end")).status_code == 404


async def test_a_service_leads_to_the_build_that_it_runs(either: httpx.AsyncClient) -> None:
    built = await told(either, "/builds", build(1, digest=DIGEST))
    await told(either, "/builds", build(2))
    other = {**SERVICE, "service": "page", "image": "frontend"}
    made = await told(either, "/deployments", {**DEPLOYMENT, "services": [SERVICE, other]})
    assert [service["build_id"] for service in made["services"]] == [built["id"], None]


async def test_waiting_jobs_go_to_the_next_generation(
    either: httpx.AsyncClient, either_engine: AsyncEngine
) -> None:
    made = await told(either, "/deployments", deployment(1))
    async with AsyncSession(either_engine) as session, session.begin():
        session.info["generation"] = Generation("local", made["generation"])
        await enqueue(session, "prune", {})
    await told(either, "/deployments", deployment(2))
    async with AsyncSession(either_engine) as session:
        assert list(await session.scalars(select(Job.generation))) == [2]


async def test_deployments_are_listed_by_environment_and_page(either: httpx.AsyncClient) -> None:
    for number in range(4):
        await told(either, "/deployments", deployment(number))
    await told(either, "/deployments", deployment(9, environment="staging"))
    query = {"environment": "local", "limit": "3"}
    first = (await either.get("/deployments", params=query)).json()
    rest = (await either.get("/deployments", params={**query, "cursor": first["next"]})).json()
    assert [item["generation"] for item in first["items"] + rest["items"]] == [4, 3, 2, 1]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "1"},
        {"environment": ""},
        {"environment": "a/b"},
        {"services": []},
        pytest.param({"services": [SERVICE] * 65}, id="too many services"),
        {"services": [{**SERVICE, "digest": "latest"}]},
        {"services": [{**SERVICE, "surprise": 1}]},
        {"sha": "b"},
        {"started_at": "yesterday"},
        {"generation": 7},
    ],
    ids=lambda wrong: repr(wrong)[-40:],
)
async def test_a_deployment_that_cannot_be_is_refused(
    stored: httpx.AsyncClient, wrong: dict[str, Any]
) -> None:
    response = await stored.post("/deployments", json={**DEPLOYMENT, **wrong})
    assert response.status_code == 422, response.text
    assert (await stored.get("/deployments")).json()["items"] == []

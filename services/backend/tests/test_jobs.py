"""Jobs as the API shows them."""

import asyncio
import gzip
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from logbook.work.kinds import kinds_of
from logbook.work.task import Kind, Task
from work import at_work, component, cyclonedx, leave_jobs, leave_sbom, quick, wait_for_state


async def _fails(_task: Task) -> None:
    raise RuntimeError("no wind")


async def listed(client: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    """Return the first page of the jobs."""
    answer = await client.get("/jobs", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_jobs_are_listed_newest_first_a_page_at_a_time(
    stored: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    first, second, third = await leave_jobs(engine, "note", {"n": 1}, {"n": 2}, {"n": 3})
    page = (await stored.get("/jobs", params={"limit": 2})).json()
    assert [job["id"] for job in page["items"]] == [third, second]
    rest = (await stored.get("/jobs", params={"cursor": page["next"]})).json()
    assert [job["id"] for job in rest["items"]] == [first]
    assert rest["next"] is None
    [job] = rest["items"]
    assert (job["kind"], job["payload"], job["state"], job["attempts"]) == (
        "note",
        {"n": 1},
        "waiting",
        0,
    )
    assert job["created_at"].endswith(("Z", "+00:00"))
    assert "claim" not in job


async def test_jobs_are_found_by_state_and_kind(
    stored: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    done = await leave_jobs(engine, "note", {}, {})
    [dead] = await leave_jobs(engine, "sink", {})
    kinds = {"note": Kind(_nothing), "sink": Kind(_fails), "prune": Kind(_nothing)}
    async with at_work(engine, kinds, quick(WORKER_MAX_ATTEMPTS="2")):
        await wait_for_state(engine, done, "done")
        await wait_for_state(engine, [dead], "dead")
    [job] = await listed(stored, state="dead")
    assert (job["id"], job["error"], job["attempts"]) == (dead, "RuntimeError: no wind", 2)
    assert {job["id"] for job in await listed(stored, kind="note")} == set(done)
    assert await listed(stored, kind="note", state="dead") == []
    assert (await stored.get("/jobs", params={"state": "asleep"})).status_code == 422


async def _nothing(_task: Task) -> None:
    pass


async def test_a_dead_job_is_tried_again_when_the_owner_says_so(
    stored: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    [number] = await leave_jobs(engine, "note", {})
    settings = quick(WORKER_MAX_ATTEMPTS="1", WORKER_POLL_SECONDS="600")
    async with at_work(engine, {"note": Kind(_fails)}, settings):
        await wait_for_state(engine, [number], "dead")
    async with at_work(engine, {"note": Kind(_nothing)}, settings):
        await asyncio.sleep(0.5)
        answer = await stored.post(f"/jobs/{number}/retry")
        assert answer.status_code == 200
        assert answer.json()["attempts"] == 0
        [done] = await wait_for_state(engine, [number], "done", seconds=30)
    assert done.attempts == 1
    again = await stored.post(f"/jobs/{number}/retry")
    assert again.status_code == 409
    assert again.json()["detail"] == f"The job {number} is done; only a dead one is retried."


async def test_an_sbom_whose_job_is_tried_again_is_waiting_again(
    stored: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    _, job = await leave_sbom(engine, gzip.compress(b"{"))
    async with at_work(engine, kinds_of(0)):
        await wait_for_state(engine, [job], "dead")
    [build] = (await stored.get("/builds")).json()["items"]
    sbom = (await stored.get(f"/builds/{build['id']}")).json()["sbom"]
    assert sbom["state"] == "failed"
    assert sbom["error"].startswith("the SBOM is no JSON")
    assert (await stored.post(f"/jobs/{job}/retry")).status_code == 200
    sbom = (await stored.get(f"/builds/{build['id']}")).json()["sbom"]
    assert (sbom["state"], sbom["error"]) == ("waiting", None)


async def test_an_sbom_that_was_sent_is_soon_searchable(
    stored: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await leave_sbom(engine, cyclonedx(component("openssl", "3.0.1")))
    await stored.get("/builds")
    async with at_work(engine, kinds_of(0)):
        [job] = await listed(stored, kind="ingest_sbom")
        await wait_for_state(engine, [job["id"]], "done")
    found = (await stored.get("/components", params={"name": "SSL", "version": "3.0"})).json()
    assert [one["name"] for one in found["items"]] == ["openssl"]


async def test_a_job_that_is_not_there_is_not_found(stored: httpx.AsyncClient) -> None:
    assert (await stored.post("/jobs/4711/retry")).status_code == 404


async def test_only_the_owner_retries(stored: httpx.AsyncClient) -> None:
    made = await stored.post("/keys", json={"name": "ci", "scopes": ["read", "record"]})
    with_key = {"Authorization": f"Bearer {made.json()['key']}"}
    assert (await stored.get("/jobs", headers=with_key)).status_code == 200
    assert (await stored.post("/jobs/1/retry", headers=with_key)).status_code == 403
    del stored.headers["Authorization"]
    assert (await stored.get("/jobs")).status_code == 401

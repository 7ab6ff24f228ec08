"""What Prometheus is told."""

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from logbook.api.measures import BOUNDS, Measures
from logbook.work.outbox import enqueue

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def samples(client: httpx.AsyncClient) -> Samples:
    response = await client.get("http://logbook/metrics", headers={"Authorization": ""})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def labels(**pairs: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pairs.items()))


async def test_requests_are_counted_by_route_template(stored: httpx.AsyncClient) -> None:
    for number in (1, 2, 3):
        await stored.get(f"/builds/{number}")
    await stored.get("/nowhere")
    found = await samples(stored)
    route = {"method": "GET", "route": "/api/v1/builds/{build_id}"}
    assert found["logbook_http_requests_total", labels(**route, status="404")] == 3
    unmatched = labels(method="GET", route="unmatched", status="404")
    assert found["logbook_http_requests_total", unmatched] == 1
    name = "logbook_http_request_duration_seconds"
    assert found[f"{name}_count", labels(**route)] == 3
    assert found[f"{name}_bucket", labels(**route, le="+Inf")] == 3
    assert 0 < found[f"{name}_sum", labels(**route)] < 30


async def test_build_database_and_process_are_told(stored: httpx.AsyncClient) -> None:
    await stored.get("/builds")
    found = await samples(stored)
    assert found["logbook_build_info", labels(describe="v1.2.3", sha="0" * 40)] == 1
    assert found["logbook_database_up", ()] == 1
    assert found["logbook_database_connections", labels(state="idle")] == 1
    assert found["logbook_database_connections", labels(state="in_use")] == 0
    assert found["process_resident_memory_bytes", ()] > 10_000_000


async def test_jobs_are_told_by_state(
    either: httpx.AsyncClient, either_engine: AsyncEngine
) -> None:
    async with AsyncSession(either_engine) as session, session.begin():
        for _ in range(2):
            await enqueue(session, "nothing", {})
    found = await samples(either)
    assert found["logbook_jobs", labels(state="waiting")] == 2
    assert found["logbook_jobs", labels(state="dead")] == 0


async def test_metrics_are_told_while_the_database_is_away(client: httpx.AsyncClient) -> None:
    found = await samples(client)
    assert found["logbook_database_up", ()] == 0
    assert ("logbook_jobs", labels(state="waiting")) not in found


async def test_metrics_are_not_below_the_path_that_is_proxied(client: httpx.AsyncClient) -> None:
    assert (await client.get("/metrics")).status_code == 404


@pytest.mark.parametrize(
    ("seconds", "bucket"), [(0.0, 0), (BOUNDS[0], 0), (0.003, 2), (BOUNDS[-1], 13), (31.0, 14)]
)
def test_a_duration_is_in_the_bucket_that_it_just_fits(seconds: float, bucket: int) -> None:
    measures = Measures()
    measures.note("GET", "/", 200, seconds)
    durations = measures.durations["GET", "/"]
    assert durations.buckets.index(1) == bucket
    assert sum(durations.buckets) == 1

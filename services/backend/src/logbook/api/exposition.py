"""What was measured, as Prometheus reads it. Imported at the first time that it asks."""

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from pydantic import JsonValue
from sqlalchemy.pool import QueuePool

from logbook.api.measures import BOUNDS, Durations
from logbook.api.wiring import Wiring

CONTENT_TYPE = CONTENT_TYPE_LATEST


def expose(wiring: Wiring, jobs: Mapping[str, int] | None) -> bytes:
    """Return all metrics; `jobs` are those not done, by state, or nothing where none is known."""
    registry = CollectorRegistry()
    registry.register(_Collector(wiring, jobs))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class _Collector(Collector):
    def __init__(self, wiring: Wiring, jobs: Mapping[str, int] | None) -> None:
        self._wiring = wiring
        self._jobs = jobs

    def collect(self) -> Iterator[Metric]:
        """Give each metric with its samples."""
        yield _build(self._wiring.stamp)
        yield from _requests(self._wiring)
        up = 0 if self._jobs is None else 1
        yield GaugeMetricFamily("logbook_database_up", "1 where the database answers", value=up)
        if isinstance(pool := self._wiring.engine.pool, QueuePool):
            yield _connections(pool)
        if self._jobs is not None:
            yield _jobs(self._jobs)


def _build(stamp: Mapping[str, JsonValue]) -> Metric:
    told = {name: str(stamp[name]) for name in ("describe", "sha") if name in stamp}
    return InfoMetricFamily("logbook_build", "Which build this is", value=told)


def _requests(wiring: Wiring) -> Iterator[Metric]:
    labels = ["method", "route", "status"]
    count = CounterMetricFamily("logbook_http_requests", "Requests answered", labels=labels)
    for (method, route, status), number in wiring.measures.requests.items():
        count.add_metric([method, route, str(status)], number)
    yield count
    took = HistogramMetricFamily(
        "logbook_http_request_duration_seconds", "How long an answer took", labels=labels[:2]
    )
    for (method, route), durations in wiring.measures.durations.items():
        took.add_metric([method, route], _cumulated(durations), durations.seconds)
    yield took


def _cumulated(durations: Durations) -> list[tuple[str, float]]:
    total, buckets = 0, []
    for bound, number in zip([*BOUNDS, float("inf")], durations.buckets, strict=True):
        total += number
        buckets.append(("+Inf" if bound == float("inf") else str(bound), float(total)))
    return buckets


def _connections(pool: QueuePool) -> Metric:
    gauge = GaugeMetricFamily(
        "logbook_database_connections", "Connections to the database", labels=["state"]
    )
    gauge.add_metric(["in_use"], pool.checkedout())
    gauge.add_metric(["idle"], pool.checkedin())
    return gauge


def _jobs(jobs: Mapping[str, int]) -> Metric:
    gauge = GaugeMetricFamily("logbook_jobs", "Jobs that are not done", labels=["state"])
    for state in ("waiting", "running", "dead"):
        gauge.add_metric([state], jobs.get(state, 0))
    return gauge

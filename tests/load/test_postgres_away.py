"""Postgres goes away under load and comes back: what was acknowledged is there, and all goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from load import records
from load.client import Order, Sent
from load.conftest import Database
from load.services import Fleet, Service, eventually, request
from load.under_way import begin

AWAY_SECONDS = 2.0
ANSWERED_WITHIN = 8.0
"""The API gives up a connection after 5 s; nothing may hang longer than that and a slow machine."""
RECOVERED_WITHIN = 15.0


def order(api: Service, path: str, record: object, keys: str, headers: dict[str, str]) -> Order:
    assert isinstance(record, dict)
    return Order(
        f"{api.url}/api/v1/{path}",
        seconds=60,
        connections=4,
        method="POST",
        headers=headers,
        template=records.template(record),
        place=records.PLACE,
        keys=keys,
        seed=path,
    )


Asked = list[tuple[float, float, int]]
"""When each question was asked and answered (monotonic seconds), and the status."""


@contextmanager
def asking_whether_ready(api: Service) -> Iterator[Asked]:
    """Ask `/ready` again and again while the block runs."""
    asked: Asked = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.wait(0.05):
            before = time.monotonic()
            status, _ = api.get("/ready")
            asked.append((before, time.monotonic(), status))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield asked
    finally:
        stop.set()
        thread.join()


def stop_and_start(database: Database, api: Service, mode: str) -> tuple[float, float, float]:
    """Have Postgres away for a while; return when it was gone, when it came, when all was well."""
    database.cluster.stop(mode)
    gone = time.monotonic()
    time.sleep(AWAY_SECONDS)
    coming = time.monotonic()
    database.cluster.start()
    api.wait_for("/ready", 200, RECOVERED_WITHIN)
    return gone, coming, time.monotonic()


def check_answers(sent: Sent) -> None:
    """Each request was answered, soon, with an honest status; there was success after trouble."""
    assert not sent.failures
    assert set(sent.statuses) == {201, 503}, sent.bodies
    assert all('"status":503' in body.replace(" ", "") for body in sent.bodies), sent.bodies
    assert max(sent.latencies) < ANSWERED_WITHIN
    last_trouble = max(moment for moment, status in sent.moments if status == 503)
    assert sum(moment > last_trouble for moment, _ in sent.moments) >= 5


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_no_acknowledged_record_is_lost_and_ready_tells_the_truth_when_postgres_goes_and_comes(
    processes: Fleet, database: Database, folder: Path, mode: str
) -> None:
    api = processes.api(folder / "api", database.url)
    worker = processes.worker(folder / "worker", database.url, WORKER_POLL_SECONDS="1")
    api.wait_for("/ready", 200)
    headers = api.sign_in()
    builds = begin(order(api, "builds", records.build(records.PLACE), "digest", headers))
    trials = begin(order(api, "trials", records.trial(records.PLACE), "run", headers))
    with asking_whether_ready(api) as asked:
        time.sleep(2)
        absences = []
        for _ in range(2):
            absences.append(stop_and_start(database, api, mode))
            time.sleep(2)
        sent_builds, sent_trials = builds.finish(), trials.finish()
    check_answers(sent_builds)
    check_answers(sent_trials)
    for gone, coming, _ in absences:
        during = {status for before, after, status in asked if gone < before and after < coming}
        assert during == {503}
    steady = {status for before, _, status in asked if before > absences[-1][2]}
    assert steady == {200}
    kept = {digest for (digest,) in database.rows("SELECT digest FROM builds")}
    assert not set(sent_builds.acknowledged) - kept
    kept = {run for (run,) in database.rows("SELECT run FROM trials")}
    assert not set(sent_trials.acknowledged) - kept
    check_that_work_goes_on(api, worker, headers, database.value("SELECT min(id) FROM builds"))
    assert (api.end(), worker.end()) == (0, 0)


def check_that_work_goes_on(
    api: Service, worker: Service, headers: dict[str, str], build: int
) -> None:
    """The worker, which was not restarted either, reads an SBOM that is recorded now."""
    component = {"type": "library", "name": "openssl", "version": "3.0"}
    sbom = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [component]}
    path = f"/api/v1/builds/{build}"
    status, _ = request(api.port, "PUT", f"{path}/sbom", sbom, headers)
    assert status == 202

    def done() -> bool:
        _, found = request(api.port, "GET", path, headers=headers)
        return bool(found["sbom"]["state"] == "done")

    eventually(done, RECOVERED_WITHIN, lambda: worker.output[-3000:])

"""Three replicas of the API and two workers start at once on an empty database."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from load.conftest import Database
from load.services import Fleet, Service, eventually

REPLICAS, WORKERS = 3, 2
TROUBLE = re.compile(r"Traceback|migration failed|\bERROR\b|\"level\": \"error\"")


def heartbeat(worker: Service) -> bool:
    return any(worker.folder.rglob("*.heartbeat"))


@pytest.mark.parametrize("attempt", range(3))
def test_all_that_start_at_once_on_an_empty_database_come_up_and_one_migrates(
    processes: Fleet, database: Database, folder: Path, attempt: int
) -> None:
    logged = len(database.cluster.log)
    workers = [processes.worker(folder / f"worker-{n}", database.url) for n in range(WORKERS)]
    apis = [processes.api(folder / f"api-{n}", database.url) for n in range(REPLICAS)]
    revisions = {api.wait_for("/ready", 200)["revision"] for api in apis}
    eventually(lambda: all(map(heartbeat, workers)), 15, lambda: workers[0].output)
    for service in [*apis, *workers]:
        assert service.is_running, service.output
        assert not TROUBLE.search(service.output), service.output
    # The server logs each statement that changes a table's form, also one that then fails.
    log = database.cluster.log[logged:]
    assert log.count("CREATE TABLE builds") == 1
    assert log.count("CREATE TABLE jobs") == 1
    assert [revisions] == [{found} for (found,) in database.rows("SELECT * FROM alembic_version")]
    assert {service.end() for service in [*apis, *workers]} == {0}

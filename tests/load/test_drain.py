"""One of two replicas behind nginx is told to stop under load: nobody who asked notices."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from load import records
from load.behind_nginx import Behind, Replica, replicas_behind_nginx
from load.client import Order, Sent
from load.services import OWNER, eventually, request
from load.under_way import begin

pytestmark = [pytest.mark.engine]

WORK = 60
"""So many requests of the load show that a replica has its share."""
SECONDS = 110
KNOWN_AFTER = 11.0
"""Each of nginx's processes keeps what it knows of the name for 10 s: until then one of them may
know only the replica that was not replaced."""
ANSWERED_WITHIN = 10.0
"""A request that nginx sends to an address where nobody is any more is sent on after 3 s."""


def orders(behind: Behind) -> tuple[Order, Order]:
    """Return a load that reads and one that records."""
    _, told = request(behind.port, "POST", "/api/v1/auth/login", OWNER)
    headers = {"Authorization": f"Bearer {told['access_token']}"}
    url = f"http://127.0.0.1:{behind.port}/api/v1/builds"
    template = records.template(records.build(records.PLACE))
    reads = Order(url, SECONDS, 4, headers=headers)
    return reads, Order(url, SECONDS, 8, "POST", headers, template, records.PLACE)


def check_all_answered(sent: Sent, status: int, since: float) -> None:
    """Each request that was sent was answered with success, also after the end of one replica."""
    assert not sent.failures
    assert set(sent.statuses) == {status}, (sent.statuses, sent.bodies)
    assert max(sent.latencies) < ANSWERED_WITHIN
    assert sum(moment > since for moment, _ in sent.moments) >= 10


def wait_until_served(replica: Replica) -> None:
    """Wait until requests are passed on to a replica; nginx asks for names every 10 s."""
    before = replica.requests
    eventually(lambda: replica.requests >= before + WORK, 30, lambda: f"{replica} has no work")


def test_no_request_fails_when_one_of_two_replicas_is_told_to_stop_under_load(
    tmp_path: Path,
) -> None:
    with replicas_behind_nginx(tmp_path) as behind:
        reading, recording = map(begin, orders(behind))
        began, ended = time.monotonic(), 0.0
        one, two = behind.replicas
        for leaving, staying in ((one, two), (two, one)):
            wait_until_served(leaving)
            assert leaving.stop() == 0
            ended, served = time.monotonic() - began, leaving.requests
            wait_until_served(staying)
            assert leaving.requests == served
            leaving.start()
            time.sleep(KNOWN_AFTER)
        reads, recorded = reading.finish(), recording.finish()
        kept = {key for (key,) in behind.cluster.rows("load", "SELECT digest FROM builds")}
    check_all_answered(reads, 200, ended)
    check_all_answered(recorded, 201, ended)
    assert kept == set(recorded.acknowledged)

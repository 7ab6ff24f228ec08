"""One of two replicas behind nginx is told to stop under load: nobody who asked notices."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from load import records
from load.behind_nginx import Behind, replicas_behind_nginx
from load.client import Order, Sent
from load.services import OWNER, eventually, request
from load.under_way import begin

pytestmark = [pytest.mark.engine]

ANSWERED_WITHIN = 10.0
"""A request that nginx sends to an address where nobody is any more is sent on after 3 s."""


def orders(behind: Behind) -> tuple[Order, Order]:
    """Return a load that reads and one that records."""
    _, told = request(behind.port, "POST", "/api/v1/auth/login", OWNER)
    headers = {"Authorization": f"Bearer {told['access_token']}"}
    url = f"http://127.0.0.1:{behind.port}/api/v1/builds"
    template = records.template(records.build(records.PLACE))
    reads = Order(url, 60, 4, headers=headers)
    return reads, Order(url, 60, 4, "POST", headers, template, records.PLACE)


def check_all_answered(sent: Sent, status: int, since: float) -> None:
    """Each request that was sent was answered with success, also after the end of one replica."""
    assert not sent.failures
    assert set(sent.statuses) == {status}, (sent.statuses, sent.bodies)
    assert max(sent.latencies) < ANSWERED_WITHIN
    assert sum(moment > since for moment, _ in sent.moments) >= 10


def test_no_request_fails_when_one_of_two_replicas_is_told_to_stop_under_load(
    tmp_path: Path,
) -> None:
    with replicas_behind_nginx(tmp_path) as behind:
        reading, recording = map(begin, orders(behind))
        began = time.monotonic()
        one, two = behind.replicas
        eventually(lambda: min(one.requests, two.requests) >= 20, 30, lambda: "one has no work")
        assert one.stop() == 0
        ended = time.monotonic() - began
        served = one.requests
        time.sleep(4)
        reads, recorded = reading.finish(), recording.finish()
        assert one.requests == served
        assert two.requests > 10
        kept = {key for (key,) in behind.cluster.rows("load", "SELECT digest FROM builds")}
    check_all_answered(reads, 200, ended)
    check_all_answered(recorded, 201, ended)
    assert kept == set(recorded.acknowledged)

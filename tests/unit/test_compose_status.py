"""What a stack's table says, and which container is to blame."""

from __future__ import annotations

import json

import pytest

from seatrial.compose.status import REVISION, failures, is_well, reason, status_of
from seatrial.model.stack import Container, Port, Service, Stack
from seatrial.model.stamp import GitFacts
from seatrial.report.stack import commit_words, print_stack

OURS = "3c51fcc" + "0" * 33
OTHER = "abcdef1" + "0" * 33
WEB = Service(name="web", ports=(Port(target=8000, application="http"), Port(target=5432)))
TABLES = Service(name="tables", one_shot=True)
STACK = Stack(name="shop", services=(WEB, TABLES))


def container(service: str = "web", state: str = "running", **more: object) -> Container:
    facts = {"id": f"{service}-id", "name": f"shop-{service}-1", "service": service, "state": state}
    return Container.model_validate({**facts, **more})


def tree(sha: str = OURS, *, dirty: bool = False) -> GitFacts:
    return GitFacts(sha=sha, short_sha=sha[:7], describe="x", dirty=dirty, committed_at=0)


def words(labels: dict[str, str], git: GitFacts | None) -> str:
    status = status_of(STACK, [container(labels=labels)], git)
    return commit_words(status.services[0], status)


@pytest.mark.parametrize(
    ("labels", "git", "told"),
    [
        ({REVISION: OURS}, tree(), "3c51fcc"),
        ({REVISION: OURS}, tree(OTHER), "3c51fcc (tree is at abcdef1)"),
        ({REVISION: OURS}, tree(dirty=True), "3c51fcc (tree has changes)"),
        ({REVISION: OURS}, None, "3c51fcc"),
        ({}, tree(), "not stamped"),
    ],
)
def test_the_commit_is_compared_with_the_tree(
    labels: dict[str, str], git: GitFacts | None, told: str
) -> None:
    assert words(labels, git) == told


def test_a_port_is_a_url_only_where_the_file_says_that_it_speaks_http() -> None:
    ports = [
        {"host": "127.0.0.1", "published": 18000, "target": 8000},
        {"host": "0.0.0.0", "published": 5432, "target": 5432},
        {"host": "::1", "published": 5433, "target": 5432},
    ]
    line = status_of(STACK, [container(ports=ports)], None).services[0]
    assert line.urls == ("http://127.0.0.1:18000", "localhost:5432", "[::1]:5433")


@pytest.mark.parametrize(
    ("service", "state", "more", "well"),
    [
        (WEB, "running", {}, True),
        (WEB, "running", {"health": "healthy"}, True),
        (WEB, "running", {"health": "starting"}, False),
        (WEB, "running", {"health": "unhealthy"}, False),
        (WEB, "exited", {"exit_code": 0}, False),
        (WEB, "restarting", {}, False),
        (TABLES, "exited", {"exit_code": 0}, True),
        (TABLES, "exited", {"exit_code": 1}, False),
    ],
)
def test_a_container_is_well_or_not(
    service: Service, state: str, more: dict[str, object], well: bool
) -> None:
    assert is_well(service, container(service.name, state, **more)) is well


def test_the_cause_comes_before_those_that_only_wait() -> None:
    others = [Service(name=name) for name in ("a", "b", "c")]
    found = failures(
        others,
        [
            container("a", "running", health="starting"),
            container("b", "created"),
            container("c", "exited", exit_code=3),
        ],
    )
    assert [c.service for c in found] == ["c", "a"]


def test_a_container_of_a_service_that_was_not_asked_for_is_not_blamed() -> None:
    assert failures([WEB], [container("orphan", "exited", exit_code=9)]) == ()


@pytest.mark.parametrize(
    ("state", "more", "told"),
    [
        ("exited", {"exit_code": 3}, "exited with 3"),
        (
            "exited",
            {"exit_code": 137, "out_of_memory": True},
            "ran out of memory and was ended (exit code 137)",
        ),
        ("restarting", {"exit_code": 1}, "keeps restarting, its last exit code was 1"),
        ("running", {"health": "unhealthy"}, "is unhealthy"),
        ("running", {"health": "starting"}, "was not healthy within 7 s"),
        ("paused", {}, "is paused"),
    ],
)
def test_what_is_wrong_is_said_in_words(state: str, more: dict[str, object], told: str) -> None:
    assert reason(container("web", state, **more), 7) == told


def test_the_table_is_whole_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    ports = [{"host": "127.0.0.1", "published": 18000, "target": 8000}]
    gone = container("tables", "exited", exit_code=0)
    here = container(health="healthy", ports=ports, labels={REVISION: OURS})
    print_stack(status_of(STACK, [gone, here], tree(OTHER)))
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert rows[0] == ["service", "state", "health", "URL", "commit"]
    assert rows[2] == ["tables", "exited", "(0)", "-", "-", "not", "stamped"]
    assert rows[3][:5] == ["web", "running", "healthy", "http://127.0.0.1:18000", "3c51fcc"]


def test_the_status_is_json() -> None:
    status = status_of(STACK, [container(labels={REVISION: OURS})], tree())
    line = json.loads(status.model_dump_json())["services"][0]
    assert (line["commit"], line["current"], line["exit_code"]) == (OURS, True, None)

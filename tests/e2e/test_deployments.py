"""The stack numbered by its own logbook: generations, and the cut-over from one to the next."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest
from stacks import LocalStack, ask

pytestmark = [pytest.mark.engine, pytest.mark.e2e]

SHA = "cd" * 20


@pytest.fixture(scope="module")
def token(own_stack: LocalStack) -> str:
    return own_stack.sign_in()


@pytest.fixture(scope="module")
def logbook(own_stack: LocalStack, token: str) -> dict[str, str]:
    """The stack's own logbook as the verbs are told of it, with a key that may only record."""
    wanted = {"name": "compose-up", "scopes": ["record"]}
    key = ask(f"{own_stack.api}/api/v1/keys", wanted, token)["key"]
    return {"LOGBOOK_URL": own_stack.api, "LOGBOOK_KEY": key}


def deploy(own_stack: LocalStack, **environ: str) -> str:
    done = own_stack.invoke("compose-up", **environ)
    assert done.returncode == 0, done.stderr
    return done.stderr


def deployments(own_stack: LocalStack, token: str) -> list[tuple[int, str]]:
    """Return generation and state of each deployment, the newest first."""
    found = ask(f"{own_stack.api}/api/v1/deployments?environment=local", token=token)["items"]
    return [(one["generation"], one["state"]) for one in found]


def leave_sbom(own_stack: LocalStack, token: str, digest: str) -> str:
    """Record a build and an SBOM, which is a job for the worker; return the build's address."""
    build = {
        "image": "of-a-generation",
        "digest": f"sha256:{digest * 32}",
        "tags": [],
        "sha": SHA,
        "short_sha": SHA[:7],
        "describe": "v1",
        "dirty": False,
        "built_at": "2026-01-02T03:04:05+00:00",
        "base_policy": "stand-in",
        "size_bytes": 1,
        "duration_seconds": 1.0,
        "cached_steps": 0,
        "total_steps": 1,
    }
    made = ask(f"{own_stack.api}/api/v1/builds", build, token)
    url = f"{own_stack.api}/api/v1/builds/{made['id']}"
    ask(f"{url}/sbom", {"bomFormat": "CycloneDX", "components": []}, token, method="PUT")
    return url


def state_after(url: str, token: str, seconds: float) -> str:
    """Return what became of a build's SBOM as soon as anything did, or after that time."""
    deadline = time.monotonic() + seconds
    while True:
        state: str = ask(url, token=token)["sbom"]["state"]
        if state != "waiting" or time.monotonic() > deadline:
            return state
        time.sleep(0.1)


def made_by_somebody_else(own_stack: LocalStack, token: str) -> Any:
    service = {"service": "api", "image": "backend", "digest": f"sha256:{'ef' * 32}"}
    body = {
        "key": str(uuid.uuid4()),
        "environment": "local",
        "services": [{**service, "reference": "elsewhere"}],
        "sha": SHA,
        "started_at": "2026-01-02T03:04:05+00:00",
    }
    return ask(f"{own_stack.api}/api/v1/deployments", body, token)


def test_a_stack_learns_its_number_from_its_own_logbook_when_that_answers(
    own_stack: LocalStack, token: str, logbook: dict[str, str]
) -> None:
    assert own_stack.given("worker")["GENERATION"] == "0"
    said = deploy(own_stack, **logbook)
    assert "deployment to local is generation 1" in said
    for service in ("api", "worker"):
        assert own_stack.given(service)["GENERATION"] == "1"
    assert deployments(own_stack, token) == [(1, "deployed")]
    before = own_stack.container("worker")["Id"]
    deploy(own_stack, **logbook)
    assert own_stack.container("worker")["Id"] == before
    assert deployments(own_stack, token) == [(1, "deployed")]


def test_a_cut_over_stops_the_old_ones_work_and_the_new_one_does_it(
    own_stack: LocalStack, token: str, logbook: dict[str, str]
) -> None:
    done = leave_sbom(own_stack, token, "a1")
    assert state_after(done, token, 30) == "done"
    assert made_by_somebody_else(own_stack, token)["generation"] == 2
    left = leave_sbom(own_stack, token, "a2")
    assert state_after(left, token, 4) == "waiting", "its worker was replaced"
    assert "deployment to local is generation 3" in deploy(own_stack, **logbook)
    assert own_stack.given("worker")["GENERATION"] == "3"
    assert state_after(left, token, 30) == "done"
    assert deployments(own_stack, token) == [(3, "deployed"), (2, "replaced"), (1, "replaced")]
    kind = f"{own_stack.api}/api/v1/jobs?kind=ingest_sbom"
    jobs = ask(kind, token=token)["items"]
    assert [(job["state"], job["attempts"]) for job in jobs][:2] == [("done", 1)] * 2


def test_a_stack_that_takes_its_logbook_down_says_so_and_tells_it_later(
    own_stack: LocalStack, token: str, logbook: dict[str, str]
) -> None:
    down = own_stack.invoke("compose-down", **logbook)
    assert down.returncode == 0, down.stderr
    assert "1 entry waits" in down.stderr
    assert "has no generation" in deploy(own_stack, **logbook)
    assert own_stack.given("worker")["GENERATION"] == "0"
    states = [(4, "deployed"), (3, "ended"), (2, "replaced"), (1, "replaced")]
    assert deployments(own_stack, token) == states
    assert state_after(leave_sbom(own_stack, token, "a3"), token, 30) == "done"

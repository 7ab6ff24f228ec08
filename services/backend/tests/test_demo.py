"""The whole way through API and worker on a database that is a file."""

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import ENVIRONMENT
from process import Running, running
from work import component

BUILD = {
    "image": "api",
    "digest": "sha256:" + "0" * 64,
    "sha": "0" * 40,
    "short_sha": "0000000",
    "describe": "v1",
    "dirty": False,
    "built_at": "2026-11-20T12:00:00+01:00",
    "base_policy": "registry",
    "size_bytes": 1,
    "duration_seconds": 1.5,
    "cached_steps": 0,
    "total_steps": 1,
}
SBOM = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "components": [component("openssl", "3.0.1"), component("zlib")],
}


class Caller:
    """Who asks the API, with a token or a key."""

    def __init__(self, app: Running) -> None:
        self.app = app
        self.token = ""

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Return status and JSON of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.app.port, timeout=30)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, f"/api/v1{path}", sent, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or "null")
        finally:
            connection.close()

    def sign_in(self, password: str = ENVIRONMENT["OWNER_PASSWORD"]) -> int:
        """Sign in as the owner and return the status."""
        owner = {"username": ENVIRONMENT["OWNER_USERNAME"], "password": password}
        status, told = self.ask("POST", "/auth/login", owner)
        self.token = told.get("access_token", self.token)
        return status


@pytest.fixture
def caller(tmp_path: Path) -> Iterator[Caller]:
    """The owner, signed in."""
    environment = {
        **ENVIRONMENT,
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/logbook.db",
        "TMPDIR": str(tmp_path),
    }
    with running(tmp_path, environment, module="logbook.app") as app:
        app.wait_for("/ready", 200)
        caller = Caller(app)
        assert caller.sign_in() == 200
        yield caller
        assert app.end() == 0
        assert '"level": "error"' not in app.stderr


def test_what_is_in_a_build_is_found_soon_after_its_sbom_was_sent(caller: Caller) -> None:
    status, key = caller.ask("POST", "/keys", {"name": "ci", "scopes": ["read", "record"]})
    assert status == 201
    caller.token = key["key"]
    status, build = caller.ask("POST", "/builds", BUILD)
    assert status == 201
    assert caller.ask("POST", "/builds", BUILD)[0] == 200
    assert caller.ask("PUT", f"/builds/{build['id']}/sbom", SBOM)[0] == 202
    deadline = time.monotonic() + 30
    while not (found := caller.ask("GET", "/components?name=SSL&version=3.0")[1]["items"]):
        assert time.monotonic() < deadline, caller.ask("GET", "/jobs")
        time.sleep(0.1)
    assert [(one["name"], one["version"]) for one in found] == [("openssl", "3.0.1")]
    shown = caller.ask("GET", f"/builds/{build['id']}")[1]
    assert shown["sbom"] == {"state": "done", "components": 2, "error": None}
    assert shown["built_at"] in {"2026-11-20T11:00:00Z", "2026-11-20T11:00:00+00:00"}


def test_generations_count_up_and_failures_lock_out_on_a_file_too(caller: Caller) -> None:
    service = {"service": "api", "image": "api", "digest": BUILD["digest"], "reference": "api:1"}
    for number in (1, 2):
        key = f"00000000-0000-4000-8000-00000000000{number}"
        new = {"key": key, "environment": "harbour", "services": [service], "sha": "0" * 40}
        status, made = caller.ask(
            "POST", "/deployments", {**new, "started_at": "2026-11-20T12:00:00Z"}
        )
        assert (status, made["generation"]) == (201, number)
    states = [one["state"] for one in caller.ask("GET", "/deployments")[1]["items"]]
    assert states == ["deployed", "replaced"]
    assert [caller.sign_in("wrong") for _ in range(6)] == [401] * 5 + [429]

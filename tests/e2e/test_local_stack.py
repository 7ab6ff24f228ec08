"""The built stack, used as programs use it: API, nginx, MCP server; test_page.py has the page."""

from __future__ import annotations

import json
import time
import urllib.error
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from stacks import LocalStack, ask
from toys import REPOSITORY

pytestmark = [pytest.mark.engine, pytest.mark.e2e]

SIGNS_IN = ("JWT_SECRET_KEY", "OWNER_PASSWORD")
DATABASES = ("DATABASE_URL", "WORKER_DATABASE_URL")
SERVICES = {"api": 1001, "worker": 1001, "frontend": 101, "mcp-server": 1001}
DIGEST = "sha256:" + "ba5e" * 16
BUILD = {
    "image": "sea-trial-of-the-stack",
    "digest": DIGEST,
    "tags": ["latest"],
    "sha": "ab" * 20,
    "short_sha": "abababa",
    "describe": "v1.2.3",
    "dirty": False,
    "built_at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).isoformat(),
    "base_policy": "stand-in",
    "size_bytes": 12345678,
    "duration_seconds": 4.5,
    "cached_steps": 1,
    "total_steps": 2,
}


@pytest.fixture(scope="session")
def recorded(running: LocalStack, token: str) -> Any:
    """A build that was recorded through the API."""
    return ask(f"{running.api}/api/v1/builds", BUILD, token)


def test_every_service_is_up_and_runs_the_commit_that_was_built(running: LocalStack) -> None:
    done = running.invoke("compose-ps", "--json")
    assert done.returncode == 0, done.stderr
    lines = json.loads(done.stdout)["services"]
    assert {line["service"]: line["state"] for line in lines} == dict.fromkeys(SERVICES, "running")
    assert {line["health"] for line in lines} == {"healthy"}
    stamp = json.loads((REPOSITORY / "dist/version.json").read_text())
    assert {line["commit"] for line in lines} == {stamp["sha"]}


def test_the_table_tells_where_each_service_is_reached(running: LocalStack) -> None:
    shown = running.invoke("compose-ps").stdout
    for address in (running.api, running.page, running.mcp):
        assert address in shown


def test_a_build_recorded_through_the_api_is_seen_through_nginx(
    running: LocalStack, token: str, recorded: Any
) -> None:
    found = ask(f"{running.page}/api/v1/builds", token=token)["items"]
    assert [item["digest"] for item in found] == [recorded["digest"]] == [DIGEST]


def test_nobody_reads_builds_without_signing_in(running: LocalStack) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        ask(f"{running.page}/api/v1/builds")
    assert caught.value.code == 401
    caught.value.close()


def test_the_mcp_server_is_well_and_wired_to_the_api(running: LocalStack) -> None:
    health = ask(f"{running.mcp}/health")
    assert (health["status"], health["wired"]["logbook"]) == ("ok", True)


def call_tool(running: LocalStack, token: str, name: str, **headers: str) -> Any:
    """Call a tool of the MCP server, which keeps no sessions: one request is all."""
    call = {"name": name, "arguments": {}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    accept = {"Accept": "application/json, text/event-stream"}
    return ask(f"{running.mcp}/mcp", body, token, **accept, **headers)["result"]


@pytest.mark.usefixtures("recorded")
def test_a_model_sees_the_build_with_its_users_token(running: LocalStack, token: str) -> None:
    result = call_tool(running, token, "list_builds")
    assert not result.get("isError"), result
    assert DIGEST in json.dumps(result)


@pytest.mark.usefixtures("recorded")
def test_a_model_sees_nothing_without_a_token(running: LocalStack) -> None:
    result = call_tool(running, "", "list_builds")
    assert result["isError"]
    assert DIGEST not in json.dumps(result)


def test_the_mcp_server_answers_no_foreign_host(running: LocalStack, token: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        call_tool(running, token, "list_builds", Host="evil.example")
    assert caught.value.code == 421
    caught.value.close()


def test_health_tells_the_commit_that_the_label_tells(running: LocalStack) -> None:
    label = "org.opencontainers.image.revision"
    told = {
        "api": ask(f"{running.api}/api/v1/health"),
        "frontend": ask(f"{running.page}/healthz"),
        "mcp-server": ask(f"{running.mcp}/health"),
    }
    for container in running.containers():
        service = container["Config"]["Labels"]["com.docker.compose.service"]
        if service in told:
            assert told[service]["version"]["sha"] == container["Config"]["Labels"][label]


def test_containers_are_locked_down(running: LocalStack) -> None:
    found = running.containers()
    assert len(found) == len(SERVICES)
    for container in found:
        host, config = container["HostConfig"], container["Config"]
        service = config["Labels"]["com.docker.compose.service"]
        assert host["ReadonlyRootfs"], service
        assert host["CapDrop"] == ["ALL"], service
        assert not host["CapAdd"], service
        assert "no-new-privileges:true" in host["SecurityOpt"], service
        assert not host["Privileged"], service
        assert host["Memory"] > 0, service
        assert host["PidsLimit"] > 0, service
        assert not host["Init"], service
        assert not container["Mounts"], f"{service} mounts something of this machine"
        assert not any("docker.sock" in bind for bind in host["Binds"] or ()), service


def test_the_first_process_of_each_container_has_its_own_user_and_no_capability(
    running: LocalStack,
) -> None:
    for container in running.containers():
        service = container["Config"]["Labels"]["com.docker.compose.service"]
        status = Path(f"/proc/{container['State']['Pid']}/status").read_text()
        facts = dict(line.split(":\t", 1) for line in status.splitlines())
        assert set(facts["Uid"].split()) == {str(SERVICES[service])}, service
        assert int(facts["CapEff"], 16) == 0, service
        assert facts["NoNewPrivs"].strip() == "1", service


def test_nothing_listens_beyond_this_machine(running: LocalStack) -> None:
    for container in running.containers():
        for bindings in container["HostConfig"]["PortBindings"].values():
            assert {binding["HostIp"] for binding in bindings} == {"127.0.0.1"}


def test_the_frontend_and_the_mcp_server_hold_no_secret(running: LocalStack) -> None:
    secrets = running.secrets()
    hidden = [secrets[name] for name in (*SIGNS_IN, *DATABASES)]
    for container in running.containers():
        service = container["Config"]["Labels"]["com.docker.compose.service"]
        text = "\n".join(container["Config"]["Env"])
        if service in {"frontend", "mcp-server"}:
            assert not any(secret in text for secret in hidden), service


def given_database(running: LocalStack, service: str) -> str:
    """Return the database that a service was given, as this machine sees it."""
    address = running.given(service)["DATABASE_URL"]
    return address.replace("host.docker.internal", "127.0.0.1")


ME = """
SELECT current_user, rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls
FROM pg_roles WHERE rolname = current_user
"""


def test_api_and_worker_have_roles_of_their_own_and_neither_is_a_superuser(
    running: LocalStack,
) -> None:
    for service, role in (("api", "logbook"), ("worker", "logbook_worker")):
        with psycopg.connect(given_database(running, service)) as connection:
            assert connection.execute(ME).fetchall() == [(role, False)]


@pytest.mark.parametrize("table", ["api_keys", "sign_in_tries"])
def test_the_worker_cannot_read_who_may_sign_in(running: LocalStack, table: LiteralString) -> None:
    statement = SQL("SELECT count(*) FROM {}").format(Identifier(table))
    with psycopg.connect(given_database(running, "api")) as connection:
        assert connection.execute(statement).fetchall()
    with (
        psycopg.connect(given_database(running, "worker")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_the_workers_role_is_enough_for_an_sbom(
    running: LocalStack, token: str, recorded: Any
) -> None:
    url = f"{running.api}/api/v1/builds/{recorded['id']}"
    packages = [{"type": "library", "name": "libsea", "version": "1.0", "purl": "pkg:deb/sea@1.0"}]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": packages}
    ask(f"{url}/sbom", document, token, method="PUT")
    deadline = time.monotonic() + 60
    while (state := ask(url, token=token)["sbom"])["state"] == "waiting":
        assert time.monotonic() < deadline, running.invoke(
            "compose-logs", "--service", "worker"
        ).stdout
        time.sleep(0.2)
    assert (state["state"], state["components"]) == ("done", 1)


def test_no_secret_is_in_a_log(running: LocalStack, token: str, recorded: Any) -> None:
    secrets = running.secrets()
    logged = running.invoke("compose-logs", "--tail", "all").stdout
    assert logged
    for name in SIGNS_IN:
        assert secrets[name] not in logged
    for name in DATABASES:
        assert secrets[name].split("@")[0].rpartition(":")[2] not in logged
    assert token not in logged


def test_a_build_outlives_the_stack(running: LocalStack, token: str, recorded: Any) -> None:
    assert running.invoke("compose-down").returncode == 0
    assert running.left() == []
    up = running.invoke("compose-up")
    assert up.returncode == 0, up.stderr
    found = ask(f"{running.api}/api/v1/builds", token=token)["items"]
    assert DIGEST in [item["digest"] for item in found]


def test_everything_goes_down_without_a_trace(running: LocalStack) -> None:
    down = running.invoke("compose-down")
    assert down.returncode == 0, down.stderr
    assert running.left() == []
    gone = running.invoke("postgres-down")
    assert "stopped" in gone.stdout
    assert running.invoke("postgres-status").returncode == 6

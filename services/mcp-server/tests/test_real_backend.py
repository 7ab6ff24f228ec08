"""Every tool against the real backend, by the SDK's client, over both transports."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from conftest import connected, connected_by_stdio, running_server, text_of
from mcp.client import Client
from real_backend import RealBackend, running_backend
from test_tools import told

pytestmark = pytest.mark.anyio


@dataclass
class Stack:
    """The backend with records, this server in front of it, and a key that may read."""

    backend: RealBackend
    url: str
    key_id: int
    key: str


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Two builds of the backend, tried, with SBOMs, deployed one after the other; one frontend."""
    with running_backend(tmp_path_factory.mktemp("backend")) as backend:
        old, new = backend.build(1, "backend"), backend.build(2, "backend")
        backend.build(3, "frontend")
        backend.trial("kept-run", 1, "kept")
        backend.trial("broken-run", 2, "broken")
        backend.sbom(old, "deb/openssl@1.1.1w-0", "pypi/fastapi@0.120.0", "pypi/click@8.2.0")
        backend.sbom(new, "deb/openssl@3.0.15-1", "pypi/fastapi@0.120.0", "pypi/h11@0.16.0")
        backend.deployment(1)
        backend.deployment(2)
        key_id, key = backend.key("read")
        with running_server(LOGBOOK_URL=backend.url) as (_, url):
            yield Stack(backend, url, key_id, key)


@asynccontextmanager
async def connected_over(transport: str, stack: Stack) -> AsyncIterator[Client]:
    """The SDK's client over one of the transports, with a key that may read."""
    if transport == "http":
        async with connected(stack.url, f"Bearer {stack.key}") as client:
            yield client
    else:
        variables = {"LOGBOOK_URL": stack.backend.url, "LOGBOOK_KEY": stack.key}
        async with connected_by_stdio(**variables) as client:
            yield client


@pytest.mark.parametrize("transport", ["http", "stdio"])
async def test_a_client_is_told_which_images_contain_openssl_3_0(
    stack: Stack, transport: str
) -> None:
    async with connected_over(transport, stack) as client:
        found = await told(client, "find_component", name="OpenSSL", version="3.0")
        older = await told(client, "find_component", name="openssl", version="1.1")
        anywhere = await told(client, "find_component", name="openssl", version="1.1", latest=False)

    (component,) = found["items"]
    assert (component["name"], component["version"]) == ("openssl", "3.0.15-1")
    assert component["purl"] == "pkg:deb/debian/openssl@3.0.15-1"
    assert [(one["image"], one["latest"]) for one in component["images"]] == [("backend", True)]
    assert older["items"] == []
    assert [one["latest"] for one in anywhere["items"][0]["images"]] == [False]


@pytest.mark.parametrize("transport", ["http", "stdio"])
async def test_a_client_finds_its_way_from_the_images_to_what_changed(
    stack: Stack, transport: str
) -> None:
    async with connected_over(transport, stack) as client:
        images = await told(client, "list_images")
        history = await told(client, "image_history", image=images["items"][0]["name"])
        old, new = (one["build_id"] for one in history["history"])
        change = await told(client, "compare_builds", from_build=old, to_build=new)

    assert [(one["name"], one["builds"]) for one in images["items"]] == [
        ("backend", 2),
        ("frontend", 1),
    ]
    assert images["items"][0]["latest"]["components"] == 3
    assert [one["verdict"] for one in history["history"]] == ["kept", "broken"]
    assert change["size"]["difference_bytes"] == 1000
    assert [one["name"] for one in change["packages"]["added"]] == ["h11"]
    assert [one["name"] for one in change["packages"]["removed"]] == ["click"]
    assert change["packages"]["changed"] == [
        {
            "name": "openssl",
            "type": "library",
            "from_version": "1.1.1w-0",
            "to_version": "3.0.15-1",
        }
    ]
    assert [one["check"] for one in change["findings"]["new"]] == ["runs-as-promised-user"]
    assert change["findings"]["gone"] == []
    assert change["notes"] == []


@pytest.mark.parametrize("transport", ["http", "stdio"])
async def test_a_client_is_told_what_a_trial_found(stack: Stack, transport: str) -> None:
    async with connected_over(transport, stack) as client:
        trials = await told(client, "list_trials", image="backend", verdict="broken")
        by_run = await told(client, "trial_findings", run=trials["items"][0]["run"])
        by_image = await told(client, "trial_findings", image="backend")
        by_build = await told(client, "trial_findings", build_id=trials["items"][0]["build_id"])

    assert by_run == by_image == by_build
    assert [check["name"] for check in by_run["failed"]] == ["runs-as-promised-user"]
    assert by_run["failed"][0]["findings"][0]["hint"] == "a numeric USER"
    assert [check["reason"] for check in by_run["skipped"]] == ["no builder"]


@pytest.mark.parametrize("transport", ["http", "stdio"])
async def test_a_client_is_told_what_runs_and_how_it_was_built(
    stack: Stack, transport: str
) -> None:
    async with connected_over(transport, stack) as client:
        deployments = await told(client, "list_deployments", environment="local")
        running = deployments["items"][0]
        build = await told(client, "get_build", build_id=running["services"][0]["build_id"])
        same = await told(client, "list_builds", sha=build["sha"][:12], verdict="broken")
        none = await told(client, "list_builds", sha=build["sha"][:12], verdict="kept")

    assert [(one["generation"], one["state"]) for one in deployments["items"]] == [
        (2, "deployed"),
        (1, "replaced"),
    ]
    assert build["describe"] == "v1.0.2"
    assert build["steps"] == [{"name": "RUN uv sync", "cached": True}]
    assert build["sbom"]["state"] == "done"
    assert [one["id"] for one in same["items"]] == [build["id"]]
    assert none["items"] == []


async def test_pages_follow_each_other(stack: Stack) -> None:
    seen: list[int] = []
    asked: dict[str, object] = {"limit": 1}
    async with connected_over("http", stack) as client:
        while True:
            page = await told(client, "list_builds", **asked)
            seen += [one["id"] for one in page["items"]]
            if page["next"] is None:
                break
            asked["cursor"] = page["next"]

    assert seen == [3, 2, 1]


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("image_history", {"image": "moon"}, "list_images gives the names"),
        ("image_history", {"image": "a/b"}, "list_images gives the names"),
        ("get_build", {"build_id": 99}, "list_builds gives the ids"),
        ("trial_findings", {"run": "unknown"}, "list_trials gives the runs"),
        ("trial_findings", {"build_id": 3}, "no trial of build 3"),
        ("compare_builds", {"from_build": 1, "to_build": 99}, "list_builds gives ids"),
        ("list_builds", {"cursor": "nonsense"}, "cursor"),
        ("list_deployments", {"environment": "two words"}, "environment"),
    ],
)
async def test_a_question_without_an_answer_says_what_to_do(
    stack: Stack, tool: str, arguments: dict[str, object], said: str
) -> None:
    async with connected_over("http", stack) as client:
        result = await client.call_tool(tool, arguments)

    assert result.is_error
    assert said in text_of(result)


async def test_a_build_without_sbom_and_trial_is_compared_by_its_size(stack: Stack) -> None:
    async with connected_over("http", stack) as client:
        change = await told(client, "compare_builds", from_build=1, to_build=3)

    assert change["size"]["difference_bytes"] == 2000
    assert change["packages"] is None
    assert change["findings"] is None
    assert len(change["notes"]) == 2


async def test_each_caller_sees_what_the_backend_lets_them_see(stack: Stack) -> None:
    _, may_only_record = stack.backend.key("record")
    revoked_id, revoked = stack.backend.key("read")
    stack.backend.owner.delete(f"/keys/{revoked_id}")
    owner = stack.backend.owner.headers["authorization"]
    said = {}
    for caller in (None, "Bearer nonsense", f"Bearer {revoked}", f"Bearer {may_only_record}"):
        async with connected(stack.url, caller) as client:
            result = await client.call_tool("list_images", {})
        assert result.is_error
        said[caller] = text_of(result)
    async with connected(stack.url, owner) as client:
        assert (await told(client, "list_images"))["items"]

    assert all("(401)" in said[caller] for caller in list(said)[:3])
    assert "(403)" in said[f"Bearer {may_only_record}"]
    assert "read" in said[f"Bearer {may_only_record}"]


async def test_the_use_of_the_callers_own_key_is_noted(stack: Stack) -> None:
    async with connected_over("http", stack) as client:
        await told(client, "list_images")

    keys = stack.backend.owner.get("/keys").json()["items"]
    assert [key["last_used_at"] for key in keys if key["id"] == stack.key_id] != [None]

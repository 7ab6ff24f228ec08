from typing import Any

import fake_backend
import pytest
from conftest import Connect, connected, free_port, running_server, text_of
from mcp.client import Client

pytestmark = pytest.mark.anyio
OWNER = "Bearer good"
NAMES = [
    "list_images",
    "image_history",
    "list_builds",
    "get_build",
    "list_trials",
    "trial_findings",
    "find_component",
    "compare_builds",
    "list_deployments",
]


async def told(client: Client, tool: str, **arguments: object) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, text_of(result)
    content = result.structured_content
    assert isinstance(content, dict)
    return content


async def test_every_tool_says_that_it_only_reads_and_what_it_gives(connect: Connect) -> None:
    async with connect(None) as client:
        tools = (await client.list_tools()).tools

    assert [tool.name for tool in tools] == NAMES
    for tool in tools:
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert tool.output_schema is not None
        assert tool.output_schema["properties"]
        assert tool.description
        assert tool.title
        assert "ctx" not in tool.input_schema["properties"]
        assert all("description" in one for one in tool.input_schema["properties"].values()), tool


async def test_images_come_with_their_latest_build(connect: Connect) -> None:
    async with connect(OWNER) as client:
        images = await told(client, "list_images")

    assert [(one["name"], one["builds"], one["latest"]["id"]) for one in images["items"]] == [
        ("backend", 3, 4),
        ("frontend", 2, 5),
    ]
    assert "history" not in images["items"][0]
    assert "added_later" not in images["items"][0]


async def test_an_images_history_begins_with_the_oldest(connect: Connect) -> None:
    async with connect(OWNER) as client:
        history = await told(client, "image_history", image="backend")

    assert [(one["build_id"], one["verdict"]) for one in history["history"]] == [
        (1, "kept"),
        (2, "broken"),
        (4, "kept"),
    ]


async def test_builds_come_newest_first_and_without_their_steps(connect: Connect) -> None:
    async with connect(OWNER) as client:
        builds = await told(client, "list_builds")

    assert [item["id"] for item in builds["items"]] == [5, 4, 3, 2, 1]
    assert builds["items"][0]["digest"] == f"sha256:{5:064x}"
    assert "steps" not in builds["items"][0]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_builds_of_one_image_come_a_page_at_a_time(connect: Connect, limit: int) -> None:
    ids: list[int] = []
    wanted: dict[str, object] = {"image": "backend", "limit": limit}
    async with connect(OWNER) as client:
        while True:
            page = await told(client, "list_builds", **wanted)
            assert len(page["items"]) <= limit
            ids += [item["id"] for item in page["items"]]
            if page["next"] is None:
                break
            wanted["cursor"] = page["next"]

    assert ids == [4, 2, 1]


async def test_one_build_comes_with_its_steps(connect: Connect) -> None:
    async with connect(OWNER) as client:
        build = await told(client, "get_build", build_id=2)

    assert [step["name"] for step in build["steps"]] == ["RUN uv sync", "COPY src"]
    assert build["sbom"]["state"] == "none"


async def test_trials_are_found_by_their_build_and_verdict(connect: Connect) -> None:
    async with connect(OWNER) as client:
        of_build = await told(client, "list_trials", build_id=1)
        broken = await told(client, "list_trials", verdict="broken")

    assert [one["run"] for one in of_build["items"]] == ["beefcafe"]
    assert [one["run"] for one in broken["items"]] == ["f00dcafe"]


@pytest.mark.parametrize("asked", [{"run": "f00dcafe"}, {"build_id": 2}, {"image": "backend"}])
async def test_a_trials_findings_are_what_did_not_pass(
    connect: Connect, asked: dict[str, object]
) -> None:
    async with connect(OWNER) as client:
        found = await told(client, "trial_findings", **asked)

    assert found["trial"]["run"] == "f00dcafe"
    assert found["trial"]["verdict"] == "broken"
    assert [check["name"] for check in found["failed"]] == ["runs-as-promised-user"]
    assert found["failed"][0]["proves"] == "Every process runs as the promised user and group."
    assert found["failed"][0]["findings"][0]["found"] == "process 1 runs as user 0"
    assert len(found["failed"][0]["findings"][0]["evidence"]) == 20
    assert ["evidence is cut" in note for note in found["notes"]] == [True]
    assert [(check["name"], check["reason"]) for check in found["skipped"]] == [
        ("rebuilds-in-time", "no builder")
    ]


async def test_a_component_is_found_by_the_beginning_of_its_version(connect: Connect) -> None:
    async with connect(OWNER) as client:
        found = await told(client, "find_component", name="openssl", version="3.0")
        everywhere = await told(client, "find_component", name="openssl", latest=False)

    assert [(one["version"], one["images"][0]["image"]) for one in found["items"]] == [
        ("3.0.15-1", "backend")
    ]
    assert len(everywhere["items"]) == 2
    assert fake_backend.ASKED[-1]["query"]["latest"] == "false"


async def test_two_builds_are_compared_in_size_packages_and_findings(connect: Connect) -> None:
    async with connect(OWNER) as client:
        change = await told(client, "compare_builds", from_build=1, to_build=2)

    assert (change["from_build"]["id"], change["to_build"]["id"]) == (1, 2)
    assert change["size"] == {
        "from_bytes": 123456001,
        "to_bytes": 123456002,
        "difference_bytes": 1,
    }
    assert change["packages"]["changed"] == [
        {
            "name": "openssl",
            "type": "library",
            "from_version": "3.0.14-1",
            "to_version": "3.0.15-1",
        }
    ]
    assert [one["check"] for one in change["findings"]["new"]] == ["runs-as-promised-user"]
    assert change["notes"] == []


async def test_what_cannot_be_compared_is_said_with_what_to_do(connect: Connect) -> None:
    async with connect(OWNER) as client:
        change = await told(client, "compare_builds", from_build=3, to_build=5)

    assert change["packages"] is None
    assert change["findings"] is None
    assert "invoke sbom" in change["notes"][0]
    assert "verify_prod" in change["notes"][1]


async def test_a_comparison_of_thousands_of_packages_is_cut_and_says_so(connect: Connect) -> None:
    async with connect(OWNER) as client:
        change = await told(client, "compare_builds", from_build=1, to_build=4)

    assert len(change["packages"]["added"]) == 200
    assert change["packages"]["truncated"] is True
    assert "1000 added" in change["notes"][0]


async def test_deployments_tell_what_runs_still(connect: Connect) -> None:
    async with connect(OWNER) as client:
        deployments = await told(client, "list_deployments", environment="local")
        elsewhere = await told(client, "list_deployments", environment="moon")

    assert [(one["generation"], one["state"]) for one in deployments["items"]] == [
        (2, "deployed"),
        (1, "replaced"),
    ]
    assert deployments["items"][0]["services"][0]["reference"] == "logbook-backend:0f0f0f0"
    assert elsewhere["items"] == []


async def test_the_request_id_is_passed_on(server_url: str) -> None:
    async with connected(server_url, OWNER, **{"X-Request-ID": "abc-1"}) as client:
        await told(client, "list_images")

    assert fake_backend.ASKED[-1]["headers"]["x-request-id"] == "abc-1"
    assert fake_backend.ASKED[-1]["headers"]["authorization"] == OWNER


@pytest.mark.parametrize("name", ["a/../b", "%2e%2e", "a?b=c", "a#b", "a b"])
async def test_a_name_cannot_become_another_path(connect: Connect, name: str) -> None:
    async with connect(OWNER) as client:
        result = await client.call_tool("image_history", {"image": name})

    assert result.is_error
    assert "list_images gives the names" in text_of(result)
    assert fake_backend.ASKED[-1]["path"].startswith("/api/v1/images/")
    assert fake_backend.ASKED[-1]["query"] == {}


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("get_build", {"build_id": 9}, "no such build: list_builds gives the ids"),
        ("get_build", {"build_id": "../auth"}, "build_id"),
        ("get_build", {"build_id": ""}, "build_id"),
        ("get_build", {"build_id": 0}, "build_id"),
        ("list_builds", {"limit": 0}, "limit"),
        ("list_builds", {"limit": 101}, "limit"),
        ("list_builds", {"sha": "0f0f"}, "sha"),
        ("list_builds", {"verdict": "good"}, "verdict"),
        ("image_history", {"image": "nothing"}, "no such image: list_images gives the names"),
        ("image_history", {"image": ".."}, "names nothing"),
        ("trial_findings", {}, "exactly one of run, build_id and image"),
        ("trial_findings", {"run": "f00dcafe", "build_id": 2}, "exactly one of"),
        ("trial_findings", {"run": "unknown"}, "no such trial: list_trials gives the runs"),
        ("trial_findings", {"build_id": 5}, "no trial of build 5 is recorded: list_trials"),
        ("trial_findings", {"image": "moon"}, "no trial of an image 'moon' is recorded: list_im"),
        ("compare_builds", {"from_build": 7, "to_build": 8}, "no build 7 or no build 8"),
        ("find_component", {"name": ""}, "name"),
        ("find_component", {}, "name"),
    ],
)
async def test_a_call_that_cannot_be_answered_says_what_to_do(
    connect: Connect, tool: str, arguments: dict[str, object], said: str
) -> None:
    async with connect(OWNER) as client:
        result = await client.call_tool(tool, arguments)

    assert result.is_error
    assert said in text_of(result)


@pytest.mark.parametrize(
    ("authorization", "said"),
    [
        (None, "Authorization: Bearer"),
        ("Bearer expired", "Authorization: Bearer"),
        ("Bearer stranger", "Not yours. An API key needs the scope read"),
        ("Bearer refused", "(query.limit: Input should be less than 200)"),
        ("Bearer hurried", "try again in 7 seconds"),
        ("Bearer waiting", "No database; try again later"),
        ("Bearer failing", "failed (500); try again later"),
        ("Bearer garbled", "not JSON"),
        ("Bearer strange", "of a form unknown here"),
        ("Bearer sent-on", "(307)"),
    ],
)
async def test_a_refusal_of_the_backend_says_what_to_do_whatever_the_tool(
    connect: Connect, authorization: str | None, said: str
) -> None:
    arguments: dict[str, dict[str, object]] = {
        "image_history": {"image": "backend"},
        "get_build": {"build_id": 1},
        "trial_findings": {"run": "f00dcafe"},
        "find_component": {"name": "openssl"},
        "compare_builds": {"from_build": 1, "to_build": 2},
    }
    async with connect(authorization) as client:
        results = {name: await client.call_tool(name, arguments.get(name, {})) for name in NAMES}

    for name, result in results.items():
        assert result.is_error, name
        assert said in text_of(result), name
        assert "stack trace" not in text_of(result), name


async def test_a_backend_that_is_away_is_a_tool_error_and_no_end() -> None:
    with running_server(LOGBOOK_URL=f"http://127.0.0.1:{free_port()}") as (process, url):
        async with connected(url, OWNER) as client:
            result = await client.call_tool("list_builds", {})

        assert result.is_error
        assert "cannot be reached" in text_of(result)
        assert process.poll() is None

import pytest
from conftest import Connect, connected, free_port, running_server
from mcp.types import CallToolResult, TextContent

pytestmark = pytest.mark.anyio
OWNER = "Bearer good"


def text_of(result: CallToolResult) -> str:
    return "".join(part.text for part in result.content if isinstance(part, TextContent))


async def test_both_tools_say_that_they_only_read_and_what_they_give(connect: Connect) -> None:
    async with connect(None) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}

    assert set(tools) == {"list_builds", "get_build"}
    for tool in tools.values():
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is True
        assert tool.output_schema is not None
        assert tool.description
    assert "ctx" not in tools["list_builds"].input_schema["properties"]


async def test_builds_come_newest_first_and_without_their_steps(connect: Connect) -> None:
    async with connect(OWNER) as client:
        result = await client.call_tool("list_builds", {})

    assert not result.is_error
    assert result.structured_content is not None
    items = result.structured_content["items"]
    assert [item["id"] for item in items] == [5, 4, 3, 2, 1]
    assert items[0]["digest"] == f"sha256:{5:064x}"
    assert "steps" not in items[0]


@pytest.mark.parametrize("authorization", [OWNER, "Bearer filtering"])
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_builds_of_one_image_come_a_page_at_a_time_whether_or_not_the_backend_filters(
    connect: Connect, authorization: str, limit: int
) -> None:
    ids: list[int] = []
    wanted: dict[str, object] = {"image": "backend", "limit": limit}
    async with connect(authorization) as client:
        while True:
            page = (await client.call_tool("list_builds", wanted)).structured_content
            assert page is not None
            assert len(page["items"]) <= limit
            ids += [item["id"] for item in page["items"]]
            if page["next"] is None:
                break
            wanted["cursor"] = page["next"]

    assert ids == [4, 2, 1]


async def test_one_build_comes_with_its_steps(connect: Connect) -> None:
    async with connect(OWNER) as client:
        result = await client.call_tool("get_build", {"build_id": 2})

    assert result.structured_content is not None
    assert [step["name"] for step in result.structured_content["steps"]] == [
        "RUN uv sync",
        "COPY src",
    ]


async def test_a_build_that_is_not_there_is_a_tool_error(connect: Connect) -> None:
    async with connect(OWNER) as client:
        result = await client.call_tool("get_build", {"build_id": 9})

    assert result.is_error
    assert "no such build" in text_of(result)


@pytest.mark.parametrize("build_id", ["../auth", "", 0])
async def test_an_id_that_is_none_is_refused(connect: Connect, build_id: object) -> None:
    async with connect(OWNER) as client:
        result = await client.call_tool("get_build", {"build_id": build_id})

    assert result.is_error
    assert "build_id" in text_of(result)


@pytest.mark.parametrize("limit", [0, 101])
async def test_a_limit_out_of_range_is_refused(connect: Connect, limit: int) -> None:
    async with connect(OWNER) as client:
        result = await client.call_tool("list_builds", {"limit": limit})

    assert result.is_error
    assert "limit" in text_of(result)


@pytest.mark.parametrize(
    ("authorization", "said"),
    [
        (None, "Authorization: Bearer"),
        ("Bearer expired", "Authorization: Bearer"),
        ("Bearer stranger", "does not let this caller"),
        ("Bearer refused", "limit is too large"),
        ("Bearer failing", "failed (500); try again later"),
        ("Bearer garbled", "not JSON"),
        ("Bearer strange", "of a form unknown here"),
    ],
)
async def test_a_refusal_of_the_backend_says_what_to_do(
    connect: Connect, authorization: str | None, said: str
) -> None:
    async with connect(authorization) as client:
        result = await client.call_tool("list_builds", {})

    assert result.is_error
    assert said in text_of(result)
    assert "stack trace" not in text_of(result)


async def test_a_backend_that_is_away_is_a_tool_error_and_no_end() -> None:
    with running_server(LOGBOOK_URL=f"http://127.0.0.1:{free_port()}") as (process, url):
        async with connected(url, OWNER) as client:
            result = await client.call_tool("list_builds", {})

        assert result.is_error
        assert "cannot be reached" in text_of(result)
        assert process.poll() is None

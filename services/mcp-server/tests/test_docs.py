"""docs/mcp.md shows each tool with an example; each is asked for here."""

import json
import re
from pathlib import Path

import pytest
from conftest import Connect
from test_tools import NAMES, told

pytestmark = pytest.mark.anyio
PAGE = Path(__file__).parents[3] / "docs" / "mcp.md"
EXAMPLE = re.compile(
    r"^### `(?P<tool>\w+)`$.*?^```json\n(?P<asked>.*?)^```$.*?^```json\n(?P<answer>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
EXAMPLES = [
    (found["tool"], json.loads(found["asked"]), json.loads(found["answer"]))
    for found in EXAMPLE.finditer(PAGE.read_text(encoding="utf-8"))
]


def test_the_page_shows_every_tool_in_the_order_of_the_server() -> None:
    assert [tool for tool, _, _ in EXAMPLES] == NAMES


@pytest.mark.parametrize(("tool", "asked", "answer"), EXAMPLES, ids=NAMES)
async def test_the_page_shows_what_a_tool_answers(
    connect: Connect, tool: str, asked: dict[str, object], answer: dict[str, object]
) -> None:
    async with connect("Bearer good") as client:
        assert await told(client, tool, **asked) == answer

import httpx2
import pytest

from logbook_mcp.images import ImageList
from logbook_mcp.logbook import Caller, Logbook
from logbook_mcp.refusals import LogbookError

pytestmark = pytest.mark.anyio


async def test_a_logbook_that_is_too_slow_is_told_with_what_to_do() -> None:
    def slow(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("too slow", request=request)

    async with httpx2.AsyncClient(
        transport=httpx2.MockTransport(slow), base_url="http://logbook"
    ) as client:
        with pytest.raises(LogbookError, match=r"in time: ask for less"):
            await Logbook(client).get(ImageList, "/images", Caller(), absent="")


async def test_a_key_of_this_process_stands_before_a_callers_own() -> None:
    seen: list[httpx2.Headers] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.headers)
        return httpx2.Response(200, json={"items": [], "next": None})

    async with httpx2.AsyncClient(
        transport=httpx2.MockTransport(answer), base_url="http://logbook"
    ) as client:
        for ours in (None, "Bearer ours"):
            caller = Caller(authorization="Bearer theirs")
            await Logbook(client, ours).get(ImageList, "/images", caller, absent="")

    assert [headers["authorization"] for headers in seen] == ["Bearer theirs", "Bearer ours"]

"""The backend's HTTP API, as far as the tools need it."""

import logging
from typing import Any, TypeVar

import httpx2
from pydantic import BaseModel, ValidationError

from logbook_mcp.builds import Build, BuildDetail, BuildList

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer", bound=BaseModel)

# Pages that one call may go through in search of one image's builds.
MOST_PAGES = 20
# Seconds. An answer must come well within the time a stopping server waits for it.
TIMEOUT = httpx2.Timeout(10.0, connect=3.0)


class LogbookError(Exception):
    """The backend gave no usable answer; the message says what the caller can do."""


class Logbook:
    """Reads the backend in the caller's name: it has no credentials of its own."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client

    async def builds(
        self,
        *,
        authorization: str | None,
        image: str | None = None,
        limit: int = 20,
        cursor: str | None = None,
    ) -> BuildList:
        """Recorded builds, newest first.

        Args:
            authorization: The caller's `Authorization` header.
            image: Only builds of this image.
            limit: Builds to give at most; fewer do not mean that there are no more.
            cursor: `next` of an earlier answer.

        Raises:
            LogbookError: The backend refused, failed or could not be reached.
        """
        found: list[Build] = []
        for _ in range(MOST_PAGES):
            # No more than still wanted, so that the page's cursor is where this answer ends.
            page = await self._page(authorization, image, limit - len(found), cursor)
            found += [build for build in page.items if image in {None, build.image}]
            cursor = page.next
            if cursor is None or len(found) == limit or image is None:
                break
        return BuildList(items=found, next=cursor)

    async def _page(
        self, authorization: str | None, image: str | None, limit: int, cursor: str | None
    ) -> BuildList:
        """One page; a backend that knows no filter by image gives those of all images."""
        query = {"limit": str(limit), "image": image, "cursor": cursor}
        given = {name: value for name, value in query.items() if value is not None}
        return _parse(BuildList, await self._get("/api/v1/builds", authorization, given))

    async def build(self, build_id: int, *, authorization: str | None) -> BuildDetail:
        """One recorded build with its steps.

        Raises:
            LogbookError: There is no such build, or the backend gave no usable answer.
        """
        answer = await self._get(f"/api/v1/builds/{build_id}", authorization, {})
        return _parse(BuildDetail, answer)

    async def _get(self, path: str, authorization: str | None, query: dict[str, str]) -> Any:
        headers = {"Authorization": authorization} if authorization else {}
        try:
            answer = await self._client.get(path, params=query, headers=headers)
        except httpx2.TimeoutException as error:
            logger.warning("GET %s: the logbook did not answer in time", path)
            raise LogbookError("the logbook did not answer in time; try again later") from error
        except httpx2.TransportError as error:
            logger.warning("GET %s: the logbook cannot be reached: %s", path, error)
            raise LogbookError("the logbook cannot be reached; try again later") from error
        if answer.status_code != 200:
            raise _refusal(path, answer)
        try:
            return answer.json()
        except ValueError as error:
            logger.warning("GET %s: the answer is not JSON", path)
            raise LogbookError("the logbook gave an answer that is not JSON") from error


def _refusal(path: str, answer: httpx2.Response) -> LogbookError:
    """What an answer other than 200 means to the caller."""
    status = answer.status_code
    if status == 401:
        return LogbookError(
            "the logbook asks who is calling (401): connect to this MCP server with the header "
            "'Authorization: Bearer TOKEN', a valid token of the logbook"
        )
    if status == 403:
        return LogbookError("the logbook does not let this caller read builds (403)")
    if status == 404:
        return LogbookError("the logbook has no such build (404): list_builds gives the ids")
    if status < 500:
        return LogbookError(f"the logbook refused the request ({status}): {_detail(answer)}")
    logger.warning("GET %s: the logbook failed with %d", path, status)
    return LogbookError(f"the logbook failed ({status}); try again later")


def _detail(answer: httpx2.Response) -> str:
    """The reason in a problem document (RFC 9457), or the status's own words."""
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    if isinstance(problem, dict):
        return str(problem.get("detail") or problem.get("title") or answer.reason_phrase)
    return answer.reason_phrase


def _parse(model: type[Answer], answer: Any) -> Answer:
    try:
        return model.model_validate(answer)
    except ValidationError as error:
        fields = sorted({".".join(map(str, item["loc"])) for item in error.errors()})
        logger.warning("the logbook's answer is not of the form expected: %s", ", ".join(fields))
        raise LogbookError(
            "the logbook gave an answer of a form unknown here; are both of the same release?"
        ) from error

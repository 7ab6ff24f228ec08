"""The backend's HTTP API, as far as the tools need it."""

import logging
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, ValidationError

from logbook_mcp.refusals import LogbookError, refusal

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer", bound=BaseModel)

# Seconds. An answer must come well within the time a stopping server waits for it.
TIMEOUT = httpx2.Timeout(10.0, connect=3.0)


class Caller(NamedTuple):
    """Who asks, as the headers of the request say it; both are passed on unread.

    Attributes:
        authorization: The `Authorization` header.
        request_id: The `X-Request-ID` header, by which one request is found in all logs.
    """

    authorization: str | None = None
    request_id: str | None = None


class Logbook:
    """Reads the backend in the caller's name.

    Over HTTP it has no credentials of its own. `authorization` is the desktop client's, whose
    process this is.
    """

    def __init__(self, client: httpx2.AsyncClient, authorization: str | None = None) -> None:
        self._client = client
        self._authorization = authorization

    async def get(
        self,
        form: type[Answer],
        path: str,
        caller: Caller,
        *,
        absent: str,
        query: Mapping[str, object] | None = None,
    ) -> Answer:
        """What the backend answers to GET on `path` below `/api/v1`, read as `form`.

        Args:
            form: The model of the answer.
            path: Such as `/builds`; put what a caller gave into it with `segment`.
            caller: In whose name.
            absent: What a 404 means, and what to do then.
            query: Parameters; those that are None are left out.

        Raises:
            LogbookError: The backend refused, failed or could not be reached.
        """
        given = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        path = f"/api/v1{path}"
        answer = await self._ask(path, given, self._headers(caller))
        if answer.status_code != 200:
            raise refusal(path, answer, absent, key_is_ours=self._authorization is not None)
        return _parse(form, path, answer)

    def _headers(self, caller: Caller) -> dict[str, str]:
        headers = {
            "Authorization": self._authorization or caller.authorization,
            "X-Request-ID": caller.request_id,
        }
        return {name: value for name, value in headers.items() if value}

    async def _ask(
        self, path: str, query: dict[str, str], headers: dict[str, str]
    ) -> httpx2.Response:
        try:
            return await self._client.get(path, params=query, headers=headers)
        except httpx2.TimeoutException as error:
            logger.warning("GET %s: the logbook did not answer in time", path)
            raise LogbookError(
                "the logbook did not answer in time: ask for less (a filter, a smaller limit) "
                "or try again later"
            ) from error
        except httpx2.TransportError as error:
            logger.warning("GET %s: the logbook cannot be reached: %s", path, error)
            raise LogbookError(
                "the logbook cannot be reached: try again later; if it stays away, whoever runs "
                "it should look whether LOGBOOK_URL of this MCP server is right"
            ) from error


def segment(text: str) -> str:
    """`text` as one part of a path, whatever is in it.

    Raises:
        LogbookError: It would be no part but a way to another.
    """
    if text in {".", ".."}:
        raise LogbookError(f"{text} names nothing in the logbook")
    return quote(text, safe="")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _parse(form: type[Answer], path: str, answer: httpx2.Response) -> Answer:
    try:
        return form.model_validate_json(answer.content)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        if faults[0]["type"] == "json_invalid":
            logger.warning("GET %s: the answer is not JSON", path)
            raise LogbookError(
                "the logbook gave an answer that is not JSON; is it the backend, with nothing in "
                "between?"
            ) from error
        fields = sorted({".".join(map(str, fault["loc"])) for fault in faults})
        logger.warning("GET %s: the answer is not of the form expected: %s", path, fields)
        raise LogbookError(
            "the logbook gave an answer of a form unknown here; are both of the same release?"
        ) from error


def open_client(url: str) -> httpx2.AsyncClient:
    """A client of the backend at `url`. It follows no redirect: a key might go elsewhere."""
    return httpx2.AsyncClient(base_url=url, timeout=TIMEOUT, follow_redirects=False)


def page_of(cursor: str | None, limit: int, **filters: Any) -> dict[str, Any]:
    """The parameters of one page."""
    return {"limit": limit, "cursor": cursor, **filters}

"""Errors as problem details (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from logbook import request_ids

MEDIA_TYPE = "application/problem+json"
_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")


class ProblemResponse(JSONResponse):
    """A response whose body is a problem."""

    media_type = MEDIA_TYPE


def problem(
    status: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> ProblemResponse:
    """Make the answer for an error; `detail` is for the caller to read, so it tells no secrets."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "request_id": request_ids.CURRENT.get(),
        **more,
    }
    return ProblemResponse(body, status, headers=dict(headers or {}))


def answer_with_problems(app: FastAPI) -> None:
    """Make every error that `app` answers with a problem."""
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_request)
    app.add_exception_handler(Exception, _of_fault)


async def _of_http(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for these only
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_allowed(request))
    return problem(error.status_code, str(error.detail), headers=headers)


def _allowed(request: Request) -> list[str]:
    """Return the methods of all routes with this path; the framework tells the first one's."""
    told = {"type": "http", "path": request.url.path, "root_path": "", "headers": []}
    return [
        method
        for method in _METHODS
        if any(
            route.matches({**told, "method": method})[0] == Match.FULL
            for route in request.app.routes
        )
    ]


async def _of_request(_request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    # What was sent is not sent back: it may be a password.
    errors = [
        {"at": ".".join(str(part) for part in fault["loc"]), "detail": str(fault["msg"])}
        for fault in error.errors()
    ]
    return problem(422, "The request is not as the schema asks; see errors.", errors=errors)


async def _of_fault(_request: Request, _error: Exception) -> ProblemResponse:
    return problem(500, "The server failed; its log says why.")

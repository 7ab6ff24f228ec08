"""What an answer of the backend other than 200 means to the caller, and what to do then."""

import logging
from typing import Any

import httpx2

logger = logging.getLogger(__name__)


class LogbookError(Exception):
    """The backend gave no usable answer; the message says what the caller can do."""


def refusal(path: str, answer: httpx2.Response, absent: str, *, key_is_ours: bool) -> LogbookError:
    """The error that `answer` stands for.

    Args:
        path: What was asked for, for the log.
        answer: One whose status is not 200.
        absent: What a 404 means here.
        key_is_ours: Whether the key came from this process's environment, not from the caller.
    """
    status = answer.status_code
    if status == 401:
        return LogbookError(_unknown_caller(key_is_ours=key_is_ours))
    if status == 403:
        return LogbookError(
            f"the logbook does not let this caller read (403): {_detail(answer)}. An API key needs "
            "the scope read; its owner can make another one"
        )
    if status == 404:
        return LogbookError(f"{absent} (404)")
    if status in {429, 503}:
        logger.warning("GET %s: the logbook answered %d", path, status)
        return LogbookError(
            f"the logbook cannot answer now ({status}): {_detail(answer)}; {_when(answer)}"
        )
    if status < 500:
        return LogbookError(f"the logbook refused the request ({status}): {_detail(answer)}")
    logger.warning("GET %s: the logbook failed with %d", path, status)
    return LogbookError(f"the logbook failed ({status}); try again later")


def _unknown_caller(*, key_is_ours: bool) -> str:
    if key_is_ours:
        return (
            "the logbook does not know this client's key (401): it is mistyped or was revoked. "
            "Put a valid one into LOGBOOK_KEY, or into the file that LOGBOOK_KEY_FILE names, in "
            "the client's configuration, and start the server again"
        )
    return (
        "the logbook asks who is calling (401): connect to this MCP server with the header "
        "'Authorization: Bearer KEY', an API key of the logbook with the scope read"
    )


def _when(answer: httpx2.Response) -> str:
    seconds = answer.headers.get("retry-after", "")
    if seconds.isascii() and seconds.isdecimal():
        return f"try again in {seconds} seconds"
    return "try again later"


def _detail(answer: httpx2.Response) -> str:
    """The reason in a problem document (RFC 9457), or the status's own words."""
    problem = _problem(answer)
    told = str(problem.get("detail") or problem.get("title") or answer.reason_phrase)
    faults = problem.get("errors")
    parts = [
        f"{fault.get('at')}: {fault.get('detail')}"
        for fault in (faults if isinstance(faults, list) else [])
        if isinstance(fault, dict)
    ]
    return " ".join([told.rstrip("."), *(f"({part})" for part in parts)])


def _problem(answer: httpx2.Response) -> dict[str, Any]:
    try:
        problem = answer.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}

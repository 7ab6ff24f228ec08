"""As much of the backend as the tools read. The token says how it behaves."""

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

PROBLEM = "application/problem+json"


def build(number: int, image: str) -> dict[str, Any]:
    """A recorded build as the API gives it, with a field that no tool knows."""
    return {
        "id": number,
        "image": image,
        "digest": f"sha256:{number:064x}",
        "tags": ["latest", "0f0f0f0"],
        "sha": "0f" * 20,
        "short_sha": "0f0f0f0",
        "describe": "v1.2.3-4-g0f0f0f0",
        "dirty": False,
        "built_at": "2026-11-20T10:00:00Z",
        "base_policy": "stand-in",
        "size_bytes": 123456789,
        "duration_seconds": 12.5,
        "cached_steps": 3,
        "total_steps": 9,
        "steps": [{"name": "RUN uv sync", "cached": True}, {"name": "COPY src"}],
        "recorded_at": "2026-11-20T10:01:00Z",
        "added_later": "ignored",
    }


BUILDS = [
    build(number, "backend" if number in {4, 2, 1} else "frontend") for number in (5, 4, 3, 2, 1)
]


def problem(status: int, detail: str) -> Response:
    """An error as RFC 9457 has it."""
    body = {"type": "about:blank", "title": "No", "status": status, "detail": detail}
    return JSONResponse(body, status_code=status, media_type=PROBLEM)


def misbehaviour(request: Request) -> Response | None:
    """The answer that the caller's token asks for, or None for a good caller."""
    answers: dict[str | None, Response] = {
        None: problem(401, "Not authenticated"),
        "Bearer expired": problem(401, "The token has expired"),
        "Bearer stranger": problem(403, "Not yours"),
        "Bearer refused": problem(422, "limit is too large"),
        "Bearer failing": PlainTextResponse("secret stack trace", status_code=500),
        "Bearer garbled": PlainTextResponse("<html>"),
        "Bearer strange": JSONResponse({"rows": []}),
    }
    return answers.get(request.headers.get("authorization"))


async def list_builds(request: Request) -> Response:
    if answer := misbehaviour(request):
        return answer
    image = request.query_params.get("image")
    filters = request.headers["authorization"] == "Bearer filtering"
    found = [b for b in BUILDS if not filters or image in {None, b["image"]}]
    start = int(request.query_params.get("cursor", "0"))
    end = start + int(request.query_params["limit"])
    more = str(end) if end < len(found) else None
    return JSONResponse({"items": found[start:end], "next": more})


async def get_build(request: Request) -> Response:
    if answer := misbehaviour(request):
        return answer
    for known in BUILDS:
        if known["id"] == request.path_params["id"]:
            return JSONResponse(known)
    return problem(404, "No such build")


app = Starlette(
    routes=[
        Route("/api/v1/builds", list_builds),
        Route("/api/v1/builds/{id:int}", get_build),
    ]
)

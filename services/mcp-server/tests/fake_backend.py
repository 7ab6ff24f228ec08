"""As much of the backend as the tools read. The token says how it behaves."""

from collections.abc import Callable
from typing import Any

from fake_records import (
    BUILDS,
    COMPARISON,
    COMPONENTS,
    DEPLOYMENTS,
    IMAGES,
    REPORT,
    STEPS,
    TRIALS,
)
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

PROBLEM = "application/problem+json"
ASKED: list[dict[str, Any]] = []
"""Each request's path, parameters and headers."""


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """An error as RFC 9457 has it."""
    body = {"type": "about:blank", "title": "No", "status": status, "detail": detail}
    return JSONResponse(body, status_code=status, media_type=PROBLEM, headers=headers)


def refused() -> Response:
    errors = [{"at": "query.limit", "detail": "Input should be less than 200"}]
    body = {"title": "No", "status": 422, "detail": "See errors.", "errors": errors}
    return JSONResponse(body, status_code=422, media_type=PROBLEM)


def misbehaviour(request: Request) -> Response | None:
    """The answer that the caller's token asks for, or None for a good caller."""
    answers: dict[str | None, Response] = {
        None: problem(401, "Not authenticated"),
        "Bearer expired": problem(401, "The token has expired"),
        "Bearer stranger": problem(403, "Not yours"),
        "Bearer refused": refused(),
        "Bearer hurried": problem(429, "Too many", {"Retry-After": "7"}),
        "Bearer waiting": problem(503, "No database"),
        "Bearer failing": PlainTextResponse("secret stack trace", status_code=500),
        "Bearer garbled": PlainTextResponse("<html>"),
        "Bearer strange": JSONResponse({"rows": []}),
        "Bearer sent-on": RedirectResponse("http://127.0.0.1:9/elsewhere"),
    }
    return answers.get(request.headers.get("authorization"))


def page(records: list[dict[str, Any]], *filters: str) -> Callable[[Request], Response]:
    """An endpoint that lists what has the parameters `filters` as its own."""

    def answer(request: Request) -> Response:
        asked = request.query_params
        wanted = {name: asked[name] for name in filters if name in asked}
        found = [one for one in records if all(one[name] == wanted[name] for name in wanted)]
        start = int(asked.get("cursor", "0"))
        end = start + int(asked["limit"])
        more = str(end) if end < len(found) else None
        return JSONResponse({"items": found[start:end], "next": more})

    return guarded(answer)


def guarded(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """`answer` for a good caller."""
    return lambda request: misbehaviour(request) or answer(request)


def one(records: list[dict[str, Any]], name: str, more: dict[str, Any]) -> Callable[..., Response]:
    """An endpoint that shows the record whose `name` is in the path."""

    def answer(request: Request) -> Response:
        for record in records:
            if str(record[name]) == request.path_params["key"]:
                return JSONResponse(record | more)
        return problem(404, "No such thing")

    return guarded(answer)


def components(request: Request) -> Response:
    asked = request.query_params
    found = [
        component
        for component in COMPONENTS
        if asked["name"] in component["name"]
        and component["version"].startswith(asked.get("version", ""))
        and (asked["latest"] == "false" or component["images"][0]["latest"])
    ]
    return JSONResponse({"items": found, "next": None})


def trials(request: Request) -> Response:
    asked = request.query_params
    found = [
        trial
        for trial in TRIALS
        if asked.get("image") in {None, trial["image"]}
        and asked.get("build") in {None, str(trial["build_id"])}
        and asked.get("verdict") in {None, trial["verdict"]}
    ]
    return JSONResponse({"items": found[: int(asked["limit"])], "next": None})


def comparison(request: Request) -> Response:
    ids = (int(request.query_params["with"]), request.path_params["key"])
    if ids == (1, 2):
        return JSONResponse(COMPARISON)
    if ids == (3, 5):
        bare = {"from": BUILDS[2], "to": BUILDS[0], "packages": None, "findings": None}
        return JSONResponse(bare | {"size": COMPARISON["size"]})
    if ids == (1, 4):
        many = [{"name": f"package-{n}", "version": "1", "type": "library"} for n in range(1000)]
        packages = {"added": many, "removed": [], "changed": []}
        return JSONResponse(COMPARISON | {"packages": packages})
    return problem(404, "No such build")


ROUTES = {
    "/images": page(IMAGES),
    "/images/{key}": one(IMAGES, "name", {}),
    "/builds": page(BUILDS, "image", "sha", "verdict"),
    "/builds/{key}": one(BUILDS, "id", {"steps": STEPS, "sbom": {"state": "none"}}),
    "/builds/{key:int}/comparison": guarded(comparison),
    "/trials": guarded(trials),
    "/trials/{key}": one(TRIALS, "run", {"report": REPORT}),
    "/components": guarded(components),
    "/deployments": page(DEPLOYMENTS, "environment"),
}
answering = Starlette(routes=[Route(f"/api/v1{path}", answer) for path, answer in ROUTES.items()])


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The backend; it notes what it is asked."""
    request = Request(scope)
    ASKED.append(
        {
            "path": scope["raw_path"].decode(),
            "query": dict(request.query_params),
            "headers": dict(request.headers),
        }
    )
    await answering(scope, receive, send)

"""The description of the API (OpenAPI), with its errors as they are: problems."""

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from logbook.api.problems import MEDIA_TYPE

Part = dict[str, Any]

_REASONS = {
    "400": "The body cannot be read",
    "401": "No valid token or key",
    "403": "The key may not do this",
    "404": "There is no such thing",
    "413": "The body is too large",
    "422": "The request is not as the schema asks",
    "429": "Too many sign-ins failed: Retry-After tells how long to wait",
    "503": "The database cannot be used now",
}
_UNTOLD = {None, "Validation Error", "Unprocessable Entity", "Unprocessable Content"}
_PROBLEM: Part = {
    "title": "Problem",
    "description": "Problem details (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"description": "Find the log lines by it.", "type": "string"},
        "errors": {
            "description": "What is wrong in a request that is not as the schema asks.",
            "type": "array",
            "items": {
                "type": "object",
                "required": ["at", "detail"],
                "properties": {"at": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


def describe(app: FastAPI) -> Part:
    """Return the description of `app`, made at the first call."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, routes=app.routes, description=app.description
        )
        for path, operations in document["paths"].items():
            for operation in operations.values():
                _mend(operation, has_name="{" in path)
        schemas = document["components"]["schemas"]
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        schemas["Problem"] = _PROBLEM
        app.openapi_schema = document
    return app.openapi_schema


def as_text(app: FastAPI) -> str:
    """Return the description of `app` as it is kept in openapi.json."""
    return json.dumps(describe(app), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _mend(operation: Part, *, has_name: bool) -> None:
    """Tell an operation's errors, and that a parameter is left out where it is nothing."""
    for parameter in operation.get("parameters", []):
        parameter["schema"] = _without_null(parameter["schema"])
    responses = operation["responses"]
    codes = {code for code in responses if code >= "400"}
    if "security" in operation:
        codes |= {"401", "403", "503"}
    if has_name:
        codes |= {"404"}
    if "requestBody" in operation:
        codes |= {"400", "413"}
    for code in sorted(codes):
        told = responses.get(code, {}).get("description")
        responses[code] = {
            "description": _REASONS.get(code, told) if told in _UNTOLD else told,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


def _without_null(schema: Part) -> Part:
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) != 1 or len(kinds) == len(schema["anyOf"]):
        return schema
    return {**{key: value for key, value in schema.items() if key != "anyOf"}, **kinds[0]}

"""What it means for an answer to be as promised."""

from __future__ import annotations

from typing import Any

from seatrial.model.observation import HttpAnswer


def is_as_promised(answer: HttpAnswer, status: tuple[int, ...], expect: dict[str, Any]) -> bool:
    """Return whether an answer has one of the statuses and the expected members."""
    return answer.status in status and (not expect or has_members(answer.json_body, expect))


def has_members(body: Any, expect: Any) -> bool:
    """Return whether `body` has all that `expect` has, in members of members as well."""
    if not isinstance(expect, dict):
        return bool(body == expect)
    return isinstance(body, dict) and all(
        key in body and has_members(body[key], value) for key, value in expect.items()
    )


def member(body: Any, path: str) -> Any:
    """Return the member at a dotted path, or None where there is none."""
    for part in path.split("."):
        body = body.get(part) if isinstance(body, dict) else None
    return body


def show_answer(answer: HttpAnswer | None) -> str:
    """Return an answer in a few words."""
    if answer is None:
        return "no answer"
    if answer.status is None:
        return f"no answer to {answer.method} {answer.path} ({answer.error})"
    body = " ".join(answer.body.split())
    return f"{answer.method} {answer.path} → {answer.status} {body[:120]}".rstrip()

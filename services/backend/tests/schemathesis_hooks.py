"""What schemathesis cannot read in the description of the API."""

from typing import Any, TypeGuard

import schemathesis


@schemathesis.hook
def before_call(_context: object, case: schemathesis.Case[Any], _kwargs: dict[str, Any]) -> None:
    """Mend requests that are wrong for a reason that no schema can tell."""
    places, body = case.path_parameters, case.body
    # `build_id` of an answer may be null: then it leads nowhere, but its link is followed.
    for name in [name for name, value in (places or {}).items() if value is None]:
        places[name] = 1
    if isinstance(body, dict):
        cached, total = body.get("cached_steps"), body.get("total_steps")
        if _is_number(cached) and _is_number(total) and cached > total >= 0:
            body["total_steps"] = cached


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)

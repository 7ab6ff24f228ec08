"""Takes secret values out of what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def mask(text: str, values: Mapping[str, str]) -> str:
    """Replace each value in a text by its name, the longest first."""
    for name, value in sorted(values.items(), key=lambda item: -len(item[1])):
        text = text.replace(value, f"<{name}>")
    return text


def masked(value: Any, values: Mapping[str, str]) -> Any:
    """Replace values wherever they stand in lists and mappings; keys are left alone."""
    if isinstance(value, dict):
        return {key: masked(inner, values) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [masked(inner, values) for inner in value]
    return mask(value, values) if isinstance(value, str) else value

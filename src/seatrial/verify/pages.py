"""A check's page: what its docstring says, in its four parts."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

_PART = re.compile(r"^(How|Why|Mend): ", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """What is told of a check.

    Attributes:
        proves: What is so when it passes; one line.
        how: What the trial does to see it.
        why: Why it matters.
        mend: What to change when it fails.
    """

    proves: str
    how: str
    why: str
    mend: str


def read_page(docstring: str) -> Page:
    """Read a docstring: one line, then paragraphs that begin with `How:`, `Why:` and `Mend:`.

    Raises:
        ValueError: When a part is missing, empty, told twice or out of this order.
    """
    first, *told = _PART.split(docstring)
    parts = [" ".join(text.split()) for text in (first, *told[1::2])]
    wanted = [field.name for field in fields(Page)]
    found = ["proves", *(name.lower() for name in told[::2])]
    if found != wanted or not all(parts):
        empty = [name for name, text in zip(found, parts, strict=True) if not text]
        message = f"expected the parts {', '.join(wanted)}; found {', '.join(found)}"
        raise ValueError(f"{message}; empty: {', '.join(empty)}" if empty else message)
    if "\n" in first.strip():
        message = "what it proves is one line, with the parts How, Why and Mend below"
        raise ValueError(message)
    return Page(*parts)

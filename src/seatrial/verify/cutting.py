"""Cuts a Dockerfile off after the step that a question is about. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CONTINUED = re.compile(r"\\\s*$")
_HEREDOC = re.compile(r"<<-?[\"']?([A-Za-z_]\w*)[\"']?")


def cut_after(dockerfile: str, step: str, *, and_copy: bool) -> str | None:
    """Return a Dockerfile up to the instruction that holds `step`.

    Args:
        dockerfile: Its text.
        step: A part of an instruction; blanks are compared as one.
        and_copy: Go on through what is copied next, in the same stage or one that stands on it.

    Returns:
        The text, or None where no instruction holds `step` or all of the file is needed.
    """
    wanted = " ".join(step.split())
    seen: list[str] = []
    stage, found, copied = "", False, False
    for lines, instruction in instructions(dockerfile):
        words = instruction.split()
        word = words[0].upper()
        if found and word in {"RUN", "FROM"}:
            if copied:
                return _text(seen)
            if word == "RUN" or stage.lower() not in [w.lower() for w in words[1:2]]:
                return None
        if word == "FROM":
            stage = words[-1] if words[-2].upper() == "AS" else ""
        seen += lines
        copied = copied or (found and word in {"COPY", "ADD"})
        found = found or wanted in instruction
        if found and not and_copy:
            return _text(seen)
    return _text(seen) if copied else None


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def instructions(dockerfile: str) -> Iterator[tuple[list[str], str]]:
    """Yield the lines of each instruction, comments before it included, and it on one line."""
    lines: list[str] = []
    parts: list[str] = []
    waiting: list[str] = []
    for line in dockerfile.splitlines():
        lines.append(line)
        if waiting:
            if line.strip() == waiting[0]:
                waiting.pop(0)
        elif line.strip() and not line.lstrip().startswith("#"):
            parts.append(_CONTINUED.sub("", line).strip())
            waiting = _HEREDOC.findall(line)
        if parts and not waiting and not _continues(line):
            yield lines, " ".join(" ".join(parts).split())
            lines, parts = [], []


def _continues(line: str) -> bool:
    # A comment between two lines of an instruction, and an empty line, do not end it.
    blank = not line.strip() or line.lstrip().startswith("#")
    return blank or bool(_CONTINUED.search(line))

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
        and_copy: Go on through the next COPY or ADD of the same stage, or, where the stage has
            none, keep the whole file.

    Returns:
        The text, or None where no instruction holds `step` or all of the file is needed.
    """
    wanted = " ".join(step.split())
    seen: list[str] = []
    found = False
    for lines, instruction in instructions(dockerfile):
        word = instruction.split(" ", 1)[0].upper()
        if found and word == "FROM":
            return None
        seen += lines
        if found and word in {"COPY", "ADD"}:
            return "\n".join(seen) + "\n"
        if not found and wanted in instruction:
            found = True
            if not and_copy:
                return "\n".join(seen) + "\n"
    return None


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

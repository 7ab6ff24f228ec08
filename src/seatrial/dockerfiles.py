"""Reads Dockerfiles: what they are built on, and which files they rely on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from seatrial.errors import ConfigurationError
from seatrial.model.plan import Base

_LOCKS = ("uv.lock", "bun.lock")


def read_bases(path: Path, name: str, contexts: Collection[str]) -> tuple[Base, ...]:
    """Return every image that a Dockerfile's `FROM`, `COPY --from` and `RUN --mount` lines name.

    Args:
        path: The Dockerfile.
        name: What to call it in messages, relative to the project's root.
        contexts: Named contexts of the build, which are no images.

    Raises:
        ConfigurationError: When it is missing or malformed.
    """
    bases: dict[str, Base] = {}
    stages: set[str] = set()
    for command in _parse(path, name):
        begins = command.cmd == "FROM"
        for reference in [command.value[0]] if begins else _sources(command):
            known = reference.lower() in stages or reference in contexts
            if not known and reference != "scratch" and not reference.isdigit():
                base = Base(reference=reference, dockerfile=name, line=command.start_line)
                bases.setdefault(reference, base)
        if begins and len(command.value) > 2:
            stages.add(command.value[2].lower())
    return tuple(bases.values())


def missing_locks(path: Path, context: Path) -> list[str]:
    """Return the lock files that a Dockerfile speaks of and that its context lacks."""
    text = path.read_text(encoding="utf-8", errors="replace")
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return [
        lock
        for lock in _LOCKS
        if re.search(rf"(?<![\w.-]){re.escape(lock)}\b", code) and not (context / lock).is_file()
    ]


def _parse(path: Path, name: str) -> tuple[Any, ...]:
    import dockerfile

    try:
        commands: tuple[Any, ...] = dockerfile.parse_file(str(path))
    except dockerfile.GoIOError as error:
        raise ConfigurationError(
            f"there is no Dockerfile at {name}", hint="the bake file names it; mend one of the two"
        ) from error
    except dockerfile.GoParseError as error:
        raise ConfigurationError(f"{name} cannot be parsed: {error}") from error
    return commands


def _sources(command: Any) -> Iterator[str]:
    for flag in command.flags:
        if command.cmd in {"COPY", "ADD"} and flag.startswith("--from="):
            yield flag.removeprefix("--from=")
        elif command.cmd == "RUN" and flag.startswith("--mount="):
            pairs = [pair.partition("=") for pair in flag.removeprefix("--mount=").split(",")]
            yield from (value for key, _, value in pairs if key == "from")

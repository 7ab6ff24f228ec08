"""Reads Dockerfiles: what they are built on, and which files they rely on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from seatrial.errors import ConfigurationError
from seatrial.model.plan import Base

_LOCKS = ("uv.lock", "bun.lock")
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?:(:[-+])([^}]*))?\}|(\w+))")


def read_bases(
    source: Path | str,
    name: str,
    contexts: Collection[str],
    args: Mapping[str, str | None] | None = None,
) -> tuple[Base, ...]:
    """Return every image that a Dockerfile's `FROM`, `COPY --from` and `RUN --mount` lines name.

    Args:
        source: The Dockerfile's path, or its text.
        name: What to call it in messages, relative to the project's root.
        contexts: Named contexts of the build, which are no images.
        args: Build arguments of the build; they may choose a base.

    Raises:
        ConfigurationError: When it is missing or malformed.
    """
    bases: dict[str, Base] = {}
    stages: set[str] = set()
    values: dict[str, str] = {}
    for command in _parse(source, name):
        begins = command.cmd == "FROM"
        if command.cmd == "ARG" and not stages:
            values |= _declared(command.value, values, args or {})
        for written in _named(command, name) if begins else _sources(command):
            reference = _expanded(written, values) if begins else written
            if _is_stage(reference, stages) or reference in {"scratch", *contexts}:
                continue
            if not reference or "$" in reference:
                raise _undecided(written, name, command.start_line)
            base = Base(reference=reference, dockerfile=name, line=command.start_line)
            bases.setdefault(reference, base)
        if begins:
            stages.add(command.value[2].lower() if len(command.value) > 2 else "")
    return tuple(bases.values())


def missing_locks(path: Path, context: Path) -> list[str]:
    """Return the lock files that a Dockerfile takes from its context, and that are not there.

    Args:
        path: The Dockerfile.
        context: Folder of the build's context.

    Raises:
        ConfigurationError: When the Dockerfile is missing or malformed.
    """
    taken = {
        source.removeprefix("./")
        for command in _parse(path, str(path))
        for source in _taken(command)
        if source.rpartition("/")[2] in _LOCKS and "$" not in source and "://" not in source
    }
    return sorted(lock for lock in taken if not (context / lock.lstrip("/")).is_file())


def _parse(source: Path | str, name: str) -> tuple[Any, ...]:
    import dockerfile

    try:
        is_text = isinstance(source, str)
        parse = dockerfile.parse_string if is_text else dockerfile.parse_file
        commands: tuple[Any, ...] = parse(str(source))
    except dockerfile.GoIOError as error:
        raise ConfigurationError(
            f"there is no Dockerfile at {name}", hint="the bake file names it; mend one of the two"
        ) from error
    except dockerfile.GoParseError as error:
        raise ConfigurationError(f"{name} cannot be parsed: {error}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{name} cannot be parsed: it is not UTF-8") from error
    return commands


def _named(command: Any, name: str) -> tuple[str, ...]:
    if not command.value:
        raise ConfigurationError(
            f"{name} cannot be parsed: line {command.start_line}: FROM names no image"
        )
    return (command.value[0],)


def _sources(command: Any) -> Iterator[str]:
    """Yield what a command copies or mounts from."""
    for flag in command.flags:
        if command.cmd in {"COPY", "ADD"} and flag.startswith("--from="):
            yield flag.removeprefix("--from=")
        elif command.cmd == "RUN" and flag.startswith("--mount="):
            mount = _mount(flag)
            if "from" in mount:
                yield mount["from"]


def _taken(command: Any) -> Iterator[str]:
    """Yield the paths that a command takes from the build's context."""
    if command.cmd in {"COPY", "ADD"} and not any(f.startswith("--from=") for f in command.flags):
        yield from command.value[:-1]
    for flag in command.flags if command.cmd == "RUN" else ():
        mount = _mount(flag) if flag.startswith("--mount=") else {}
        if mount.get("type", "bind") == "bind" and "from" not in mount:
            yield mount.get("source") or mount.get("src") or ""


def _mount(flag: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in flag.removeprefix("--mount=").split(","))
    return {key: value for key, _, value in pairs}


def _is_stage(reference: str, stages: Collection[str]) -> bool:
    """Return whether a stage is meant; BuildKit itself fills in `base-${TARGETARCH}`."""
    pattern = ".*".join(re.escape(part) for part in _VARIABLE.split(reference.lower())[::5])
    return reference.isdigit() or any(re.fullmatch(pattern, stage) for stage in stages if stage)


def _declared(
    words: tuple[str, ...], values: Mapping[str, str], args: Mapping[str, str | None]
) -> dict[str, str]:
    """Return what an `ARG` line before the first `FROM` declares, with the value it has."""
    found: dict[str, str] = {}
    for word in words:
        name, equals, text = word.partition("=")
        given = args.get(name)
        if given is not None:
            found[name] = given
        elif equals:
            found[name] = _expanded(text, {**values, **found})
    return found


def _expanded(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with `$NAME`, `${NAME}`, `${NAME:-word}` and `${NAME:+word}` filled in.

    A variable that nothing is known of stays as it is.
    """

    def fill(match: re.Match[str]) -> str:
        value = values.get(match[1] or match[4])
        if match[2] == ":+":
            return match[3] if value else ""
        return value or match[3] or ("" if value is not None else match[0])

    return _VARIABLE.sub(fill, text.strip("\"'"))


def _undecided(written: str, name: str, line: int) -> ConfigurationError:
    return ConfigurationError(
        f"{name}:{line}: nothing says which image {written} is",
        expected="an image, or build arguments that have a value",
        hint="give the ARG before the first FROM a default, or the bake file's target an argument",
    )

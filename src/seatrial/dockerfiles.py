"""Reads Dockerfiles: what they are built on, and which files they rely on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from seatrial.errors import ConfigurationError
from seatrial.model.plan import Base
from seatrial.model.recipe_facts import BaseKind, BaseUse, ends_in_digest

IMAGE_CONTEXT = "docker-image://"
# What BuildKit itself fills in.
_ASPECTS = ("PLATFORM", "OS", "ARCH", "VARIANT")
PLATFORM = {f"{side}{aspect}" for side in ("BUILD", "TARGET") for aspect in _ASPECTS}
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
    for use in read_base_uses(source, name, dict.fromkeys(contexts, ""), args):
        if use.kind == "image":
            if not use.reference or "$" in use.reference:
                raise _undecided(use.written, name, use.line)
            base = Base(reference=use.reference, dockerfile=name, line=use.line)
            bases.setdefault(use.reference, base)
    return tuple(bases.values())


def read_base_uses(
    source: Path | str,
    name: str,
    contexts: Mapping[str, str],
    args: Mapping[str, str | None] | None = None,
) -> tuple[BaseUse, ...]:
    """Return every place in a Dockerfile that names an image, a stage or a named context.

    Args:
        source: The Dockerfile's path, or its text.
        name: What to call it in messages.
        contexts: Named contexts of the build, and where each is; `docker-image://` is an image.
        args: Build arguments of the build; they may choose a base.

    Raises:
        ConfigurationError: When it is missing or malformed.
    """
    found: list[BaseUse] = []
    stages: set[str] = set()
    values: dict[str, str] = {}
    for command in _parse(source, name):
        word = command.cmd.upper()
        if word == "ARG" and not stages:
            values |= _declared(command.value, values, args or {})
        for instruction, written in _named(command, name) if word == "FROM" else _sources(command):
            # BuildKit fills in arguments in FROM alone.
            reference = _expanded(written, values) if word == "FROM" else written
            kind, reference = _kind(reference, stages, contexts)
            found.append(
                BaseUse(
                    line=command.start_line,
                    instruction=instruction,
                    written=written,
                    reference=reference,
                    kind=kind,
                    argument=_choosing(written, kind),
                )
            )
        if word == "FROM":
            stages.add(command.value[2].lower() if len(command.value) > 2 else "")
    return tuple(found)


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


def read_start(path: Path, name: str, stage: str) -> tuple[str, ...]:
    """Return what a container of a stage runs: its ENTRYPOINT and CMD, inherited ones included.

    Args:
        path: The Dockerfile.
        name: What to call it in messages, relative to the project's root.
        stage: The stage, as `FROM … AS` names it.

    Raises:
        ConfigurationError: When it is missing or malformed, has no such stage, or the stage starts
            nothing in the exec form.
    """
    starts: dict[str, dict[str, tuple[str, ...]]] = {}
    here: dict[str, tuple[str, ...]] = {}
    for command in _parse(path, name):
        word = command.cmd.upper()
        if word == "FROM":
            here = dict(starts.get(command.value[0].lower(), {}))
            starts[command.value[-1].lower()] = here
        elif word in {"ENTRYPOINT", "CMD"}:
            # The shell form is one word that a shell of the image splits; it is not ours to do.
            here |= {word: tuple(command.value) if command.json else ()}
            if word == "ENTRYPOINT":
                here.pop("CMD", None)
    if stage.lower() not in starts:
        raise ConfigurationError(
            f"{name} has no stage {stage}", expected=", ".join(starts) or "a FROM … AS NAME"
        )
    found = starts[stage.lower()]
    if not (words := (*found.get("ENTRYPOINT", ()), *found.get("CMD", ()))):
        raise ConfigurationError(
            f"{name}: the stage {stage} starts nothing", expected='CMD ["word", …], the exec form'
        )
    return words


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


def _named(command: Any, name: str) -> Iterator[tuple[str, str]]:
    if not command.value:
        raise ConfigurationError(
            f"{name} cannot be parsed: line {command.start_line}: FROM names no image"
        )
    yield "FROM", command.value[0]


def _sources(command: Any) -> Iterator[tuple[str, str]]:
    """Yield what a command copies or mounts from, each with its instruction."""
    word = command.cmd.upper()
    for flag in command.flags:
        if word in {"COPY", "ADD"} and flag.startswith("--from="):
            yield f"{word} --from", flag.removeprefix("--from=")
        elif word == "RUN" and flag.startswith("--mount="):
            mount = _mount(flag)
            if "from" in mount:
                yield "RUN --mount", mount["from"]


def _kind(
    reference: str, stages: Collection[str], contexts: Mapping[str, str]
) -> tuple[BaseKind, str]:
    """Return what a name stands for, and the image's own name where a context gives another."""
    if _is_stage(reference, stages):
        return "stage", reference
    if reference == "scratch":
        return "scratch", reference
    if reference not in contexts:
        return "image", reference
    place = contexts[reference]
    if place.startswith(IMAGE_CONTEXT):
        return "image", place.removeprefix(IMAGE_CONTEXT)
    return "context", reference


def _choosing(written: str, kind: BaseKind) -> str | None:
    """Return the build argument that could make a name another image, or None.

    One for the registry alone, before a digest, cannot: the digest is that of the same bits.
    Neither can one for a part of a stage's name, nor the platform.
    """
    used = [match for match in _VARIABLE.finditer(written) if _name_in(match) not in PLATFORM]
    plain = _VARIABLE.sub(lambda match: "_" * len(match[0]), written)
    if not used or (kind == "stage" and plain.strip("_\"'")):
        return None
    if ends_in_digest(written) and all(match.end() <= plain.find("/") for match in used):
        return None
    return _name_in(used[0])


def _name_in(variable: re.Match[str]) -> str:
    return variable[1] or variable[4]


def _taken(command: Any) -> Iterator[str]:
    """Yield the paths that a command takes from the build's context."""
    word = command.cmd.upper()
    if word in {"COPY", "ADD"} and not any(f.startswith("--from=") for f in command.flags):
        yield from command.value[:-1]
    for flag in command.flags if word == "RUN" else ():
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
        value = values.get(_name_in(match))
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

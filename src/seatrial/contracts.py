"""Reads `contract.toml` into the model; an invalid one is explained by file, line and field."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from seatrial.catalog import nearest
from seatrial.errors import ConfigurationError, InvalidContractError
from seatrial.model.contract import Contract
from seatrial.root import read_text

LARGEST = 1024 * 1024
_HEADER = re.compile(r"\s*\[\[?\s*(?P<name>[^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""\s*(?P<name>(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*[\w"'-]+)*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def read_contract(path: Path) -> Contract:
    """Read a contract.

    Raises:
        InvalidContractError: When it cannot be read, is no TOML, or does not fit the model.
    """
    text = _text(path)
    try:
        return Contract.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InvalidContractError(
            f"{path} is not valid TOML: {error}", hint="mend the line it names"
        ) from error
    except ValidationError as error:
        raise _explained(path, text, error.errors()) from error


def line_of(text: str, field: Sequence[str | int]) -> int:
    """Return the line, from 1, on which `field` is written, or its nearest parent's.

    Args:
        text: A TOML document.
        field: Path of keys; positions in arrays are whole numbers.
    """
    wanted = tuple(str(part) for part in field if not isinstance(part, int))
    nth = next((part for part in field if isinstance(part, int)), 0)
    best, length = 1, 0
    seen: dict[tuple[str, ...], int] = {}
    for number, keys, is_table in _keys(text):
        if is_table:
            seen[keys] = seen.get(keys, -1) + 1
        in_array = [count for table, count in seen.items() if keys[: len(table)] == table]
        fits = keys == wanted[: len(keys)] and (not in_array or max(in_array) <= nth)
        if fits and len(keys) >= length:
            best, length = number, len(keys)
    return best


def _keys(text: str) -> Iterator[tuple[int, tuple[str, ...], bool]]:
    """Yield line, full path and whether it is a table, of every header and key."""
    table: tuple[str, ...] = ()
    inside = ""
    for number, line in enumerate(text.splitlines(), start=1):
        for quote in ('"""', "'''"):
            if line.count(quote) % 2 and inside in {"", quote}:
                inside = "" if inside else quote
        if match := None if inside else _HEADER.match(line):
            table = _split(match["name"])
            yield number, table, True
        elif match := _KEY.match(line):
            yield number, (*table, *_split(match["name"])), False


def _split(name: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(name))


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        text = read_text(path) if size <= LARGEST else ""
    except OSError as error:
        raise InvalidContractError(
            f"the contract {path} cannot be read: {error.strerror}",
            hint="give the path of a contract.toml",
        ) from error
    except ConfigurationError as error:
        raise InvalidContractError(error.message, hint=error.hint) from error
    if size > LARGEST:
        raise InvalidContractError(
            f"{path} is too large for a contract",
            expected=f"at most {LARGEST} bytes",
            found=f"{size} bytes",
        )
    return text


def _explained(path: Path, text: str, faults: list[ErrorDetails]) -> InvalidContractError:
    first, *others = faults
    allowed = sorted(_allowed(first["loc"]))
    unknown = first["type"] == "extra_forbidden"
    guess = nearest(str(first["loc"][-1]), allowed) if unknown else None
    return InvalidContractError(
        f"{_where(path, text, first)}: {_reason(first)}",
        expected=_expected(first, allowed),
        found=None if first["type"] == "missing" or unknown else _short(first.get("input")),
        hint=f"did you mean {guess}?" if guess else None,
        detail=tuple(f"{_where(path, text, other)}: {_reason(other)}" for other in others[:20]),
    )


def _where(path: Path, text: str, fault: ErrorDetails) -> str:
    field = ".".join(str(part) for part in fault["loc"] if part != "[key]")
    return f"{path}:{line_of(text, fault['loc'])}" + (f": {field}" if field else "")


def _reason(fault: ErrorDetails) -> str:
    return {
        "extra_forbidden": "there is no such field",
        "missing": "it is missing",
        "string_pattern_mismatch": "it does not have the right form",
    }.get(fault["type"], fault["msg"].removeprefix("Value error, "))


def _expected(fault: ErrorDetails, allowed: list[str]) -> str | None:
    if fault["type"] == "extra_forbidden":
        return f"one of {', '.join(allowed)}" if allowed else None
    if pattern := fault.get("ctx", {}).get("pattern"):
        return f"text of the form {pattern}"
    return None


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."


def _allowed(location: Sequence[str | int]) -> set[str]:
    """Return the names of the fields that may stand where `location` does."""
    here: set[type[BaseModel]] = {Contract}
    for part in location[:-1]:
        deeper: set[type[BaseModel]] = set()
        for model in here:
            if (field := model.model_fields.get(str(part))) is not None:
                deeper |= set(_models(field.annotation))
        # A key of a mapping or a position in an array leads to the same models.
        here = deeper or here
    return {name for model in here for name in model.model_fields}


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)

"""Reads `contract.toml` into the model; an invalid one is explained by file, line and field."""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from seatrial.catalog import nearest
from seatrial.errors import InvalidContractError
from seatrial.model.contract import Contract
from seatrial.toml import DEEPEST, Statement, line_in, overlong_key, statements, write_value

LARGEST = 256 * 1024
SHOWN = 20
_AT = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")
_TWICE = re.compile(r"Cannot (overwrite|declare|mutate)|Duplicate inline table key")
_KINDS = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "string": "text in quotes",
    "tuple": "an array: […]",
    "dict": "a table",
    "model": "a table",
}


@dataclass(frozen=True)
class _Source:
    """The file that is read, to say where in it something stands."""

    path: Path
    text: str
    statements: tuple[Statement, ...]

    def at(self, line: int, field: Sequence[str | int] = ()) -> str:
        named = ".".join(str(part) for part in field if part != "[key]")
        return f"{self.path}:{line}" + (f": {named}" if named else "")


def read_contract(path: Path) -> Contract:
    """Read a contract; one that anybody wrote, for it takes bounded time whatever it holds.

    Raises:
        InvalidContractError: When it cannot be read, is no TOML, or does not fit the model.
    """
    text = _text(path)
    source = _Source(path, text, tuple(statements(text)))
    try:
        return Contract.model_validate(_parsed(source))
    except ValidationError as error:
        raise _explained(source, error.errors(include_url=False)) from error


def _parsed(source: _Source) -> dict[str, Any]:
    if line := overlong_key(source.text):
        raise _too_deep(source, line)
    try:
        found = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(source, str(error)) from error
    except RecursionError:
        raise _too_deep(source, 1) from None
    except ValueError as error:
        # Python's own limit: a whole number of thousands of digits.
        raise InvalidContractError(f"{source.path} is not valid TOML: {error}") from error
    if _is_deeper(found, DEEPEST):
        raise _too_deep(source, 1)
    return found


def _too_deep(source: _Source, line: int) -> InvalidContractError:
    return InvalidContractError(
        f"{source.at(line)}: it is nested too deeply",
        expected=f"at most {DEEPEST} tables or arrays in each other",
    )


def _is_deeper(value: Any, levels: int) -> bool:
    """Return whether tables or arrays are nested more than so many levels deep."""
    layer = [value]
    for _ in range(levels + 1):
        inner = (one.values() if isinstance(one, dict) else one for one in layer)
        layer = [v for values in inner for v in values if isinstance(v, dict | list)]
        if not layer:
            return False
    return True


def _no_toml(source: _Source, complaint: str) -> InvalidContractError:
    """Explain what tomllib refused, with the line as it is written."""
    match = _AT.search(complaint)
    reason = complaint[: match.start()] if match else complaint
    last = source.statements[-1].line if source.statements else 1
    line = int(match["line"]) if match and match["line"] else last
    if _TWICE.match(reason) and (told := _told_twice(source, line)):
        return told
    written = source.text.split("\n")[line - 1].strip()
    return InvalidContractError(
        f"{source.at(line)}: this is not valid TOML: {reason}",
        found=_cut(written) if written else "an empty line",
        hint=None if match and match["line"] else "what begins on that line does not end: close it",
    )


def _told_twice(source: _Source, line: int) -> InvalidContractError | None:
    """Explain a key or a table that is there already; the error names the end of its value."""
    before = [one for one in source.statements if one.line <= line]
    if not before:
        return None
    last = before.pop()
    first = line_in(before, last.path)
    return InvalidContractError(
        f"{source.at(last.line, last.path)}: it is there already",
        expected="each field and each table once",
        found=f"the first on line {first}",
        hint="keep one of them",
    )


def _text(path: Path) -> str:
    try:
        facts = path.stat()
        usual = stat.S_ISREG(facts.st_mode)
        raw = path.read_bytes() if usual and facts.st_size <= LARGEST else b""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InvalidContractError(
            f"the contract {path} cannot be read: {reason}",
            hint="give the path of a contract.toml; invoke contract-init writes a first one",
        ) from error
    if not usual:
        raise InvalidContractError(f"{path} is not a file", hint="give the path of a contract.toml")
    if facts.st_size > LARGEST:
        raise InvalidContractError(
            f"{path} is too large for a contract",
            expected=f"at most {LARGEST} bytes",
            found=f"{facts.st_size} bytes",
        )
    try:
        # Some editors of Windows begin a file with a mark.
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InvalidContractError(
            f"{path}:{line}: it is not UTF-8",
            found=f"the byte 0x{raw[error.start]:02x}",
            hint="save the file as UTF-8",
        ) from error


def _explained(source: _Source, faults: list[ErrorDetails]) -> InvalidContractError:
    first, *others = faults
    allowed = sorted(_allowed(first["loc"]))
    unknown = first["type"] == "extra_forbidden"
    more = len(others) - SHOWN
    return InvalidContractError(
        f"{_where(source, first)}: {_reason(first)}",
        expected=_expected(first, allowed),
        found=None if first["type"] == "missing" or unknown else _short(first.get("input")),
        hint=_meant(str(first["loc"][-1]), allowed) if unknown else None,
        detail=(
            *(f"{_where(source, other)}: {_reason(other)}" for other in others[:SHOWN]),
            *([f"and {more} others"] if more > 0 else []),
        ),
    )


def _meant(name: str, allowed: list[str]) -> str | None:
    """Return where an unknown field belongs, or what it was most likely meant to be."""
    homes = [section for section, model in _sections() if name in model.model_fields]
    if homes:
        return f"{name} belongs in [{'] or ['.join(homes)}]"
    guess = nearest(name, allowed)
    return f"did you mean {guess}?" if guess else None


def _sections() -> Iterator[tuple[str, type[BaseModel]]]:
    for section, field in Contract.model_fields.items():
        yield from ((section, model) for model in _models(field.annotation))


def _where(source: _Source, fault: ErrorDetails) -> str:
    return source.at(line_in(source.statements, fault["loc"]), fault["loc"])


def _reason(fault: ErrorDetails) -> str:
    kind = fault["type"]
    if kind in {"greater_than_equal", "less_than_equal", "less_than"}:
        return "it is out of range"
    if kind.rpartition("_")[2] == "type" and kind.partition("_")[0] in _KINDS:
        return "it is of another kind"
    return {
        "extra_forbidden": "there is no such field",
        "missing": "it is missing",
        "string_pattern_mismatch": "it does not have the right form",
    }.get(kind, fault["msg"].removeprefix("Value error, "))


def _expected(fault: ErrorDetails, allowed: list[str]) -> str | None:
    context = fault.get("ctx", {})
    if fault["type"] == "extra_forbidden":
        return f"one of {', '.join(allowed)}" if allowed else None
    if fault["type"].endswith("_type"):
        return _KINDS.get(fault["type"].partition("_")[0])
    for name, words in (("ge", "at least"), ("le", "at most"), ("lt", "less than")):
        if name in context:
            return f"{words} {context[name]}"
    return f"text of the form {context['pattern']}" if "pattern" in context else None


def _short(value: object) -> str:
    return _cut(write_value(value))


def _cut(text: str) -> str:
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

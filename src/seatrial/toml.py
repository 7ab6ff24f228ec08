"""What `tomllib` does not do: tell where a key stands, and write a value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]
# tomllib takes time quadratic in the parts of a key; nobody nests so deeply.
DEEPEST = 32

# A string that does not end is taken to the end of its line, or of the text: no second look.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"{3,5}|\Z)'
    r"|'''.*?(?:'{3,5}|\Z)"
    r'|"(?:\\.|[^"\\\n])*"?'
    r"|'[^'\n]*'?"
    r"|#[^\n]*|[\[\]{}]|\n|[^\"'#\[\]{}\n]+",
    re.DOTALL,
)
_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'""")
_NAME = re.compile(
    rf"[ \t]*+(?P<brackets>\[{{0,2}})[ \t]*+"
    rf"(?P<name>(?:{_PART.pattern})(?:[ \t]*+\.[ \t]*+(?:{_PART.pattern}))*)"
)
_BETWEEN = re.compile("[=,]")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


@dataclass(frozen=True)
class Statement:
    """A header of a table, or a key with its value.

    Attributes:
        line: The line it begins on, from 1.
        path: The key, from the top; a table of an array is followed by its position, from 0.
    """

    line: int
    path: Path


def statements(text: str) -> Iterator[Statement]:
    """Yield the headers and keys of a TOML document, valid or not, in time linear in its length.

    Keys inside inline tables are not told apart: they stand where their statement begins. Ends
    after a key of more than `DEEPEST` parts.
    """
    table: Path = ()
    counts: dict[Path, int] = {}
    for line, start in _starts(text):
        match = _NAME.match(text, start)
        if match is None:
            continue
        parts = tuple(part.strip("\"'") for part in _PART.findall(match["name"]))
        if len(parts) > DEEPEST:
            yield Statement(line, parts)
            return
        if not match["brackets"]:
            yield Statement(line, (*table, *parts))
            continue
        table = _counted(parts, counts)
        if len(match["brackets"]) == 2:
            counts[table] = counts.get(table, -1) + 1
            table = (*table, counts[table])
        yield Statement(line, table)


def overlong_key(text: str) -> int | None:
    """Return the line of a key of more than `DEEPEST` parts, in an inline table too, or None."""
    line, dots = 1, 0
    for token in _TOKEN.finditer(text):
        told = token[0]
        if told[0] in "#[]{}\n":
            dots = 0
        elif told[0] not in "\"'":
            first, *others = _BETWEEN.split(told)
            longest = max(dots + first.count("."), *(part.count(".") for part in others), 0)
            if longest >= DEEPEST:
                return line
            dots = others[-1].count(".") if others else longest
        line += told.count("\n")
    return None


def line_in(found: Sequence[Statement], field: Sequence[str | int]) -> int:
    """Return the line, from 1, on which `field` is written, or its nearest parent's.

    Args:
        found: The document's statements.
        field: Path of keys; positions in arrays are whole numbers.
    """
    best, length = 1, 0
    for one in found:
        common = _common(one.path, field)
        if common > length:
            best, length = one.line, common
    return best


def write_value(value: Any) -> str:
    """Return a value as TOML writes it on one line; what TOML lacks as Python shows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return write_text(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(write_value, value))}]"
    if isinstance(value, dict):
        pairs = ", ".join(f"{write_key(k)} = {write_value(v)}" for k, v in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    return str(value)


def write_text(text: str) -> str:
    """Return a basic string: on one line, whatever it holds."""
    # One that holds quotes and nothing that needs an escape reads better as a literal one.
    if '"' in text and "'" not in text and "\\" not in text and text.isprintable():
        return f"'{text}'"
    return '"' + "".join(_escaped(one) for one in text) + '"'


def write_key(name: str) -> str:
    """Return a key, in quotes where it needs them."""
    return name if _BARE.fullmatch(name) else '"' + "".join(_escaped(one) for one in name) + '"'


def _escaped(one: str) -> str:
    if one in _ESCAPES:
        return _ESCAPES[one]
    if one.isprintable():
        return one
    # Half of a pair of surrogates is no character; TOML has no way to write it.
    number = 0xFFFD if 0xD800 <= ord(one) <= 0xDFFF else ord(one)
    return f"\\U{number:08X}" if number > 0xFFFF else f"\\u{number:04X}"


def _starts(text: str) -> Iterator[tuple[int, int]]:
    """Yield line and offset of every statement: where a line begins outside of any bracket."""
    line, depth = 1, 0
    yield 1, 0
    for token in _TOKEN.finditer(text):
        told = token[0]
        if told in {"[", "{"}:
            depth += 1
        elif told in {"]", "}"}:
            depth -= 1
        line += told.count("\n")
        if told == "\n" and depth <= 0:
            yield line, token.end()


def _counted(parts: Sequence[str], counts: dict[Path, int]) -> Path:
    """Return a header's path; below an array of tables it means the last one."""
    path: Path = ()
    for position, part in enumerate(parts):
        path = (*path, part)
        if path in counts and position < len(parts) - 1:
            path = (*path, counts[path])
    return path


def _common(one: Path, other: Sequence[str | int]) -> int:
    for position, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return position
    return min(len(one), len(other))

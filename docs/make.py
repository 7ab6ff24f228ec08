"""Writes the reference pages: docs/contract.md from the model, docs/checks.md from the checks.

python docs/make.py            # writes them
python docs/make.py --check    # ends with 1 when one is not what it would write
"""  # noqa: INP001 - a script, no package

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from seatrial.model.contract import Contract
from seatrial.model.schema import contract_schema
from seatrial.toml import write_key, write_value
from seatrial.verify.checks import Check, all_checks
from seatrial.verify.pages import read_page

DOCS = Path(__file__).parent
REQUIRED = "**required**"
BAR = r"\|"
_SCHEMA = contract_schema()
_DEFINED = _SCHEMA["$defs"]
_KINDS = {"boolean": "true or false", "integer": "whole number", "number": "number"}


def contract_page() -> str:
    """Return docs/contract.md."""
    lines = [(DOCS / "contract.head.md").read_text().rstrip(), ""]
    top = Contract.model_fields["image"]
    lines += ["## The image", "", *_table("image", {"image": top}, _SCHEMA), ""]
    for name, field in Contract.model_fields.items():
        model = _model_of(field)
        if model is not None:
            lines += [*_section(name, field, model), ""]
    return "\n".join(lines).rstrip() + "\n"


def checks_page() -> str:
    """Return docs/checks.md."""
    lines, family = [(DOCS / "checks.head.md").read_text().rstrip(), ""], ""
    for check in all_checks():
        if check.family != family:
            family = check.family
            lines += [f"## {family.capitalize()}", ""]
        lines += [*_check(check, _asked(check)), ""]
    return "\n".join(lines).rstrip() + "\n"


PAGES = {"contract.md": contract_page, "checks.md": checks_page}


def _check(check: Check, asked: str) -> Iterator[str]:
    page = read_page(check.page)
    yield f"### `{check.name}`"
    yield ""
    yield f"{page.proves}"
    yield ""
    yield f"- **Asked for by** {asked}"
    for word, text in (("How", page.how), ("Why", page.why), ("To mend", page.mend)):
        yield f"- **{word}.** {text[0].upper()}{text[1:]}"


def _asked(check: Check) -> str:
    """Return the fields that ask for a check, seen by trying each alone, with links."""
    alone = [field for section in _SECTIONS for field in _asking(check, section)]
    if alone:
        return " or ".join(map(_link, alone))
    # None does by itself: all of those without which nobody asks.
    whole = Contract.model_validate(_whole())
    without = {name: whole.model_copy(update={name: _EMPTY[name]}) for name in _SECTIONS}
    needed = [name for name, rest in without.items() if not check.is_asked_by(rest)]
    return " with ".join(map(_link, needed))


def _asking(check: Check, section: str) -> Iterator[str]:
    """Yield the section, or the fields of it, that ask for a check by themselves."""
    table = _whole()[section]
    many = isinstance(table, list)
    told = table[0] if many else table
    fields = _SECTIONS[section].model_fields
    needed = {name: told[name] for name, field in fields.items() if field.is_required()}
    # What a section needs may not ask in its place.
    before = _needed_by(section)
    if before and check.is_asked_by(Contract.model_validate({"image": "any", **before})):
        return

    def asks(values: dict[str, Any]) -> bool:
        promised = {"image": "any", **before, section: [values] if many else values}
        return bool(check.is_asked_by(Contract.model_validate(promised)))

    if asks(needed):
        yield section
        return
    yield from (f"{section}.{name}" for name in told if asks({**needed, name: told[name]}))


def _needed_by(section: str) -> dict[str, Any]:
    """Return what a contract with a section must have besides."""
    port = {"network": {"listen": [8000]}} if section != "network" else {}
    if section != "database":
        return port
    env = {"optional": {_whole()["database"]["variable"]: {}}}
    return {**port, "health": {"ready_path": "/ready"}, "env": env}


def _link(field: str) -> str:
    section = field.partition(".")[0]
    title = _title(section, Contract.model_fields[section])
    return f"[`{field}`](contract.md#{_anchor(title)})"


def _section(name: str, field: FieldInfo, model: type[BaseModel]) -> Iterator[str]:
    yield f"## {_title(name, field)}"
    yield ""
    yield field.description or ""
    yield ""
    yield from _table(name, model.model_fields, _DEFINED[model.__name__])
    for inner, one in model.model_fields.items():
        deeper = _model_of(one)
        # One table serves both kinds of variables.
        if deeper is not None and inner == "required":
            yield ""
            yield f"### `[{name}.required.NAME]` and `[{name}.optional.NAME]`"
            yield ""
            yield from _table(name, deeper.model_fields, _DEFINED[deeper.__name__])
    yield ""
    yield "```toml"
    yield from _example(name, field, model)
    yield "```"


def _table(_name: str, fields: dict[str, FieldInfo], schema: dict[str, Any]) -> Iterator[str]:
    yield "| field | type | default | meaning | example |"
    yield "|---|---|---|---|---|"
    for name, field in fields.items():
        cells = (
            f"`{name}`",
            _kind(schema["properties"][name]),
            _default(field),
            field.description or "",
            f"`{name} = {write_value(field.examples[0])}`" if field.examples else "",
        )
        yield f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return REQUIRED
    value = field.get_default(call_default_factory=True)
    if value is None:
        return "not promised"
    if isinstance(value, float):
        return f"`{value:g}s`"
    return f"`{write_value(value)}`"


def _kind(schema: dict[str, Any]) -> str:
    """Return a field's type in words, from its JSON Schema."""
    if "anyOf" in schema:
        _, text = schema["anyOf"]
        size = "MiB" in text["pattern"]
        return f"{'size' if size else 'duration'}, or {'bytes' if size else 'seconds'}"
    if schema.get("type") == "array":
        return _several(_kind(schema["items"]))
    if schema.get("type") == "object" or "$ref" in schema:
        values = schema.get("additionalProperties")
        return "table of texts" if isinstance(values, dict) else "table"
    if schema["type"] == "string":
        return f"text like `{schema['pattern']}`" if "pattern" in schema else "text"
    ends = [schema.get("minimum"), schema.get("maximum", _below(schema))]
    span = f", {ends[0]} to {ends[1]}" if None not in ends else ""
    return _KINDS[schema["type"]] + span


def _several(kind: str) -> str:
    """Return the words for an array of a kind: `whole numbers, 1 to 65535`."""
    words = {"whole number": "whole numbers", "text": "texts", "table": "tables"}
    one = next(word for word in words if kind.startswith(word))
    return f"array of {words[one]}{kind.removeprefix(one)}"


def _below(schema: dict[str, Any]) -> int | None:
    most = schema.get("exclusiveMaximum")
    return None if most is None else most - 1


def _example(name: str, field: FieldInfo, model: type[BaseModel]) -> Iterator[str]:
    """Yield a section with every field's example, as a contract has it."""
    many = "tuple" in str(field.annotation)
    values = {n: f.examples[0] for n, f in model.model_fields.items() if f.examples}
    yield f"[[{name}]]" if many else f"[{name}]"
    tables = []
    for key, value in values.items():
        if _model_of(model.model_fields[key]) is None:
            yield f"{write_key(key)} = {write_value(value)}"
        else:
            tables += [(f"{name}.{key}.{write_key(one)}", table) for one, table in value.items()]
    for path, table in tables:
        yield ""
        yield f"[{path}]"
        yield from (f"{write_key(key)} = {write_value(value)}" for key, value in table.items())


def _whole() -> dict[str, Any]:
    """Return a contract that promises everything that there is to promise."""
    told: dict[str, Any] = {"image": "all"}
    for name, model in _SECTIONS.items():
        table = {n: f.examples[0] for n, f in model.model_fields.items() if f.examples}
        many = "tuple" in str(Contract.model_fields[name].annotation)
        told[name] = [table] if many else table
    return told


def _title(name: str, field: FieldInfo) -> str:
    return f"`[[{name}]]`" if "tuple" in str(field.annotation) else f"`[{name}]`"


def _anchor(title: str) -> str:
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def _model_of(field: FieldInfo) -> type[BaseModel] | None:
    """Return the model that a field holds, alone, in a mapping or in an array."""
    waiting = [field.annotation]
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
        waiting += get_args(kind)
    return None


_SECTIONS = {
    name: model for name, field in Contract.model_fields.items() if (model := _model_of(field))
}
_EMPTY = {
    name: Contract.model_fields[name].get_default(call_default_factory=True) for name in _SECTIONS
}


def main() -> int:
    """Write the pages, or say which are stale."""
    parser = argparse.ArgumentParser(description="Writes docs/contract.md and docs/checks.md.")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when one is stale")
    checking = parser.parse_args().check
    stale = []
    for name, page in PAGES.items():
        path = DOCS / name
        try:
            text = page()
        except (ValueError, ValidationError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 1
        if not path.exists() or path.read_text() != text:
            stale.append(name)
            if not checking:
                path.write_text(text)
    told = "is stale: run docs/make.py" if checking else "is written anew"
    for name in stale:
        print(f"docs/{name} {told}", file=sys.stderr)
    return 1 if stale and checking else 0


if __name__ == "__main__":
    sys.exit(main())

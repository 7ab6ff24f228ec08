"""The schema that editors check contracts by: what the model takes it takes, and no more."""

from __future__ import annotations

import copy
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError
from toys import Toy

from seatrial.model.contract import Contract
from seatrial.model.schema import contract_schema

ROOT = Path(__file__).parents[2]
CONTRACTS = sorted(ROOT.glob("infra/docker/*/contract.toml"))
SCHEMA = contract_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
SMALL = {"image": "tug", "network": {"listen": [8000]}, "health": {"path": "/"}}


def changed(path: tuple[str | int, ...], value: Any) -> Any:
    """Return the small contract with a value put in at a path."""
    whole: Any = copy.deepcopy(SMALL)
    place = whole
    for part in path[:-1]:
        place = place.setdefault(part, {}) if isinstance(part, str) else place[part]
    place[path[-1]] = value
    return whole


def is_taken_by_the_model(contract: Any) -> bool:
    try:
        Contract.model_validate(contract)
    except ValidationError:
        return False
    return True


def test_it_is_a_schema_of_the_draft_it_names() -> None:
    assert SCHEMA["$schema"].endswith("2020-12/schema")
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.parent.name)
def test_the_contracts_of_this_repository_fit(path: Path) -> None:
    assert not list(VALIDATOR.iter_errors(tomllib.loads(path.read_text())))


def test_there_are_contracts_to_hold_against_it() -> None:
    assert len(CONTRACTS) == 5


RIGHT: list[tuple[tuple[str | int, ...], Any]] = [
    (("process", "stop_within"), "1m30s"),
    (("process", "stop_within"), "1.5 s"),
    (("process", "stop_within"), 3),
    (("limits", "size"), "1.5GiB"),
    (("limits", "memory"), 1024),
    (("network", "port"), 8000),
    (("env", "required", "A"), {}),
    (("health", "expect"), {"any": [{"depth": 1}]}),
    (("request",), [{"path": "/", "status": [200]}]),
    (("drain",), {"path": "/", "status": [200]}),
    (("secrets",), {}),
]
WRONG: list[tuple[tuple[str | int, ...], Any]] = [
    (("image",), "UPPER"),
    (("netwerk",), {}),
    (("health", "pth"), "/"),
    (("health", "path"), "no-slash"),
    (("process", "user"), "1001"),
    (("process", "user"), True),
    (("process", "user"), -1),
    (("process", "stop_within"), "3 days"),
    (("process", "stop_within"), "30"),
    (("process", "stop_within"), -1),
    (("process", "stop_within"), 90_000),
    (("process", "stop_signal"), "TERM"),
    (("process", "exit_codes"), []),
    (("process", "exit_codes"), [256]),
    (("process", "user"), None),
    (("limits", "size"), "250Mib"),
    (("limits", "size"), 1.5),
    (("network", "listen"), [0]),
    (("network", "listen"), [65536]),
    (("network", "listen"), 8000),
    (("network", "listen"), []),
    (("env", "required", "NO-NAME"), {}),
    (("env", "required", "A"), {"secrt": True}),
    (("env", "empty_is_missing"), "yes"),
    (("filesystem", "tmpfs"), ["tmp"]),
    (("dependencies",), {}),
    (("dependencies",), {"lock": "poetry.lock"}),
    (("request",), [{"method": "GET"}]),
    (("drain",), {"path": "/"}),
    (("drain",), {"path": "/", "status": []}),
]


@pytest.mark.parametrize(("path", "value"), RIGHT, ids=str)
def test_what_is_right_is_taken_by_schema_and_model(
    path: tuple[str | int, ...], value: Any
) -> None:
    contract = changed(path, value)
    assert is_taken_by_the_model(contract)
    assert not list(VALIDATOR.iter_errors(contract))


@pytest.mark.parametrize(("path", "value"), WRONG, ids=str)
def test_what_is_wrong_is_refused_by_schema_and_model(
    path: tuple[str | int, ...], value: Any
) -> None:
    contract = changed(path, value)
    if value is not None:  # which TOML cannot write
        assert not is_taken_by_the_model(contract)
    assert not VALIDATOR.is_valid(contract)


@pytest.mark.parametrize(
    "contract",
    [
        {},
        {"image": "tug"},
        {"image": "tug", "health": {"path": "/"}},
        {"image": "tug", "request": [{"path": "/"}]},
        {"image": "tug", "network": {}, "drain": {"path": "/", "status": [200]}},
    ],
    ids=str,
)
def test_what_the_contract_as_a_whole_lacks_is_seen_by_the_schema_too(contract: Any) -> None:
    assert not is_taken_by_the_model(contract)
    assert not VALIDATOR.is_valid(contract)


def models_of(model: type[BaseModel]) -> set[type[BaseModel]]:
    from seatrial.contracts import _models

    inner = {one for field in model.model_fields.values() for one in _models(field.annotation)}
    return {model}.union(*map(models_of, inner))


FIELDS = [
    (model, name)
    for model in sorted(models_of(Contract), key=lambda one: one.__name__)
    for name in model.model_fields
]


@pytest.mark.parametrize(
    ("model", "name"), FIELDS, ids=[f"{model.__name__}.{name}" for model, name in FIELDS]
)
def test_every_field_tells_its_meaning_and_an_example_that_is_valid(
    model: type[BaseModel], name: str
) -> None:
    field = model.model_fields[name]
    assert field.description
    assert field.description.endswith(".")
    if model is Contract and name != "image":
        return  # a section's example is made of its fields'
    assert field.examples
    others = {
        n: f.examples[0] for n, f in model.model_fields.items() if f.is_required() and f.examples
    }
    promises: dict[str, Any] = {"secrets": {}} if model is Contract else {}
    for example in field.examples:
        model.model_validate({**promises, **others, name: example})


def test_the_verb_prints_the_schema_and_writes_it(toy: Toy) -> None:
    printed = toy.invoke("contract-schema")
    assert printed.returncode == 0, printed.stderr
    assert json.loads(printed.stdout) == json.loads(json.dumps(SCHEMA))
    written = toy.invoke("contract-schema", "--output", "made/contract.schema.json")
    assert (written.returncode, written.stdout) == (0, "")
    assert (toy.root / "made" / "contract.schema.json").read_text() == printed.stdout


def test_a_place_that_cannot_be_written_is_said(toy: Toy) -> None:
    toy.write("file", "")
    done = toy.invoke("contract-schema", "--output", "file/schema.json")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr

"""Which field of a contract asks for a check: seen by asking, so that it is written once only."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from seatrial.model.contract import Contract
from seatrial.verify.checks.registry import Check


class _Asked:
    """Stands for a section of the contract and writes down what is read of it."""

    def __init__(self, model: BaseModel, path: tuple[str, ...], read: list[str]) -> None:
        self._model, self._path, self._read = model, path, read

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._model, name)
        path = (*self._path, name)
        self._read.append(".".join(path))
        return _Asked(value, path, self._read) if isinstance(value, BaseModel) else value


def promise_of(check: Check, contract: Contract) -> str:
    """Return the field, dotted, that made a contract ask for a check: the last that was read."""
    read: list[str] = []
    check.is_asked_by(_Asked(contract, (), read))  # type: ignore[arg-type]
    return read[-1] if read else ""

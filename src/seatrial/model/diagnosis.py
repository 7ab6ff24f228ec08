"""What `doctor` found: a row a thing that the verbs rely on."""

from __future__ import annotations

from typing import Literal

from seatrial.model.base import Model

State = Literal["ok", "warning", "missing"]


class Row(Model):
    """One thing that the verbs rely on.

    Attributes:
        name: The thing.
        state: `ok`, `warning` (works, but know this) or `missing`.
        found: What is there.
        hint: What to do about it, or None.
    """

    name: str
    state: State
    found: str
    hint: str | None = None


class Diagnosis(Model):
    """Every row, in the order in which they are shown."""

    rows: tuple[Row, ...]

    @property
    def has_engine(self) -> bool:
        """Whether an engine answers."""
        return any(row.name == "engine" and row.state != "missing" for row in self.rows)

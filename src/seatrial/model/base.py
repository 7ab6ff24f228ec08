"""The shape every model shares."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Frozen, and strict about names: an unknown field is an error, not a surprise."""

    model_config = ConfigDict(frozen=True, extra="forbid")

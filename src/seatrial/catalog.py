"""Reads what a project says of itself: its root and `[tool.seatrial]`."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from seatrial.errors import ConfigurationError
from seatrial.model.base import Model
from seatrial.model.development import DevProcess, Migrations
from seatrial.model.settings import BasePolicy, PostgresSettings, Settings
from seatrial.root import SETTINGS_FILE, find_root, read_text, root_above

PREFIX = "SEATRIAL_"
# What a variable of the environment can stand for.
SCALARS = (str, int, BasePolicy)


@dataclass(frozen=True)
class Project:
    """A project that seatrial works on.

    Attributes:
        root: Folder of its `pyproject.toml`, absolute.
        settings: Its `[tool.seatrial]`, environment applied.
    """

    root: Path
    settings: Settings

    @property
    def dist(self) -> Path:
        """Where results are written; ignored by git."""
        return self.root / "dist"

    @property
    def state(self) -> Path:
        """Where seatrial keeps what it need not make again; ignored by git."""
        return self.root / ".seatrial"

    def contract_path(self, image: str) -> Path:
        """Return where the contract of `image` is.

        Raises:
            ConfigurationError: When the setting holds another placeholder than `{image}`.
        """
        try:
            return self.root / self.settings.contracts.format(image=image)
        except (LookupError, ValueError, AttributeError) as error:
            raise ConfigurationError(
                "[tool.seatrial] contracts is no path of contracts",
                expected="a path in which {image} stands for an image's name",
                found=repr(self.settings.contracts),
            ) from error


def read_project(start: Path | None = None, environ: Mapping[str, str] | None = None) -> Project:
    """Find the nearest `pyproject.toml` with `[tool.seatrial]`, from `start` upward.

    Args:
        start: Folder to begin at; the current one by default.
        environ: Variables that override; the process's own by default.

    Raises:
        ConfigurationError: When there is none, or it is malformed.
    """
    return _project_at(find_root(start), os.environ if environ is None else environ)


def project_of(path: Path) -> Project | None:
    """Return the project that a file is part of; anybody's may be part of none.

    Raises:
        ConfigurationError: When there is one and it is malformed.
    """
    root = root_above(path.resolve().parent)
    return None if root is None else _project_at(root, os.environ)


def _project_at(root: Path, environ: Mapping[str, str]) -> Project:
    path = root / SETTINGS_FILE
    table = _read_toml(path).get("tool", {}).get("seatrial", {})
    return Project(root, _validated(path, table, environ))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that `name` was most likely meant to be, or None."""
    matches = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return matches[0] if matches else None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}") from error


def _overrides(
    environ: Mapping[str, str], model: type[Settings | PostgresSettings], prefix: str
) -> dict[str, str]:
    scalars = {name for name, field in model.model_fields.items() if field.annotation in SCALARS}
    return {
        name: environ[prefix + name.upper()]
        for name in scalars
        if environ.get(prefix + name.upper())
    }


def _validated(path: Path, table: dict[str, Any], environ: Mapping[str, str]) -> Settings:
    postgres = table.get("postgres", {})
    if isinstance(postgres, dict):
        postgres |= _overrides(environ, PostgresSettings, f"{PREFIX}POSTGRES_")
    merged = {**table, **_overrides(environ, Settings, PREFIX), "postgres": postgres}
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise _explained(path, error, environ) from error


def _explained(
    path: Path, error: ValidationError, environ: Mapping[str, str]
) -> ConfigurationError:
    """Return the first complaint, named as the user wrote it: a field, or a variable."""
    first = error.errors()[0]
    parts = [str(part) for part in first["loc"]]
    variable = PREFIX + "_".join(parts).upper()
    place = f"[tool.seatrial] in {path}: {'.'.join(parts)}"
    guess = None
    if first["type"] == "extra_forbidden":
        guess = nearest(parts[-1], _table_of(parts).model_fields)
    return ConfigurationError(
        f"{variable if environ.get(variable) else place}: {first['msg']}",
        # Where a field is missing, pydantic hands back all the others.
        found=None if first["type"] == "missing" else repr(first.get("input")),
        hint=f"did you mean {guess}?" if guess else None,
    )


def _table_of(parts: list[str]) -> type[Model]:
    """Return the model of the table that a field stands in."""
    tables: dict[str, type[Model]] = {
        "postgres": PostgresSettings,
        "dev": DevProcess,
        "migrations": Migrations,
    }
    return tables.get(parts[0], Settings) if len(parts) > 1 else Settings

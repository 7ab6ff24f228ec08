"""What a trial leaves behind, `observation.json` and `report.json`, and how it is read again."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from seatrial.errors import ConfigurationError
from seatrial.files import write_atomic
from seatrial.model.contract import Contract
from seatrial.model.observation import Observation
from seatrial.model.plan import BuildRecord
from seatrial.model.report import Report
from seatrial.model.units import show_size

# All lists and texts of an observation have bounds; a trial's is some 50 KiB.
LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True)
class Judged:
    """A trial that was judged and whose results are written.

    Attributes:
        path: The contract's file.
        contract: What it says.
        folder: Where the results are.
        observation: What was seen.
        report: What follows from it.
        strict: Whether a check that could not look counts as failed.
    """

    path: Path
    contract: Contract
    folder: Path
    observation: Observation
    report: Report
    strict: bool


def write_results(folder: Path, observation: Observation, report: Report) -> None:
    """Write both files into `folder`, each wholly or not at all.

    Raises:
        ConfigurationError: When they cannot be written.
    """
    write_atomic(folder / "observation.json", observation.model_dump_json(indent=1) + "\n")
    write_atomic(folder / "report.json", report.model_dump_json(indent=1) + "\n")


def read_observation(path: Path) -> Observation:
    """Read what a trial saw.

    Raises:
        ConfigurationError: When it cannot be read, is none, or is of another schema.
    """
    told = _parsed(path, _bytes(path))
    found = told.get("schema_version") if isinstance(told, dict) else None
    known = Observation.model_fields["schema_version"].default
    if found != known:
        raise ConfigurationError(
            f"{path} is no observation that this seatrial can judge",
            expected=f"schema_version {known}",
            found=repr(found) if found is not None else "no schema_version",
            hint="give the observation.json of a trial, or judge it with the seatrial that made it",
        )
    try:
        return Observation.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigurationError(
            f"{path} is a malformed observation",
            at=".".join(map(str, first["loc"])),
            found=first["msg"],
            hint="give the observation.json as the trial wrote it",
        ) from error


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            reason = "it is not a file" if path.exists() else "there is no such file"
            raise ConfigurationError(
                f"the observation {path} cannot be read",
                found=reason,
                hint="trials leave theirs in dist/trials/IMAGE/observation.json",
            )
        size = path.stat().st_size
        if size > LARGEST:
            raise ConfigurationError(
                f"{path} is too large for an observation",
                expected=f"at most {show_size(LARGEST)}",
                found=show_size(size),
            )
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"the observation {path} cannot be read: {error.strerror}"
        ) from error


def _parsed(path: Path, data: bytes) -> Any:
    try:
        return from_json(data)
    except ValueError as error:
        raise ConfigurationError(
            f"{path} is not valid JSON, or not all of it",
            found=str(error),
            hint="give the observation.json as the trial wrote it",
        ) from error


def read_record(path: Path) -> BuildRecord | None:
    """Return the build record at `path`, or None where there is none.

    Raises:
        ConfigurationError: When it is malformed.
    """
    with contextlib.suppress(FileNotFoundError):
        try:
            return BuildRecord.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise ConfigurationError(
                f"{path} is not a build record that can be read",
                found=error.errors()[0]["msg"],
                hint="build again: invoke build-prod",
            ) from error
    return None


def recorded_reference(record: BuildRecord | None, image: str) -> str | None:
    """Return the tag by which the engine holds a recorded image: the most telling one."""
    built = [one for one in record.images if one.name == image] if record else []
    tags = [tag for one in built for tag in one.tags]
    return next((tag for tag in tags if not tag.endswith(":latest")), tags[0] if tags else None)

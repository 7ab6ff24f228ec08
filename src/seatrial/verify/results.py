"""What a trial leaves behind: `observation.json` and `report.json`."""

from __future__ import annotations

import contextlib
from pathlib import Path

from pydantic import ValidationError

from seatrial.errors import ConfigurationError
from seatrial.files import write_atomic
from seatrial.model.observation import Observation
from seatrial.model.plan import BuildRecord
from seatrial.model.report import Report


def write_results(folder: Path, observation: Observation, report: Report) -> None:
    """Write both files into `folder`, each wholly or not at all.

    Raises:
        ConfigurationError: When they cannot be written.
    """
    write_atomic(folder / "observation.json", observation.model_dump_json(indent=1) + "\n")
    write_atomic(folder / "report.json", report.model_dump_json(indent=1) + "\n")


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

"""The fleet: every variant of the good service, built and tried."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

from toys import Toy
from variants import Variant

from seatrial.model.report import Report


@dataclass(frozen=True)
class Fleet:
    """All variants after their trials.

    Attributes:
        toy: The project that they are images of.
        session: The plugin's own session.
        variants: Those that were built: the ones that tests were chosen for.
    """

    toy: Toy
    session: subprocess.CompletedProcess[str]
    variants: tuple[Variant, ...]

    def report(self, name: str) -> Report:
        path = self.toy.root / "dist" / "trials" / name / "report.json"
        assert path.is_file(), self.session.stdout.partition(f" {name}::")[2][:3000]
        return Report.model_validate_json(path.read_text())

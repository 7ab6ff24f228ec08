"""The pytest plugin that writes a trial's reports: JUnit, SARIF, Markdown and a page.

A plugin of its own, for it stands above both those who try and those who tell; it can be switched
off by itself (`-p no:seatrial-reports`). It imports nothing heavy by itself.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from seatrial.verify.results import Judged


# Optional, for the plugin that tries may be switched off.
@pytest.hookimpl(optionalhook=True)
def pytest_trial_judged(judged: Judged) -> None:
    """Write every report beside the observation that it is made from."""
    from seatrial.errors import ConfigurationError
    from seatrial.report.dossier import open_dossier
    from seatrial.report.writing import write_reports
    from seatrial.root import find_root

    root = None
    with contextlib.suppress(ConfigurationError):
        root = find_root(judged.path.parent)
    dossier = open_dossier(
        judged.path,
        root,
        judged.contract,
        judged.observation,
        judged.report,
        strict=judged.strict,
    )
    write_reports(judged.folder, dossier)

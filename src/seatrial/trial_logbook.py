"""The pytest plugin that records trials in the logbook, where one is configured.

A plugin of its own, for those who try know nothing of a logbook; it can be switched off by itself
(`-p no:seatrial-logbook`). It imports nothing heavy by itself.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from seatrial.logbook.outbox import Entry
    from seatrial.verify.results import Judged

# Results folders and roots of the trials that were judged, in the order in which they were.
PLACES: pytest.StashKey[dict[Path, Path | None]] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Take part in trials, where there are any."""
    config.stash[PLACES] = {}
    config.pluginmanager.register(Recorder(config), "seatrial-recorder")


class Recorder:
    """Keeps what is judged, and sends it when all is said."""

    def __init__(self, config: pytest.Config) -> None:
        self._config, self._places = config, config.stash[PLACES]

    # Optional, for the plugin that tries may be switched off.
    @pytest.hookimpl(optionalhook=True)
    def pytest_trial_judged(self, judged: Judged) -> None:
        """Write the entry now: a session that is ended loses none."""
        from seatrial.logbook.recording import keep

        dist, root = judged.folder.parents[1], _root(judged.path.resolve().parent)

        def entries() -> list[Entry]:
            from seatrial.logbook.entries import trial_entry

            return [trial_entry(judged.report, judged.observation, strict=judged.strict)]

        if keep(root, dist, entries):
            self._places[dist] = root

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Send them, after pytest's last line."""
        if self._config.getoption("trial_build", default=False) and (root := _root(Path.cwd())):
            self._places.setdefault(root / "dist", root)
        # Ctrl-C here means the sending: the trials are judged, and what was not sent waits.
        with contextlib.suppress(KeyboardInterrupt):
            for dist, root in self._places.items():
                from seatrial.logbook.recording import send_kept

                send_kept(root, dist)


def _root(folder: Path) -> Path | None:
    from seatrial.errors import ConfigurationError
    from seatrial.root import root_above

    with contextlib.suppress(ConfigurationError):
        return root_above(folder)
    return None

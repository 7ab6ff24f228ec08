"""The pytest plugin that gives trials a Postgres, for contracts that promise how one is missed.

A plugin of its own, for those who try know nothing of the Postgres on the host; it can be switched
off by itself (`-p no:seatrial-database`), or replaced by another that implements the same hook. It
imports nothing heavy by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from seatrial.database.scratch import ScratchPostgres

POSTGRES: pytest.StashKey[ScratchPostgres] = pytest.StashKey()


# Optional, for the plugin that tries may be switched off.
@pytest.hookimpl(optionalhook=True)
def pytest_trial_postgres(config: pytest.Config) -> ScratchPostgres:
    """Begin to start one; it is waited for where it is needed."""
    from seatrial.database.scratch import ScratchPostgres

    config.stash[POSTGRES] = ScratchPostgres()
    return config.stash[POSTGRES]


# After the trials were ended, which is done first.
@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop what was started."""
    if postgres := session.config.stash.get(POSTGRES, None):
        postgres.end()

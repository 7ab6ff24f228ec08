"""A plugin of the session that tries the fleet: says at once which trial has ended."""

from __future__ import annotations

import os
from typing import Any

PIPE = "FLEET_VOICE"  # the number of a pipe's end that was left open for this


def pytest_trial_judged(judged: Any) -> None:
    os.write(int(os.environ[PIPE]), f"{judged.contract.image}\n".encode())

"""The process's environment as other processes are started with it, from any thread."""

from __future__ import annotations

import os


def surroundings() -> dict[str, str]:
    """Return a copy of the environment.

    A child that is given none reads ours while it starts. Where another thread changes a variable
    at that moment, as pytest does before each test, it fails with `Bad address`.
    """
    while True:
        try:
            return dict(os.environ)
        except (KeyError, RuntimeError):  # changed while it was copied
            continue

"""A load in a process of its own, from the side of whoever ordered it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from load.client import MOST_SECONDS, Order, Sent

TESTS = Path(__file__).parents[1]


@dataclass(frozen=True)
class UnderWay:
    """A load that was begun."""

    popen: subprocess.Popen[str]

    def finish(self) -> Sent:
        """End the load after the answers that are awaited, and return what came of it."""
        self.popen.terminate()
        return self.wait()

    def wait(self) -> Sent:
        """Return what came of it once its time is over."""
        out, _ = self.popen.communicate(timeout=MOST_SECONDS + 60)
        assert self.popen.returncode == 0, f"the load ended with {self.popen.returncode}"
        given: dict[str, Any] = json.loads(out)
        sent = Sent(**given)
        sent.statuses = {int(name): count for name, count in given["statuses"].items()}
        return sent


def begin(order: Order) -> UnderWay:
    """Begin to send."""
    popen = subprocess.Popen(
        [sys.executable, "-m", "load.client"],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert popen.stdin is not None
    popen.stdin.write(json.dumps(asdict(order)))
    popen.stdin.close()
    popen.stdin = None  # so that `communicate` does not close it again
    return UnderWay(popen)

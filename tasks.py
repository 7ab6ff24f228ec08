"""The verbs of this repository: `invoke --list` shows them."""

from seatrial.tasks import namespace

__all__ = ["namespace"]

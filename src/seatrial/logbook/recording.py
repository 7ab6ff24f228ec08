"""Records, and never fails: whatever becomes of the logbook, a build is what it is."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.errors import SeatrialError
from seatrial.logbook import place

if TYPE_CHECKING:
    from seatrial.logbook.delivery import Delivery
    from seatrial.logbook.outbox import Entry

# Somebody waits for the prompt.
SECONDS = 5.0


def record(
    root: Path | None,
    dist: Path,
    entries: Callable[[], Iterable[Entry | None]],
    *,
    seconds: float = SECONDS,
) -> None:
    """Write entries into the outbox and send what waits there, where a logbook is configured.

    Nothing is raised: what goes wrong is told on standard error, and what was not sent waits.

    Args:
        root: The project's root, or None outside of any.
        dist: Where results are written.
        entries: Makes the entries; called only where a logbook is configured.
        seconds: How long the sending may take.
    """
    if keep(root, dist, entries):
        send_kept(root, dist, seconds=seconds)


def keep(root: Path | None, dist: Path, entries: Callable[[], Iterable[Entry | None]]) -> bool:
    """Write entries into the outbox, and send nothing yet; nothing is raised.

    Returns:
        Whether a logbook is configured.
    """
    try:
        if place.variables_of(root, os.environ) is None:
            return False
        from seatrial.logbook.outbox import put

        for entry in entries():
            if entry is not None:
                put(dist / place.OUTBOX, entry)
    except SeatrialError as error:
        say(f"nothing was recorded: {error.message}")
    except Exception as error:  # a fault of ours, and still no reason to fail what was built
        say(f"nothing was recorded, by a fault of seatrial: {type(error).__name__}: {error}")
    return True


def send_kept(root: Path | None, dist: Path, *, seconds: float = SECONDS) -> None:
    """Send what waits in the outbox; nothing is raised."""
    try:
        variables = place.variables_of(root, os.environ)
        if variables is None:
            return
        from seatrial.logbook import delivery, outbox

        if not outbox.waiting(dist / place.OUTBOX):
            return
        logbook = place.logbook_of(variables, root)
        tell(delivery.deliver(dist / place.OUTBOX, logbook, seconds=seconds), logbook.url)
    except SeatrialError as error:
        say(f"nothing was sent: {error.message}; invoke logbook-sync sends what waits")
    except Exception as error:  # as above
        say(f"nothing was sent, by a fault of seatrial: {type(error).__name__}: {error}")


def tell(done: Delivery, url: str) -> None:
    """Say what became of the entries."""
    from seatrial.logbook.outbox import counted

    if done.sent:
        say(f"{', '.join(entry.subject for entry in done.sent)} recorded at {url}")
    for entry, reason in done.refused:
        say(f"{entry.subject} was refused, see dist/outbox/refused: {reason}")
    if done.waiting:
        number = counted(done.waiting)
        wait = "waits" if len(done.waiting) == 1 else "wait"
        say(f"{number} {wait} in dist/outbox ({done.trouble}); invoke logbook-sync sends them")


def say(text: str) -> None:
    """Say something about the logbook, beside what a verb prints."""
    print(f"logbook: {text}", file=sys.stderr, flush=True)

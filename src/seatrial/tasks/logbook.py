"""`invoke logbook-sync`: sends what waits for the logbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invoke.context import Context

from seatrial.tasks.verb import verb

if TYPE_CHECKING:
    from seatrial.logbook.delivery import Delivery

HELP = {
    "json": "Print JSON on standard output.",
    "retry_refused": "Let the entries in dist/outbox/refused wait again, and send them too.",
}


@verb(name="logbook-sync", help=HELP)
def logbook_sync(c: Context, json: bool = False, retry_refused: bool = False) -> None:
    """Send what waits in dist/outbox to the logbook; exit 7 when it does not take everything."""
    import os

    from seatrial.errors import ConfigurationError
    from seatrial.logbook import outbox, place
    from seatrial.logbook.delivery import deliver
    from seatrial.root import find_root

    root = find_root()
    folder = root / "dist" / place.OUTBOX
    variables = place.variables_of(root, os.environ)
    if variables is None:
        raise ConfigurationError(
            "no logbook is configured",
            expected="LOGBOOK_URL and LOGBOOK_KEY (or LOGBOOK_KEY_FILE), in the environment or "
            "in the .env beside the Compose file",
            found=f"{outbox.counted(outbox.waiting(folder))} in dist/outbox",
        )
    logbook = place.logbook_of(variables, root)
    if retry_refused:
        outbox.give_back(folder)
    _show(deliver(folder, logbook), logbook.url, as_json=json)


def _show(done: Delivery, url: str, *, as_json: bool) -> None:
    from seatrial.errors import LogbookError
    from seatrial.logbook.outbox import counted

    if as_json:
        _print_json(done, url)
    else:
        for entry in done.sent:
            print(f"logbook: {entry.subject} recorded")
        for path in done.waiting:
            print(f"logbook: {_subject(path)} waits")
        for entry, reason in done.refused:
            print(f"logbook: {entry.subject} refused: {reason}")
        if not (done.sent or done.waiting or done.refused):
            print("logbook: nothing waits")
    if done.waiting:
        raise LogbookError(
            f"the logbook did not take all: {counted(done.waiting)} left",
            found=done.trouble,
            hint="invoke logbook-sync again when it answers; nothing is lost",
        )
    if done.refused:
        raise LogbookError(
            f"the logbook refused {counted(done.refused)}",
            hint="dist/outbox/refused holds them and what was answered; "
            "--retry-refused sends them again",
        )


def _print_json(done: Delivery, url: str) -> None:
    import json

    facts = {
        "url": url,
        "sent": [{"kind": e.kind, "key": e.key, "subject": e.subject} for e in done.sent],
        "waiting": [{"file": path.name, "subject": _subject(path)} for path in done.waiting],
        "refused": [
            {"kind": e.kind, "key": e.key, "subject": e.subject, "reason": reason}
            for e, reason in done.refused
        ],
        "trouble": done.trouble or None,
    }
    print(json.dumps(facts, indent=2))


def _subject(path: object) -> str:
    from pathlib import Path

    from seatrial.logbook.outbox import read

    try:
        return read(Path(str(path))).subject
    except (OSError, ValueError):
        return str(path)

"""The outbox: what the logbook is to be told, one file an entry, until it has taken it.

A file appears wholly or not at all, and goes only after the logbook said that it has it. Whoever is
killed in between sends it again; what is told twice is kept once, for each entry has a key that the
logbook knows it by.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seatrial.errors import ConfigurationError
from seatrial.files import write_atomic

REFUSED = "refused"
SCHEMA = 1
_LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class Request:
    """A request of an entry.

    Attributes:
        method: HTTP's.
        path: Below the API's root, with a slash; `{id}` is what the answer before called `id`.
        body: What is sent, as JSON.
        settled: Answers that say that there is nothing to do, such as 409 for an end that came by
            itself.
    """

    method: str
    path: str
    body: Mapping[str, Any]
    settled: Sequence[int] = ()


@dataclass(frozen=True)
class Entry:
    """Something the logbook is to be told.

    Attributes:
        kind: `build`, `trial`, `sbom`, `deployment` or `ending`.
        key: What the logbook knows it by; the same thing has the same.
        subject: What it is about, for people.
        requests: What is sent, in order; each may be sent again.
    """

    kind: str
    key: str
    subject: str
    requests: tuple[Request, ...]


def put(folder: Path, entry: Entry) -> Path:
    """Write an entry into the outbox; one of the same key that waits there already stays.

    Returns:
        Its file.

    Raises:
        ConfigurationError: When it cannot be written.
    """
    ending = f"-{entry.kind}-{hashlib.sha256(entry.key.encode()).hexdigest()[:16]}.json"
    for path in waiting(folder):
        if path.name.endswith(ending):
            return path
    path = folder / f"{time.time_ns():020d}{ending}"
    write(path, entry)
    return path


def write(path: Path, entry: Entry, **more: int) -> None:
    """Write an entry as `read` reads it, and `more` beside it.

    Raises:
        ConfigurationError: When it cannot be written.
    """
    document = {
        "schema_version": SCHEMA,
        "kind": entry.kind,
        "key": entry.key,
        "subject": entry.subject,
        "requests": [
            {**vars(request), "body": storable(request.body)} for request in entry.requests
        ],
        **more,
    }
    write_atomic(path, json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")


def storable(value: Any) -> Any:
    """Return a value as any store of JSON can hold it.

    What a container logged may be anything: no NUL, no half of a surrogate pair, no infinity.
    """
    if isinstance(value, str):
        if value.isascii():
            return value.replace("\0", "\ufffd")
        whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return whole.replace("\0", "\ufffd")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {storable(name): storable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [storable(inner) for inner in value]
    return value


def waiting(folder: Path) -> list[Path]:
    """Return the files of the entries that wait, the oldest first."""
    # Half-written files begin with a dot.
    return sorted(path for path in folder.glob("[0-9]*.json") if path.is_file())


def refused(folder: Path) -> list[Path]:
    """Return the files of the entries that the logbook would not have, the oldest first."""
    found = (folder / REFUSED).glob("[0-9]*.json")
    return sorted(path for path in found if not path.name.endswith(".answer.json"))


def read(path: Path) -> Entry:
    """Read an entry.

    Raises:
        FileNotFoundError: When it is gone.
        ValueError: When it is none.
    """
    found = json.loads(path.read_bytes())
    try:
        if found["schema_version"] != SCHEMA:
            raise ValueError(f"an entry of schema {found['schema_version']!r}, not {SCHEMA}")
        requests = tuple(
            Request(**{**request, "settled": tuple(request.get("settled", ()))})
            for request in found["requests"]
        )
        return Entry(found["kind"], found["key"], found["subject"], requests)
    except (KeyError, TypeError) as error:
        raise ValueError(f"it lacks {error}") from error


def forget(path: Path) -> None:
    """Remove an entry that the logbook has.

    Raises:
        ConfigurationError: When that is not allowed; it will be sent again, and be known.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"{path} was sent and cannot be removed: {error.strerror}",
            hint="mend the folder's permissions",
        ) from error


def refuse(path: Path, answer: Mapping[str, Any]) -> Path:
    """Put an entry aside, with the answer that it got beside it; return where it is.

    Raises:
        ConfigurationError: When that cannot be written.
    """
    aside = path.parent / REFUSED / path.name
    # The answer first: whoever is killed in between finds the entry where it was.
    write_atomic(aside.with_suffix(".answer.json"), json.dumps(answer, indent=2) + "\n")
    path.replace(aside)
    return aside


def give_back(folder: Path) -> int:
    """Let refused entries wait again; return how many."""
    found = refused(folder)
    for path in found:
        path.replace(folder / path.name)
        path.with_suffix(".answer.json").unlink(missing_ok=True)
    return len(found)


def counted(paths: Sequence[object]) -> str:
    """Return how many entries there are, in words."""
    return f"{len(paths)} {'entry' if len(paths) == 1 else 'entries'}"


@contextlib.contextmanager
def alone(folder: Path, seconds: float) -> Iterator[bool]:
    """Hold the outbox: two that send at once would send the same.

    Yields:
        Whether it is held; False where another held it for all of `seconds`.

    Raises:
        ConfigurationError: When the lock cannot be made.
    """
    path = folder / ".lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = path.open("w")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from error
    end = time.monotonic() + seconds
    with lock:
        # It goes with the process, however that ends.
        while not (held := _locked(lock.fileno())) and time.monotonic() < end:
            time.sleep(_LOOK_SECONDS)
        yield held


def _locked(number: int) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

"""The trials of one pytest session: all contracts' at once, bounded together by the cores."""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from seatrial.catalog import nearest, project_of
from seatrial.engine.client import Engine, find_engine
from seatrial.engine.images import inspect_images
from seatrial.errors import ConfigurationError, SeatrialError, StoppedError
from seatrial.model.contract import Contract
from seatrial.model.report import Report
from seatrial.verify.judge import judge
from seatrial.verify.lab import Order, Postgres
from seatrial.verify.places import Places
from seatrial.verify.results import Judged, read_record, recorded_reference, write_results
from seatrial.verify.trial import observe


@dataclass
class Trials:
    """The trials of one session.

    Attributes:
        engine: The engine.
        orders: What is tried, by the contract's path.
        results: Where each image's results are written.
        judged: Told of each trial when it is judged, from the trial's thread.
        strict: Whether a check that could not look counts as failed.
        postgres: Where databases for containers are made.
    """

    engine: Engine
    orders: Mapping[Path, Order]
    results: Mapping[Path, Path]
    judged: Callable[[Judged], object] = lambda _judged: None
    strict: bool = False
    postgres: Postgres | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)
    _reports: dict[Path, Future[Report]] = field(default_factory=dict)
    _pool: ThreadPoolExecutor | None = None

    def named(self) -> str:
        """Return the images as a line."""
        return ", ".join(f"{o.contract.image} ({o.reference})" for o in self.orders.values())

    def begin(self) -> None:
        """Start all trials; they share the places for probes."""
        places = Places()
        # A trial more than cores: one ends while the next begins.
        self._pool = ThreadPoolExecutor((os.cpu_count() or 1) + 1, "trial")
        for path in self.orders:
            self._reports[path] = self._pool.submit(self._try, path, places)

    def report(self, path: Path) -> Report:
        """Wait for a contract's trial and return its report."""
        return self._reports[path].result()

    def end(self) -> None:
        """Stop what still runs and wait until it is cleaned up."""
        self._stopping.set()
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def summary(self, *, strict: bool) -> Iterable[str]:
        """Yield a line an image: how its trial ended, or why there was none."""
        for path, error in self.failures():
            yield f"{self.orders[path].contract.image:<14} NOT TRIED: {error.message}"
        for path, future in self._reports.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                report = future.result()
                kept = "kept" if report.is_kept(strict=strict) else "BROKEN"
                base = f", base {report.base_policy}" if report.base_policy else ""
                yield (
                    f"{report.image:<14} {kept}: {report.count('pass')} passed, "
                    f"{report.count('fail')} failed, {report.count('skip')} skipped, "
                    f"in {report.duration:.1f} s{base}; {_shown(self.results[path])}"
                )

    def failures(self) -> Iterable[tuple[Path, SeatrialError]]:
        """Yield what kept each trial from its end, with the contract's path."""
        for path, future in self._reports.items():
            error = future.exception() if future.done() and not future.cancelled() else None
            if isinstance(error, SeatrialError):
                yield path, error

    def failed_with(self) -> int:
        """Return the exit code of trials that could not be made; 0 where all could."""
        # One that was stopped (`pytest -x`) ended as it was told to.
        errors = (error for _, error in self.failures() if not isinstance(error, StoppedError))
        return max((error.exit_code for error in errors), default=0)

    def _try(self, path: Path, places: Places) -> Report:
        try:
            return self._tried(path, places)
        except SeatrialError:
            raise
        except Exception as error:
            # Every check of the image waits for this: it is told shortly, and once each.
            raise SeatrialError(
                f"the trial itself failed, by a fault of seatrial: {type(error).__name__}: {error}",
                detail=tuple("".join(traceback.format_exception(error)).splitlines()[-16:]),
            ) from error

    def _tried(self, path: Path, places: Places) -> Report:
        order = self.orders[path]
        observation = observe(
            self.engine, order, stopping=self._stopping, places=places, postgres=self.postgres
        )
        report = judge(order.contract, observation)
        folder = self.results[path]
        write_results(folder, observation, report)
        self.judged(Judged(path, order.contract, folder, observation, report, self.strict))
        return report


def prepare(contracts: Mapping[Path, Contract], given: Iterable[str], root: Path) -> Trials:
    """Find the image of every contract: the given one, else the recorded one, else its namesake.

    Args:
        contracts: The contracts, by their paths.
        given: `NAME=REF` each: images to try in place of the recorded ones.
        root: Where results go that belong to no project.

    Raises:
        ConfigurationError: When an image cannot be told, or `given` is malformed.
        NoEngineError: When there is no engine.
    """
    references = _given(given, {contract.image for contract in contracts.values()})
    orders, results, supposed = {}, {}, list[str]()
    for path, contract in contracts.items():
        project = project_of(path)
        record = read_record(project.dist / "build.json") if project else None
        reference = references.get(contract.image) or recorded_reference(record, contract.image)
        if reference is None and project:
            raise ConfigurationError(
                f"which image is {contract.image}? No build record tells",
                expected="dist/build.json of a build, or --trial-ref NAME=REF",
                hint=f"invoke build-prod first, or give --trial-ref {contract.image}=REFERENCE",
            )
        if reference is None:
            # Who builds by hand calls the image as the contract does, more often than not.
            reference = contract.image
            supposed.append(reference)
        folder = project.root if project else None
        orders[path] = Order(contract, path.parent, reference, folder, record)
        results[path] = (project.dist if project else root / "dist") / "trials" / contract.image
    _each_apart(results)
    engine = find_engine()
    _all_held(engine, supposed)
    return Trials(engine, orders, results)


def _all_held(engine: Engine, supposed: Sequence[str]) -> None:
    held = inspect_images(engine, supposed)
    for reference in supposed:
        if reference not in held:
            raise ConfigurationError(
                f"which image is {reference}? The engine holds none of that name",
                hint=f"build it under that name, or give --trial-ref {reference}=REFERENCE",
            )


def _each_apart(results: Mapping[Path, Path]) -> None:
    """Refuse two contracts of one name: the evidence of one would be written over the other's."""
    seen: dict[Path, Path] = {}
    for path, folder in results.items():
        if (other := seen.setdefault(folder, path)) != path:
            raise ConfigurationError(
                f"two contracts are of an image {folder.name}",
                found=f"{_shown(other)} and {_shown(path)}",
                hint="give each its own name in image = …; --trial-ref may name one image for both",
            )


def _given(words: Iterable[str], images: set[str]) -> dict[str, str]:
    found = {}
    for word in words:
        name, _, reference = word.partition("=")
        if not reference or name not in images:
            guess = None if name in images else nearest(name, images)
            reason = "it names no image to try" if not reference else ""
            raise ConfigurationError(
                f"--trial-ref {word}: {reason or f'no chosen contract is of an image {name}'}",
                expected=f"NAME=REF with NAME one of {', '.join(sorted(images))}",
                hint=f"did you mean {guess}?" if guess else None,
            )
        found[name] = reference
    return found


def _shown(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)

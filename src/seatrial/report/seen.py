"""What was seen, family by family, in words: the evidence behind checks that passed as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sized
from typing import NamedTuple

from seatrial.model.answers import show_answer
from seatrial.model.image import Healthcheck
from seatrial.model.observation import (
    LogFacts,
    MissingFacts,
    Observation,
    RebuildFacts,
    Sighting,
    Start,
)
from seatrial.model.units import show_duration, show_size

LINES = 40


class Fact(NamedTuple):
    """One thing that was seen; `lines` are evidence at length."""

    label: str
    text: str
    lines: tuple[str, ...] = ()


def facts_of(family: str, seen: Observation) -> list[Fact]:
    """Return what was seen of a family; nothing where no words are known for it."""
    words = _FAMILIES.get(family)
    return list(words(seen)) if words else []


def _health(seen: Observation) -> Iterable[Fact]:
    if seen.running:
        start = seen.running.start
        yield Fact("came up", _came_up(start))
        if start.status:
            yield Fact("engine's word", start.status)
        if start.answer:
            yield Fact("health answer", show_answer(start.answer))
        yield from (Fact("answer", show_answer(one)) for one in seen.running.answers)
    check = seen.image.healthcheck
    if check:
        yield Fact("HEALTHCHECK", " ".join(check.command))
        yield Fact("its timing", _timing(check))
    if seen.idle_health:
        told = seen.idle_health.failure or f"exit code {seen.idle_health.exit_code}"
        yield Fact("where no server runs", told)


def _identity(seen: Observation) -> Iterable[Fact]:
    yield Fact("USER", seen.image.user or "none: root")
    processes = seen.running.processes if seen.running else None
    if processes is not None:
        lines = (f"{p.inside_pid:>5}  {p.uid}:{p.gid}  {p.command}" for p in processes)
        yield Fact("processes", _count(processes, "process", "processes"), _cut(lines))


def _network(seen: Observation) -> Iterable[Fact]:
    running = seen.running
    if running and running.listeners is not None:
        lines = (f"{one.protocol} {one.address}:{one.port}" for one in running.listeners)
        yield Fact("listens on", _count(running.listeners, "socket", "sockets"), _cut(lines))
    for port, reached in (running.reachable if running else {}).items():
        yield Fact(f"port {port}", f"{'takes' if reached else 'takes no'} connections from outside")


def _environment(seen: Observation) -> Iterable[Fact]:
    for one in seen.missing or ():
        yield Fact(f"{one.kind} {one.variable}", _without(one), _said(one.logs, 3))


def _signals(seen: Observation) -> Iterable[Fact]:
    yield Fact("STOPSIGNAL", seen.image.stop_signal)
    stop = seen.stop
    if stop is None:
        return
    if stop.answer:
        yield Fact("request in flight", show_answer(stop.answer))
    took = f" after {show_duration(stop.duration)}" if stop.duration is not None else ""
    ended = "killed by the engine" if stop.killed else f"ended with code {stop.exit_code}"
    yield Fact("told to stop", f"{ended}{took}")


def _filesystem(seen: Observation) -> Iterable[Fact]:
    if seen.hardened:
        yield Fact("hardened", _came_up(seen.hardened), _said(seen.hardened.logs, 6))
    if seen.running:
        changed = seen.running.changed
        yield Fact("changed while it served", _count(changed, "path", "paths"), _cut(changed))
    if seen.layers:
        forbidden = seen.layers.forbidden
        yield Fact("forbidden paths", _count(forbidden, "path", "paths"), _cut(forbidden))


def _logs(seen: Observation) -> Iterable[Fact]:
    if not seen.running:
        return
    logs = seen.running.logs
    for stream, size, text in (
        ("stdout", logs.stdout_bytes, logs.stdout),
        ("stderr", logs.stderr_bytes, logs.stderr),
    ):
        yield Fact(stream, show_size(size), tuple(text.splitlines()[-LINES:]))
    yield Fact("terminal colours", "yes" if logs.ansi else "no")
    files = seen.running.log_files
    yield Fact("log files", _count(files, "file", "files"), _cut(files))


def _secrets(seen: Observation) -> Iterable[Fact]:
    if seen.config_sightings is not None:
        yield _sighted("in configuration", seen.config_sightings)
    if seen.layers:
        layers = seen.layers
        yield Fact(
            "read",
            f"{layers.files} entries of {layers.count - layers.base_layers} layers; "
            f"{layers.base_layers} of the base's left out",
        )
        yield _sighted("in layers", layers.sightings)


def _dependencies(seen: Observation) -> Iterable[Fact]:
    if seen.layers:
        found = seen.layers.distributions
        lines = (f"{one.name} {one.version}" for one in found)
        yield Fact("installed", _count(found, "package", "packages"), tuple(lines))
    if seen.lock:
        yield Fact(
            "the lock", f"{len(seen.lock.production)} for production of {len(seen.lock.known)}"
        )


def _cache(seen: Observation) -> Iterable[Fact]:
    for what, one in (seen.rebuilds or {}).items():
        yield Fact(f"edit: {what}", _rebuilt(one), _cut(f"ran: {s.instruction}" for s in one.ran))


def _stamp(seen: Observation) -> Iterable[Fact]:
    if seen.stamp:
        stamp = seen.stamp.stamp
        yield Fact("commit", f"{stamp.describe} ({stamp.sha})")
        yield Fact("built at", stamp.built_at)
        yield Fact("says", seen.stamp.source)
    labels = (f"{name} = {value}" for name, value in sorted(seen.image.labels.items()))
    yield Fact("labels", _count(seen.image.labels, "label", "labels"), _cut(labels))


def _limits(seen: Observation) -> Iterable[Fact]:
    yield Fact("size", show_size(seen.image.size))
    if seen.running:
        yield Fact("start", _came_up(seen.running.start))
    if seen.hardened:
        killed = "yes" if seen.hardened.out_of_memory else "no"
        yield Fact("in the promised memory", f"{_came_up(seen.hardened)}; out of memory: {killed}")


def _came_up(start: Start) -> str:
    if start.healthy_after is not None:
        return f"healthy after {show_duration(start.healthy_after)}"
    if start.exit_code is not None:
        return f"ended with code {start.exit_code}"
    return start.failure or "never became healthy"


def _timing(check: Healthcheck) -> str:
    told = check.model_dump(exclude={"command"}, exclude_none=True)
    return ", ".join(f"{name} {value:g}" for name, value in told.items()) or "the engine's own"


def _without(one: MissingFacts) -> str:
    if not one.ended:
        return f"{'served' if one.served else 'ran on'} for {show_duration(one.duration)}"
    named = f"named on {' and '.join(one.named_on)}" if one.named_on else "named nowhere"
    return f"ended with code {one.exit_code} after {show_duration(one.duration)}, {named}"


def _rebuilt(one: RebuildFacts) -> str:
    if one.error:
        return one.error
    failed = ", then failed" if one.failed else ""
    return f"{one.edited}: {len(one.ran)} of {len(one.steps)} steps ran again{failed}"


def _sighted(label: str, sightings: tuple[Sighting, ...]) -> Fact:
    lines = (f"{one.where}: {one.kind} {one.excerpt}" for one in sightings)
    return Fact(label, _count(sightings, "sighting", "sightings"), _cut(lines))


def _said(logs: LogFacts, lines: int) -> tuple[str, ...]:
    return tuple(
        f"{stream}: {line}"
        for stream, text in (("stdout", logs.stdout), ("stderr", logs.stderr))
        for line in text.splitlines()[-lines:]
    )


def _count(things: Sized, one: str, many: str) -> str:
    count = len(things)
    return f"{count or 'no'} {one if count == 1 else many}"


def _cut(lines: Iterable[str]) -> tuple[str, ...]:
    every = tuple(lines)
    more = (f"… and {len(every) - LINES} more",) if len(every) > LINES else ()
    return every[:LINES] + more


_FAMILIES: dict[str, Callable[[Observation], Iterable[Fact]]] = {
    "health": _health,
    "identity": _identity,
    "network": _network,
    "environment": _environment,
    "signals": _signals,
    "filesystem": _filesystem,
    "logs": _logs,
    "secrets": _secrets,
    "dependencies": _dependencies,
    "cache": _cache,
    "stamp": _stamp,
    "limits": _limits,
}

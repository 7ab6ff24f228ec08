"""What was seen of the families about what an image does."""

from __future__ import annotations

from collections.abc import Iterable

from seatrial.model.alive_facts import KilledChild, TouchFacts
from seatrial.model.answers import show_answer
from seatrial.model.image import Healthcheck
from seatrial.model.observation import MissingFacts, Observation, StopFacts
from seatrial.model.units import show_duration, show_size
from seatrial.report.fact import LINES, Fact, came_up, count, cut, restricted, said


def health(seen: Observation) -> Iterable[Fact]:
    """Say what was seen of the family health."""
    if seen.running:
        start = seen.running.start
        yield Fact("came up", came_up(start))
        if start.health_code is not None:
            yield Fact("HEALTHCHECK while it serves", f"exit code {start.health_code}")
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


def identity(seen: Observation) -> Iterable[Fact]:
    """Say what was seen of the family identity."""
    yield from restricted(seen, "capabilities", "with no more capabilities than promised")
    yield from restricted(seen, "any-user", "as another user")
    yield Fact("USER", seen.image.user or "none: root")
    processes = seen.running.processes if seen.running else None
    if processes is not None:
        lines = (f"{p.inside_pid:>5}  {p.uid}:{p.gid}  {p.command}" for p in processes)
        yield Fact("processes", count(processes, "process", "processes"), cut(lines))
        groups = sorted({group for one in processes for group in one.groups or ()})
        yield Fact("other groups", ", ".join(map(str, groups)) or "none")
        held = sorted({name for one in processes for name in one.capabilities or ()})
        yield Fact("capabilities", count(held, "capability", "capabilities"), cut(held))


def network(seen: Observation) -> Iterable[Fact]:
    """Say what was seen of the family network."""
    yield from restricted(seen, "offline", "with no way out")
    running = seen.running
    if running and running.listeners is not None:
        lines = (f"{one.protocol} {one.address}:{one.port}" for one in running.listeners)
        yield Fact("listens on", count(running.listeners, "socket", "sockets"), cut(lines))
    for port, reached in (running.reachable if running else {}).items():
        yield Fact(f"port {port}", f"{'takes' if reached else 'takes no'} connections from outside")


def environment(seen: Observation) -> Iterable[Fact]:
    """Say what was seen of the family environment."""
    for one in seen.missing or ():
        yield Fact(f"{one.kind} {one.variable}", _without(one), said(one.logs, 3))


def signals(seen: Observation) -> Iterable[Fact]:
    """Say what was seen of the family signals."""
    yield Fact("STOPSIGNAL", seen.image.stop_signal)
    for label, stop in (("told to stop", seen.stop), ("told to stop, idle", seen.idle_stop)):
        if stop:
            yield Fact(label, _stopped(stop))
    if seen.stop and seen.stop.answer:
        yield Fact("request in flight", show_answer(seen.stop.answer))
    if seen.stop and seen.stop.refused is not None:
        word = "no longer answered" if seen.stop.refused else "still answered"
        yield Fact("requests after the signal", word)


def restart(seen: Observation) -> Iterable[Fact]:
    """Say what was seen of the family restart."""
    lives = seen.restart
    if lives and lives.after_stop:
        start = lives.after_stop
        yield Fact("started again after a stop", came_up(start), said(start.logs, 6))
    if lives and lives.after_kill:
        start = lives.after_kill
        yield Fact("started again after SIGKILL", came_up(start), said(start.logs, 6))


def logs(seen: Observation) -> Iterable[Fact]:
    """Say what was seen of the family logs."""
    if not seen.running:
        return
    logs = seen.running.logs
    for stream, size, text in (
        ("stdout", logs.stdout_bytes, logs.stdout),
        ("stderr", logs.stderr_bytes, logs.stderr),
    ):
        yield Fact(stream, show_size(size), tuple(text.splitlines()[-LINES:]))
    yield Fact("terminal colours", "yes" if logs.ansi else "no")
    if logs.not_json is not None:
        yield Fact("no JSON", count(logs.not_json, "line", "lines"), cut(logs.not_json))
    files = seen.running.log_files
    yield Fact("log files", count(files, "file", "files"), cut(files))


def processes(seen: Observation) -> Iterable[Fact]:
    """Say what was seen of the family processes."""
    running = seen.running
    if running is None:
        return
    for one in running.processes or ():
        for told in (*one.marks, *one.watches):
            yield Fact("develops", told, (one.command,))
    if running.touch and running.touch.files:
        yield Fact("its source was touched", *_touched(running.touch))
    if running.orphan:
        after = f" after {show_duration(running.orphan.after)}" if running.orphan.after else ""
        yield Fact("orphan", f"reaped{after}" if running.orphan.reaped else "stays a zombie")
    for child in running.killed or ():
        yield Fact("killed child", _killed(child), (child.command,))
    yield from (Fact(f"not seen: {what}", why) for what, why in running.unseen.items())


def database(seen: Observation) -> Iterable[Fact]:
    """Say what was seen of the family database."""
    facts = seen.running.database if seen.running else None
    if facts is None:
        return
    if facts.only_with is not None:
        healthy = "becomes healthy" if facts.only_with else "does not become healthy"
        yield Fact("only with its database", f"it {healthy}")
        return
    yield Fact("before its database", show_answer(facts.away))
    for name, after in (
        ("ready with it", facts.ready_after),
        ("loss told", facts.told_after),
        ("ready again", facts.again_after),
    ):
        yield Fact(name, f"after {show_duration(after)}" if after is not None else "never")
    yield Fact("connections", count(range(facts.connections), "connection", "connections"))
    if facts.health:
        yield Fact("health without it", show_answer(facts.health))


def _touched(touch: TouchFacts) -> tuple[str, tuple[str, ...]]:
    told = f"{', '.join(touch.replaced)} started again" if touch.replaced else "nothing happened"
    return told, cut(touch.files)


def _killed(child: KilledChild) -> str:
    after = f" after {show_duration(child.after)}" if child.after is not None else ""
    if child.ended:
        return f"the container ended with code {child.exit_code}{after}"
    return f"another came{after}" if child.replaced else "the container lived on without it"


def _timing(check: Healthcheck) -> str:
    told = check.model_dump(exclude={"command"}, exclude_none=True)
    return ", ".join(f"{name} {value:g}" for name, value in told.items()) or "the engine's own"


def _without(one: MissingFacts) -> str:
    if not one.ended:
        return f"{'served' if one.served else 'ran on'} for {show_duration(one.duration)}"
    named = f"named on {' and '.join(one.named_on)}" if one.named_on else "named nowhere"
    return f"ended with code {one.exit_code} after {show_duration(one.duration)}, {named}"


def _stopped(stop: StopFacts) -> str:
    took = f" after {show_duration(stop.duration)}" if stop.duration is not None else ""
    ended = "killed by the engine" if stop.killed else f"ended with code {stop.exit_code}"
    return f"{ended}{took}"

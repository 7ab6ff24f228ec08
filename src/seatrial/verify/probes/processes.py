"""What becomes of a running container when something happens to its processes.

These come last in the life of the container that is only looked at: after them it is another one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

from seatrial import procfs
from seatrial.engine.containers import ContainerState
from seatrial.engine.streams import execute
from seatrial.errors import NoEngineError, SeatrialError
from seatrial.model.alive_facts import KilledChild, OrphanFacts, TouchFacts
from seatrial.model.observation import ProcessFacts
from seatrial.sources import touch_sources
from seatrial.verify.lab import Lab
from seatrial.verify.probes.ready import is_well, start_again

PACE = 0.05
# A supervisor may first tell the others to stop.
ENDS_WITHIN = 5.0
# A server may answer before all that belongs to it has been started.
CHILDREN_WITHIN = 3.0
WELL_WITHIN = 5.0
REAPED_WITHIN = 2.0
# The slowest reloaders look once a second.
RELOADS_WITHIN = 1.8
KINDS_TRIED = 4
COMMAND_KEPT = 200
HIDDEN = "the engine's host hides its processes"
_NODE = (
    "require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => 0, 400)'], "
    "{detached: true, stdio: 'ignore'}).unref()"
)
# Each leaves a process behind that lives on for a moment; the first that the image has is used.
_MAKERS = (
    ("/bin/sh", "-c", "(sleep 0.4 || sleep 1) </dev/null >/dev/null 2>&1 &"),
    (
        "python3",
        "-c",
        "import os, time\nif not os.fork():\n [os.close(n) for n in range(3)]\n time.sleep(0.4)",
    ),
    ("node", "-e", _NODE),
    ("perl", "-e", "fork or do { close STDIN; close STDOUT; close STDERR; sleep 1 }"),
)


def look_at_touch(lab: Lab, state: ContainerState, processes: Sequence[ProcessFacts]) -> TouchFacts:
    """Touch the source and see whether a process is replaced by that.

    Positive control: nothing is replaced while nothing is touched, and something is once more when
    it is touched again; there are servers whose workers come and go. One process alone replaces
    nobody, and then nothing is touched.
    """
    first = _oldest(processes)
    if first is None or len(processes) < 2:
        return TouchFacts()
    before = _living(state)
    files = touch_sources(first)
    if not files or not _replaced(state, before) or _replaced(state, _living(state)):
        return TouchFacts(files=files[:5])
    now = _living(state)
    touch_sources(first)
    replaced = sorted(_replaced(state, now))
    # What is looked at next shall find it well again.
    _until(lab, WELL_WITHIN, lambda: is_well(lab, state))
    return TouchFacts(files=files[:5], replaced=tuple(map(lab.masked, replaced)))


def look_at_orphan(lab: Lab, name: str, state: ContainerState) -> OrphanFacts:
    """Leave an orphan in a container and watch whether it is reaped when it ends.

    Raises:
        SeatrialError: When none can be made there, or none can be seen.
    """
    before = set(_children(state))
    for maker in _MAKERS:
        begin = time.monotonic()
        made = set(_children(state)) - before if _runs(lab, name, maker) else set()
        if made:
            reaped = _until(lab, REAPED_WITHIN, partial(_are_gone, state, made))
            after = time.monotonic() - begin if reaped else None
            return OrphanFacts(made_by=maker[0], reaped=reaped, after=after)
    tried = ", ".join(maker[0] for maker in _MAKERS)
    raise SeatrialError(f"no orphan could be made in it: none of {tried} is there")


def look_at_children(
    lab: Lab, name: str, processes: Sequence[ProcessFacts]
) -> tuple[KilledChild, ...]:
    """Kill a child of process 1 of each kind, and watch what becomes of the container.

    Where that ends the container, it is started again for the next kind.

    Args:
        lab: The trial.
        name: The container.
        processes: What ran in it before: each kind of child that was there is waited for.

    Raises:
        SeatrialError: When the children cannot be seen, or may not be killed.
    """
    first = _oldest(processes)
    wanted = sorted({one.command[:COMMAND_KEPT] for one in processes if one.parent == first})
    state = _running(lab, name)
    _until(lab, CHILDREN_WITHIN, lambda: _are_there(state, wanted))
    found = []
    for kind in (wanted or list(_kinds(state)))[:KINDS_TRIED]:
        now = _running(lab, name)
        _until(lab, CHILDREN_WITHIN, partial(_are_there, now, [kind]))
        child = _kinds(now).get(kind)
        if child is not None:
            found.append(_killed(lab, name, now, kind, child))
    return tuple(found)


def _are_there(state: ContainerState, kinds: Sequence[str]) -> bool:
    """Return whether there is a child of each kind, or any where no kind is told."""
    found = _kinds(state)
    return set(kinds) <= set(found) if kinds else bool(found)


def _running(lab: Lab, name: str) -> ContainerState:
    """Return the state of a container that runs, started again where it does not."""
    state = lab.state(name)
    if state.running:
        return state
    started = start_again(lab, name)
    if started.state is None or not started.healthy:
        raise SeatrialError("it did not start again, to have a child killed")
    return started.state


def _killed(lab: Lab, name: str, state: ContainerState, kind: str, child: int) -> KilledChild:
    before, mark = set(_children(state)), lab.watch.mark()
    begin = time.monotonic()
    _kill(lab, name, state, child)
    new = False
    if lab.contract.process.children == "fatal":
        seconds = max(ENDS_WITHIN, lab.contract.process.stop_within or 0.0)
        died = lab.wait(name, "die", seconds=seconds, after=mark)
    else:
        _until(lab, ENDS_WITHIN, lambda: bool(_new(state, before)) or _ended(lab, name, mark))
        died, new = lab.watch.seen(name, "die", after=mark), bool(_new(state, before))
    return KilledChild(
        command=lab.masked(kind),
        ended=died is not None,
        exit_code=died.exit_code if died else None,
        replaced=new and died is None,
        after=time.monotonic() - begin if died or new else None,
    )


def _kinds(state: ContainerState) -> dict[str, int]:
    """Return a child of process 1 of each command line, those with the rarest ones first."""
    alive = [pid for pid, now in _children(state).items() if now != "Z"]
    commands: dict[str, list[int]] = {}
    for one in procfs.read_processes(alive):
        commands.setdefault(one.command[:COMMAND_KEPT], []).append(one.pid)
    ordered = sorted(commands.items(), key=lambda item: (len(item[1]), item[0]))
    return {command: min(pids) for command, pids in ordered}


def _kill(lab: Lab, name: str, state: ContainerState, child: int) -> None:
    if procfs.kill_process(child, state.id):
        return
    inside = next((one.inside_pid for one in procfs.read_processes([child])), 0)
    ways = (("kill", "-9", str(inside)), ("/bin/sh", "-c", f"kill -9 {inside}"))
    if not inside or not any(_runs(lab, name, words) for words in ways):
        raise SeatrialError("no child of process 1 may be killed from here")


def _children(state: ContainerState) -> dict[int, str]:
    found = procfs.children_of(state.pid) if procfs.is_here(state.pid, state.id) else None
    if found is None:
        raise SeatrialError(HIDDEN)
    return found


def _runs(lab: Lab, name: str, command: tuple[str, ...]) -> bool:
    """Run a command inside a container; return whether it could be and ended well."""
    try:
        return execute(lab.engine, name, command).code == 0
    except NoEngineError:
        raise
    except SeatrialError:
        return False


def _are_gone(state: ContainerState, pids: set[int]) -> bool:
    return not pids & set(_children(state))


def _new(state: ContainerState, before: set[int]) -> set[int]:
    found = procfs.children_of(state.pid) or {}
    return {pid for pid, now in found.items() if pid not in before and now != "Z"}


def _ended(lab: Lab, name: str, mark: int) -> bool:
    return lab.watch.seen(name, "die", after=mark) is not None


def _living(state: ContainerState) -> dict[int, str]:
    pids = procfs.pids_of(state.id, state.pid) or []
    return {
        one.pid: one.command[:COMMAND_KEPT]
        for one in procfs.below(state.pid, procfs.read_processes(pids))
    }


def _replaced(state: ContainerState, before: dict[int, str]) -> set[str]:
    """Return the command lines of the processes that make way for others in a moment."""
    end = time.monotonic() + RELOADS_WITHIN
    while time.monotonic() < end:
        gone = {pid for pid in before if procfs.state_of(pid) in {None, "Z"}}
        if gone and set(_living(state)) - set(before):
            return {before[pid] for pid in gone}
        time.sleep(PACE)
    return set()


def _oldest(processes: Sequence[ProcessFacts]) -> int | None:
    return min((one.pid for one in processes if one.inside_pid == 1), default=None)


def _until(lab: Lab, seconds: float, is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_so():
            return True
        lab.check()
        time.sleep(PACE)
    return False

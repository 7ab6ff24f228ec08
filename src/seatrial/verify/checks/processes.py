"""Family processes: where they run, which one is the first, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model.alive_facts import KilledChild
from seatrial.model.contract import Contract
from seatrial.model.observation import Observation, ProcessFacts, RunningFacts
from seatrial.model.report import Finding
from seatrial.model.serving import Process
from seatrial.verify.checks.registry import UnseenError, check, need, need_running
from seatrial.verify.development import development_server

SHOWN = 120


@check("processes", lambda contract: contract.process.workdir is not None)
def workdir_as_promised(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Its processes start in the promised folder.

    How: WORKDIR in the image's configuration is compared with the contract; none is `/`.
    Why: relative paths, mounts and `docker exec` begin there.
    Mend: WORKDIR in the last stage.
    """
    promised, actual = contract.process.workdir or "/", observation.image.workdir or "/"
    if (promised.rstrip("/") or "/") != (actual.rstrip("/") or "/"):
        yield Finding(
            expected=f"WORKDIR {promised}",
            found=f"WORKDIR {actual}" if observation.image.workdir else "no WORKDIR: /",
            hint=f"write WORKDIR {promised} in the last stage",
        )


@check("processes", lambda contract: contract.process.pid1 is not None)
def first_process_as_promised(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Process 1 is the promised program.

    How: the command line of process 1 is read from the kernel.
    Why: signals go to process 1 alone; a shell, `uv run` or `npm start` in that place keeps them.
    Mend: exec form in CMD and ENTRYPOINT, and `exec` in wrappers.
    """
    first = _first(_processes(observation))
    promised = contract.process.pid1 or ""
    if promised not in first.command:
        yield Finding(
            expected=f"process 1 is {promised}",
            found=first.command[:SHOWN],
            hint="start it in exec form, or with exec in the wrapper",
        )


@check("processes", lambda contract: contract.process != Process())
def no_development_server(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """No process is a server for developers: none watches its source or starts again with it.

    How: it is looked for watches on source that the kernel knows of and for the marks that
    reloaders leave in the environment; where there are several processes the source is touched,
    to see whether one makes way for another; command lines are compared with known ones.
    Why: such a server is slow, tells strangers its source, and may run what they send.
    Mend: run the server that is made for production, without `--reload` and `--debug`.
    """
    running = _running(observation)
    processes = _processes(observation)
    marks = {one.pid: set(one.marks) for one in processes}
    for one in processes:
        # What a reloader starts has its mark, and the reloader has not: one that all have was given
        # by the image, to keep a reloader from its work.
        given = set(one.marks) - marks[one.parent] if one.parent in marks else set()
        why = _why_development(one, sorted(given))
        if why:
            yield Finding(
                expected="a server for production",
                found=f"{why}: {one.command[:SHOWN]}",
                hint="run the production server, without reloading and debugging",
            )
    touch = running.touch
    if touch and touch.replaced:
        yield Finding(
            expected="a touched source file changes nothing that runs",
            found=f"it was started again: {touch.replaced[0][:SHOWN]}",
            hint="run the server without reloading",
            evidence=tuple(f"touched: {path}" for path in touch.files),
        )


@check("processes", lambda contract: contract.process.children is not None)
def children_as_promised(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """When a child of process 1 is killed, what is promised happens: all ends, or a new one comes.

    How: a child of each kind is killed from outside, as the kernel does for want of memory, and
    the container is watched. Where none is promised, process 1 has none.
    Why: where a worker is dead and its container lives on, nobody notices that nothing is done.
    Mend: a supervisor that ends when one of its children does, with a code that is not 0.
    """
    promised = contract.process.children
    if promised == "none":
        yield from _no_children(_processes(observation))
        return
    killed = _seen(need_running(observation), "killed")
    if not killed:
        yield Finding(
            expected="process 1 has children",
            found="it has none",
            hint='promise children = "none", or see why they are not there',
        )
    for one in killed:
        wrong = _not_fatal(one) if promised == "fatal" else _not_replaced(one)
        if wrong:
            wanted = "it ends, not with 0" if promised == "fatal" else "process 1 makes another"
            yield Finding(
                expected=f"when a child is killed {wanted}",
                found=f"{wrong}: {one.command[:SHOWN]}",
                hint="let process 1 wait for each of its children and act on its end",
            )


@check("processes", lambda contract: contract.process.orphans is not None)
def orphans_are_reaped(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Process 1 reaps what is left behind by others: no zombie stays.

    How: a process whose parent has ended is left in the container, and watched until it is gone.
    Why: each zombie keeps its number; when all are used nothing can be started any more.
    Mend: tini as process 1, or `init: true`; Python, Node and Java reap only what they started.
    """
    running = need_running(observation)
    orphan = running.orphan
    if orphan is None:
        raise UnseenError(running.unseen.get("orphan", "no orphan was made"))
    if not orphan.reaped:
        yield Finding(
            expected="an orphan is gone soon after its end",
            found="it stays as a zombie",
            hint="start it under tini, or reap children in process 1",
            evidence=(f"made by {orphan.made_by}",),
        )


def _running(observation: Observation) -> RunningFacts:
    return need(observation.running, observation, "running")


def _processes(observation: Observation) -> tuple[ProcessFacts, ...]:
    processes = _running(observation).processes
    if not processes:
        reason = "its processes cannot be seen: it ended, or the engine's host hides them"
        raise UnseenError(reason)
    return processes


def _first(processes: tuple[ProcessFacts, ...]) -> ProcessFacts:
    """Return process 1; from afar its number inside is not told, but nobody here is its parent."""
    pids = {one.pid for one in processes}
    roots = [one for one in processes if one.parent not in pids]
    return next((one for one in processes if one.inside_pid == 1), (roots or [*processes])[0])


def _why_development(one: ProcessFacts, marks: list[str]) -> str | None:
    if one.watches:
        return f"it watches its source ({one.watches[0]})"
    if marks:
        return f"a reloader started it ({marks[0]})"
    words = development_server(one.command)
    return f"it is a server for developers ({words})" if words else None


def _no_children(processes: tuple[ProcessFacts, ...]) -> Iterator[Finding]:
    first = _first(processes)
    children = [one for one in processes if one.parent == first.pid]
    if children:
        yield Finding(
            expected="process 1 has no children",
            found=f"{len(children)}, first {children[0].command[:SHOWN]}",
            hint="let process 1 be the server itself, or promise what a killed child does",
            evidence=tuple(one.command[:SHOWN] for one in children[:5]),
        )


def _seen(running: RunningFacts, name: str) -> tuple[KilledChild, ...]:
    if running.killed is None:
        raise UnseenError(running.unseen.get(name, "no child was killed"))
    return running.killed


def _not_fatal(one: KilledChild) -> str | None:
    if not one.ended:
        return "it lived on"
    return "it ended with code 0" if one.exit_code == 0 else None


def _not_replaced(one: KilledChild) -> str | None:
    if one.ended:
        return f"it ended with code {one.exit_code}"
    return None if one.replaced else "no other came"

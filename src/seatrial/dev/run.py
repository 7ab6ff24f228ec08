"""Runs the processes of `invoke dev` side by side, until one dies or somebody ends them."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from seatrial.dev.changes import Watch
from seatrial.dev.plan import Launch
from seatrial.errors import DevFailedError
from seatrial.listeners import holder, standing
from seatrial.processes import Program, Running, end_all, run_to_end

LOOK_SECONDS = 0.5
# Who saves many files at once is waited for.
SETTLE_SECONDS = 0.2
RESTART_SECONDS = 5.0

# Called with a process's name and a line of its, or of ours about it.
Tell = Callable[[str, str], None]


@dataclass
class _Life:
    """A process and what became of it.

    Attributes:
        launch: What it is.
        watch: Its files.
        running: The process; None where it died after a change and waits for the next.
        reloaded: Whether a change of its files has started it again.
    """

    launch: Launch
    watch: Watch
    running: Running | None = None
    reloaded: bool = field(default=False)


def run(launches: Sequence[Launch], tell: Tell) -> None:
    """Run all of them; returns never but by an exception, and leaves nothing that runs.

    Raises:
        DevFailedError: When a port is taken, a preparation fails, or a process ends by itself.
        ConfigurationError: When one cannot be started.
        KeyboardInterrupt: When interrupted.
    """
    for launch in launches:
        _require_port(launch)
    for launch in launches:
        if launch.prepare:
            _prepare(launch.name, launch.prepare, tell)
    lives = [_Life(launch, Watch(launch.watch)) for launch in launches]
    try:
        for life in lives:
            _start(life, tell)
        while True:
            _look(lives, tell)
            time.sleep(LOOK_SECONDS)
    finally:
        left = [life.running for life in lives if life.running]
        for name in end_all(left):
            tell(name, "did not end by itself and was killed")


def _look(lives: Sequence[_Life], tell: Tell) -> None:
    for life in lives:
        if life.running and life.running.code is not None:
            _ended(life, life.running, tell)
        if path := life.watch.changed():
            while life.watch.changed():
                time.sleep(SETTLE_SECONDS)
            tell(life.launch.name, f"{path} changed: starting again")
            if life.running:
                end_all([life.running], RESTART_SECONDS)
            life.reloaded = True
            _start(life, tell)


def _ended(life: _Life, running: Running, tell: Tell) -> None:
    """Judge the end of a process: it ends all, or was half-written and waits to be mended."""
    name, told = life.launch.name, _told(running.code or 0)
    running.drained(1.0)
    if life.reloaded:
        end_all([running], RESTART_SECONDS)
        life.running = None
        tell(name, f"{told}; it is started again when a file changes")
        return
    tell(name, told)
    raise DevFailedError(
        f"{name} {told}; the others were ended with it", hint="its last lines are above"
    )


def _start(life: _Life, tell: Tell) -> None:
    name = life.launch.name
    life.running = Running(life.launch.program, lambda line: tell(name, line))


def _prepare(name: str, program: Program, tell: Tell) -> None:
    code = run_to_end(program, lambda line: tell(name, line))
    if code:
        raise DevFailedError(
            f"{program.name} {_told(code)}; nothing was started", hint="its last lines are above"
        )


def _require_port(launch: Launch) -> None:
    if launch.port and standing("127.0.0.1", launch.port) == "taken":
        raise DevFailedError(
            f"{launch.name} cannot have its port {launch.port}",
            found=holder(launch.port) or "a process that does not tell its name",
            hint="end that one, or invoke compose-down where it is the composed stack",
        )


def _told(code: int) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with {code}"

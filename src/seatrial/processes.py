"""Runs programs of the project's on the host: each in a process group of its own, ended as one."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

from seatrial.errors import ConfigurationError
from seatrial.surroundings import surroundings

GRACE_SECONDS = 15.0
LOOK_SECONDS = 0.02
# Ours, which is not theirs: uv would take it for the environment of whatever it runs.
OURS = {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"}


@dataclass(frozen=True)
class Program:
    """What is run.

    Attributes:
        name: How it is called in messages.
        argv: Its command line.
        folder: Where it runs.
        env: Variables that it gets beside those of this process.
    """

    name: str
    argv: tuple[str, ...]
    folder: Path
    env: Mapping[str, str]


class Running:
    """A program that was started; every line that it writes is handed on.

    Args:
        program: What is run.
        on_line: Called with each line, from a thread.

    Raises:
        ConfigurationError: When it cannot be started.
    """

    def __init__(self, program: Program, on_line: Callable[[str], None]) -> None:
        self.program = program
        self._process = _started(program)
        self._on_line = on_line
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Its process, which leads the group."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    def tell(self, number: signal.Signals) -> None:
        """Send a signal to the whole group, also where its first process has ended."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def reaped(self, seconds: float) -> None:
        """Wait until its code is known, not for ever: its pipe may be closed a moment before."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)

    def drained(self, seconds: float) -> None:
        """Wait until its last line was handed on, not for ever: a child of it may keep the pipe."""
        self._reader.join(seconds)

    def _read(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None  # noqa: S101 - Popen was asked for it
        with pipe:
            for line in _lines(pipe):
                self._on_line(line)


def run_to_end(program: Program, on_line: Callable[[str], None]) -> int:
    """Run a program to its end and return its exit code; it is ended when we are interrupted."""
    running = Running(program, on_line)
    try:
        while running.code is None:
            time.sleep(LOOK_SECONDS)
        running.drained(1.0)
        return running.code
    finally:
        end_all([running])


def pass_through(program: Program) -> int:
    """Run a program whose output is ours, as a shell would; return its exit code.

    Raises:
        ConfigurationError: When it cannot be started.
    """
    try:
        return subprocess.run(
            _argv(program), cwd=program.folder, env=_environment(program), check=False
        ).returncode
    except OSError as error:
        raise _unstartable(program, error) from error


def become(program: Program) -> NoReturn:
    """Put a program in the place of this process: its signals, output and exit code are ours.

    Raises:
        ConfigurationError: When it cannot be started; this process then goes on.
    """
    try:
        argv = _argv(program)
        os.chdir(program.folder)
        os.execve(argv[0], argv, _environment(program))  # noqa: S606 - that is what it is for
    except OSError as error:
        raise _unstartable(program, error) from error


def output_of(program: Program) -> tuple[int, str, str]:
    """Run a program to its end; return exit code, standard output and standard error.

    Raises:
        ConfigurationError: When it cannot be started.
    """
    try:
        done = subprocess.run(
            _argv(program),
            cwd=program.folder,
            env=_environment(program),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise _unstartable(program, error) from error
    out, err = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
    return done.returncode, out, err


def end_all(running: Iterable[Running], seconds: float = GRACE_SECONDS) -> list[str]:
    """End programs: SIGTERM to all at once, SIGKILL to what is there after `seconds`.

    A second Ctrl-C kills at once.

    Returns:
        The names of those that had to be killed.
    """
    every = list(running)
    try:
        for one in every:
            one.tell(signal.SIGTERM)
        deadline = time.monotonic() + seconds
        while any(map(_lives, every)) and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
        return [one.program.name for one in every if _lives(one)]
    finally:
        for one in every:
            one.tell(signal.SIGKILL)
        for one in every:
            one.reaped(1.0)
            one.drained(1.0)


def _lives(one: Running) -> bool:
    """Return whether anything of the group lives: who was started by it may outlive it."""
    if one.code is None:
        return True
    try:
        os.killpg(one.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _started(program: Program) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [*_leash(), *_argv(program)],
            cwd=program.folder,
            env=_environment(program),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise _unstartable(program, error) from error


def _leash() -> tuple[str, ...]:
    """Return what has the kernel end a program when we are killed, where that is there."""
    found = shutil.which("setpriv")
    return (found, "--pdeathsig", "TERM", "--") if found else ()


def _argv(program: Program) -> tuple[str, ...]:
    """Return the command line with the program's own path.

    Raises:
        FileNotFoundError: When it is not there.
    """
    first, environ = program.argv[0], _environment(program)
    # `uv run` tells by UV which one it is; that one need not be on PATH.
    found = shutil.which(first, path=environ.get("PATH")) or environ.get(first.upper())
    if found is None or not os.access(found, os.X_OK):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    return (found, *program.argv[1:])


def _environment(program: Program) -> dict[str, str]:
    kept = {name: value for name, value in surroundings().items() if name not in OURS}
    return {**kept, "PYTHONUNBUFFERED": "1", **program.env}


def _unstartable(program: Program, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"{program.name} cannot be started: {error.strerror}",
        at=f"{program.argv[0]} in {program.folder}",
        hint="scripts/run brings uv; what else is missing must be installed",
    )


def _lines(pipe: IO[bytes]) -> Iterable[str]:
    for line in pipe:
        yield line.decode("utf-8", "replace").rstrip("\r\n")

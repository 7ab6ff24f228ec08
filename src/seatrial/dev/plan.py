"""Decides what `invoke dev` runs. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from seatrial.catalog import nearest
from seatrial.errors import ConfigurationError
from seatrial.model.development import DevProcess
from seatrial.processes import Program

# A name in braces that is no port of ours may be meant so: JSON, say.
_PORT = re.compile(r"\{([A-Za-z0-9_.-]+)\}")


@dataclass(frozen=True)
class Launch:
    """A process of `invoke dev`, ready to be started.

    Attributes:
        program: What runs.
        prepare: What runs before it, to its end; None where nothing has to.
        port: TCP port that it listens on, or None.
        watch: Folders whose changes start it again.
    """

    program: Program
    prepare: Program | None
    port: int | None
    watch: tuple[Path, ...]

    @property
    def name(self) -> str:
        """What it is called."""
        return self.program.name


def chosen(processes: Mapping[str, DevProcess], only: Sequence[str]) -> dict[str, DevProcess]:
    """Return the processes that are asked for, all where none is named.

    Raises:
        ConfigurationError: When there are none, or one is not known.
    """
    if not processes:
        raise ConfigurationError(
            "nothing says what runs on the host",
            expected="a table [tool.seatrial.dev.NAME] a process, with its command",
        )
    for name in only:
        if name not in processes:
            guess = nearest(name, processes)
            raise ConfigurationError(
                f"unknown process {name!r}",
                expected=", ".join(processes),
                hint=f"did you mean {guess}?" if guess else None,
            )
    return {name: one for name, one in processes.items() if not only or name in only}


def launches_of(
    wanted: Mapping[str, DevProcess],
    every: Mapping[str, DevProcess],
    root: Path,
    values: Mapping[str, str],
) -> list[Launch]:
    """Return what is started.

    Args:
        wanted: The processes that are asked for.
        every: All of them, for their ports.
        root: The project's root.
        values: The stack's variables, as this machine sees them.

    Raises:
        ConfigurationError: When a variable is missing, a port is none, or a command cannot be read.
    """
    ports = {name: _port(name, one, values) for name, one in every.items()}
    return [_launch(name, one, root, values, ports) for name, one in wanted.items()]


def words_of(name: str, command: str) -> tuple[str, ...]:
    """Split a command as a shell would.

    Raises:
        ConfigurationError: When a quote is not closed, or there is nothing in it.
    """
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise ConfigurationError(f"{name}: the command cannot be read: {error}") from error
    if not words:
        raise ConfigurationError(f"{name}: the command is empty")
    return words


def given(name: str, wanted: Sequence[str], values: Mapping[str, str]) -> dict[str, str]:
    """Return the stack's variables that a process asks for, each under the name it wants.

    Raises:
        ConfigurationError: When one is missing or empty.
    """
    names = {own: other or own for own, _, other in (each.partition("=") for each in wanted)}
    for variable in names.values():
        if not values.get(variable, "").strip():
            raise ConfigurationError(
                f"{name} wants {variable}, which is missing or empty",
                hint="invoke postgres-up generates secrets; what a person chooses is in .env",
            )
    return {own: values[variable] for own, variable in names.items()}


def _launch(
    name: str,
    one: DevProcess,
    root: Path,
    values: Mapping[str, str],
    ports: Mapping[str, int | None],
) -> Launch:
    folder = root / one.folder
    if not folder.is_dir():
        raise ConfigurationError(f"{name}: there is no folder {one.folder}")
    known = {other: port for other, port in (*ports.items(), ("port", ports[name])) if port}

    def filled(text: str) -> str:
        return _PORT.sub(lambda m: str(known.get(m[1], m[0])), text)

    def program(label: str, command: str) -> Program:
        argv = tuple(filled(word) for word in words_of(name, command))
        # What is named by a path is meant from the project's root, wherever it runs.
        first = str(root / argv[0]) if "/" in argv[0] else argv[0]
        return Program(label, (first, *argv[1:]), folder, env)

    env = given(name, one.variables, values) | {k: filled(v) for k, v in one.env.items()}
    return Launch(
        program(name, one.command),
        program(f"{name}: {one.prepare}", one.prepare) if one.prepare else None,
        ports[name],
        tuple(folder / path for path in one.watch),
    )


def _port(name: str, one: DevProcess, values: Mapping[str, str]) -> int | None:
    text = values.get(one.port_variable or "", "").strip()
    if not text:
        return one.port
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise ConfigurationError(f"{one.port_variable} is no port for {name}", found=text)
    return int(text)

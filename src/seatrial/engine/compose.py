"""Docker Compose: reads a project's configuration, brings it up and down, tells what runs."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatrial.engine.client import Engine
from seatrial.errors import ComposeFailedError, ConfigurationError, NoEngineError
from seatrial.model.stack import StackEvent

if TYPE_CHECKING:
    from python_on_whales import DockerClient

# Compose ends its waiting by itself; this is for a client that hangs.
SPARE_SECONDS = 60
STOP_SECONDS = 3.0
# What a container was made of, as Compose notes it there and compares it later.
HASH_LABEL = "com.docker.compose.config-hash"


@dataclass(frozen=True)
class ComposeProject:
    """A Compose project as its commands need it.

    Attributes:
        name: Of the project; it outranks the file's own.
        file: The Compose file.
        env_file: Its variables, or None where there is no such file.
    """

    name: str
    file: Path
    env_file: Path | None = None

    def client(self, engine: Engine, profiles: Sequence[str] = ()) -> DockerClient:
        """Return a client for this project with `profiles` enabled."""
        return engine.whales_for(
            compose_files=[self.file],
            compose_profiles=list(profiles),
            compose_env_files=[self.env_file] if self.env_file else [],
            compose_project_name=self.name,
        )


@dataclass(frozen=True)
class UpResult:
    """How `up` ended.

    Attributes:
        ok: Whether Compose found all services well.
        complaints: Errors that it printed.
    """

    ok: bool
    complaints: tuple[str, ...] = ()


def read_config(
    engine: Engine, project: ComposeProject, *, interpolate: bool = True
) -> dict[str, Any]:
    """Return the Compose file as Compose understands it, all profiles enabled.

    Args:
        engine: Whose client reads it; the engine itself is not asked.
        project: What to read.
        interpolate: Whether variables are filled in, and required ones must be there.

    Raises:
        ConfigurationError: When it is missing or malformed, or lacks a required variable.
        NoEngineError: When the client has no Compose.
    """
    argv = [str(word) for word in project.client(engine, ["*"]).client_config.docker_compose_cmd]
    # Not python-on-whales' config(): it has no --no-interpolate.
    options = ["config", "--format", "json", *([] if interpolate else ["--no-interpolate"])]
    done = _run([*argv, *options])
    if done.returncode != 0 and _lacks_compose(done.stderr):
        raise NoEngineError(
            "the docker client has no Compose",
            found=done.stderr.strip().splitlines()[0],
            hint="install the plugin docker-compose (docker-compose-plugin)",
        )
    if done.returncode != 0:
        raise ConfigurationError(
            f"Compose cannot read {project.file}", found=done.stderr.strip() or None
        )
    config: dict[str, Any] = json.loads(done.stdout)
    return config


def config_hashes(
    engine: Engine, project: ComposeProject, environ: Mapping[str, str]
) -> dict[str, str]:
    """Return the hash of each service's configuration, as Compose labels its containers.

    Args:
        engine: Whose client reads the file.
        project: Whose file.
        environ: Variables of the shell, besides those that are there.

    Returns:
        Nothing where Compose does not tell.
    """
    argv = [str(word) for word in project.client(engine, ["*"]).client_config.docker_compose_cmd]
    done = _run([*argv, "config", "--hash", "*"], environ=environ)
    pairs = [line.split() for line in done.stdout.splitlines()] if done.returncode == 0 else []
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def up(
    engine: Engine,
    project: ComposeProject,
    *,
    profiles: Sequence[str],
    services: Sequence[str],
    seconds: int,
    on_event: Callable[[StackEvent], None],
    environ: Mapping[str, str] | None = None,
) -> UpResult:
    """Start services and wait until they are well; `environ` adds variables to the shell's.

    Raises:
        KeyboardInterrupt: After Compose itself was stopped; what it made is still there.
    """
    argv = [str(word) for word in project.client(engine, profiles).client_config.docker_compose_cmd]
    argv += ["--progress", "json", "up", "--detach", "--wait", "--wait-timeout", str(seconds)]
    complaints: list[str] = []
    argv += ["--", *services]
    with _streaming(argv, seconds + SPARE_SECONDS, environ or {}) as (process, lines):
        for line in lines:
            event = _event(line, project.name)
            if isinstance(event, StackEvent):
                on_event(event)
            elif event:
                complaints.append(event)
    return UpResult(process.returncode == 0, tuple(dict.fromkeys(complaints)))


def down(engine: Engine, name: str, folder: Path, seconds: int | None = None) -> None:
    """Stop and remove every container and network of a project, orphans included.

    Compose finds them by their labels: a file that has changed or lacks a variable is no
    obstacle.

    Args:
        engine: Where they are.
        name: The project.
        folder: A folder without a Compose file.
        seconds: Grace for each container; its own where None.

    Raises:
        ComposeFailedError: When something could not be removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    client = engine.whales_for(compose_project_name=name, compose_project_directory=folder)
    argv = [str(word) for word in client.client_config.docker_compose_cmd]
    grace = [] if seconds is None else ["--timeout", str(seconds)]
    # A session of its own: a second Ctrl-C must not stop the cleaning.
    done = _run([*argv, "down", "--remove-orphans", *grace], detached=True)
    if done.returncode != 0:
        raise ComposeFailedError(
            f"Compose could not take {name} down",
            detail=tuple(done.stderr.strip().splitlines()[-20:]),
        )


def logs_command(engine: Engine, name: str, folder: Path, options: Sequence[str]) -> list[str]:
    """Return the command that prints the logs of a project."""
    folder.mkdir(parents=True, exist_ok=True)
    client = engine.whales_for(compose_project_name=name, compose_project_directory=folder)
    return [str(word) for word in client.client_config.docker_compose_cmd] + ["logs", *options]


def print_logs(argv: Sequence[str]) -> int:
    """Run a command whose output is the caller's; return its exit code."""
    return subprocess.run(argv, stdin=subprocess.DEVNULL, check=False).returncode


def _lacks_compose(complaint: str) -> bool:
    # A client without the plugin takes Compose's options for its own.
    return "is not a docker command" in complaint or "unknown flag: --file" in complaint


def _run(
    argv: Sequence[str], *, detached: bool = False, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        start_new_session=detached,
        env={**os.environ, **(environ or {})},
        check=False,
    )


@contextlib.contextmanager
def _streaming(
    argv: Sequence[str], seconds: float, environ: Mapping[str, str]
) -> Iterator[tuple[subprocess.Popen[str], Iterator[str]]]:
    """Run a command in a process group of its own and give its lines of standard error.

    Ctrl-C reaches this process only; it ends the group, client and plugin, and then goes on.
    """
    with subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
        env={**os.environ, **environ},
    ) as process:
        assert process.stderr is not None  # noqa: S101 - it is a pipe
        alarm = threading.Timer(seconds, _end_group, [process])
        alarm.start()
        try:
            yield process, iter(process.stderr)
            process.wait()
        except BaseException:
            _end_group(process)
            raise
        finally:
            alarm.cancel()


def _end_group(process: subprocess.Popen[str]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
            return


def _event(line: str, project: str) -> StackEvent | str | None:
    """Read a line of Compose's JSON progress: an event, or a complaint."""
    try:
        entry = json.loads(line)
    except json.JSONDecodeError:
        return line.strip() or None
    if not isinstance(entry, dict):
        return line.strip()
    if entry.get("error"):
        return str(entry.get("message", line)).strip()
    subject, _, name = str(entry.get("id", "")).partition(" ")
    if match := re.fullmatch(re.escape(project) + r"-(.+)-\d+", name):
        name = match[1]
    return StackEvent(subject=subject, name=name, status=str(entry.get("status", "")))

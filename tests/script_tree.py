"""A copy of scripts/ in a project of its own, on a PATH that holds only what a test puts there."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
SCRIPTS = REPOSITORY / "scripts"
BASES = "uv run invoke bases --if-needed"
# What the scripts may take for granted on any machine.
PLAIN_TOOLS = """
awk bash cat chmod cut dirname env find grep head ln ls mkdir mktemp mv rm sed setsid sleep sort
tail timeout touch tr uname
"""

UV = """#!/bin/bash
echo "uv $* | DOCKER_HOST=${DOCKER_HOST-} VIRTUAL_ENV=${VIRTUAL_ENV-} stdin=$(cat)" >>"$CALLS"
case $* in
--version) echo "uv 0.0.0" ;;
"python find"*) [[ ! -e $STATE/no-python ]] ;;
"sync --quiet") mkdir -p .venv && [[ ! -e $STATE/sync-fails ]] || exit 1 ;;
"run invoke bases --if-needed")
    [[ ! -e $STATE/slow-bases ]] || exec sleep 60
    [[ ! -e $STATE/bases-fail ]] || exit 4 ;;
run*) echo "ran ${*:2}"; exit "$(cat "$STATE/exit" 2>/dev/null || echo 0)" ;;
esac
"""
DOCKER = """#!/bin/bash
echo "docker $* | client=$0 DOCKER_HOST=${DOCKER_HOST-}" >>"$CALLS"
case $1 in
version)
    answering=default
    [[ -z ${DOCKER_HOST-} ]] || answering=private
    [[ -e $STATE/$answering ]] ;;
image) for image in "${@:3}"; do grep -Fxq "$image" "$STATE/images" || exit 1; done ;;
esac
"""
ENGINE = """#!/bin/bash
echo "engine $*" >>"$CALLS"
echo "engine: started" >&2
touch "$STATE/private"
exit "$(cat "$STATE/engine-exit" 2>/dev/null || echo 0)"
"""
LOGGED = """#!/bin/bash
echo "${0##*/} $*" >>"$CALLS"
"""


@dataclass(frozen=True)
class ScriptTree:
    """A throw-away project with the real scripts/run, and fakes of all it calls.

    Attributes:
        root: The project.
        state: Flags of the fakes: `default` and `private` (an engine answers), `images` (a tag a
            line), `exit` (CMD's exit code), `no-python`, `sync-fails`, `slow-bases`,
            `bases-fail`.
    """

    root: Path
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def bin(self) -> Path:
        return self.root / "bin"

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def engine_run(self) -> Path:
        return self.root / "r"

    @property
    def stamp(self) -> Path:
        return self.root / ".seatrial" / "bases.stamp"

    @property
    def calls(self) -> list[str]:
        """What the fakes were called with, in order."""
        path = self.state / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def called(self, start: str) -> list[str]:
        return [call for call in self.calls if call.startswith(start)]

    def fake(self, name: str, text: str = LOGGED) -> None:
        write_program(self.bin / name, text)

    def flag(self, name: str, text: str = "") -> None:
        (self.state / name).write_text(text)

    def have_private_engine(self) -> None:
        """A socket that is there, a client beside it, and a fake engine that answers."""
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.engine_run / "docker.sock"))
        write_program(self.engine_run / "bin" / "docker", DOCKER)
        self.flag("private")

    def as_root_on_debian(self) -> None:
        self.fake("id", "#!/bin/bash\necho 0\n")
        self.fake("apt-get")
        with (self.root / "scripts" / "debian.sh").open("a") as file:
            file.write("\nis_debian() { true; }\n")

    def write_stamp(self, *lines: str) -> None:
        self.stamp.parent.mkdir(exist_ok=True)
        self.stamp.write_text("\n".join(lines) + "\n")
        self.flag("images", "\n".join(lines[1:]) + "\n")

    def environment(self) -> dict[str, str]:
        return {
            "PATH": str(self.bin),
            "HOME": str(self.root / "home"),
            "SEATRIAL_ENGINE_RUN": str(self.engine_run),
            "CALLS": str(self.state / "calls"),
            "STATE": str(self.state),
            **self.environ,
        }

    def run(self, *words: str, stdin: str = "", cwd: Path | None = None) -> Ended:
        ended = subprocess.run(
            [str(self.root / "scripts" / "run"), *words],
            input=stdin,
            capture_output=True,
            text=True,
            env=self.environment(),
            cwd=cwd or self.root,
            timeout=60,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def interrupt(self, *words: str, when: str) -> Ended:
        """Run scripts/run and send it SIGINT once a fake was called with `when`."""
        with subprocess.Popen(
            [str(self.root / "scripts" / "run"), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment(),
            cwd=self.root,
        ) as process:
            wait_for(lambda: bool(self.called(when)), f"no call of {when}")
            process.send_signal(signal.SIGINT)
            stdout, stderr = process.communicate(timeout=10)
        return Ended(process.returncode, stdout, stderr)


@dataclass(frozen=True)
class Ended:
    """How a script ended."""

    exit_code: int
    stdout: str
    stderr: str


def make_script_tree(root: Path) -> ScriptTree:
    """Build the tree: an engine nowhere, uv and git there, not root, not Debian."""
    tree = ScriptTree(root)
    for folder in (
        ".venv",
        "bin",
        "state",
        "scripts/bases/toy",
        "infra/docker/toy",
        "home",
        "r/bin",
    ):
        (root / folder).mkdir(parents=True)
    for name in PLAIN_TOOLS.split():
        if found := shutil.which(name):
            (tree.bin / name).symlink_to(found)
    for name in ("run", "debian.sh"):
        shutil.copy(SCRIPTS / name, root / "scripts" / name)
    write_program(root / "scripts" / "engine", ENGINE)
    write_program(root / "scripts" / "bases" / "toy" / "make", LOGGED)
    (root / "infra/docker/toy/Dockerfile").write_text("FROM scratch\n")
    (root / "pyproject.toml").write_text("")
    (root / "uv.lock").write_text("")
    (root / ".venv" / ".compiled").write_text("")
    tree.fake("id", "#!/bin/bash\necho 1000\n")
    tree.fake("uv", UV)
    tree.fake("docker", DOCKER)
    tree.fake("git")
    for path in root.rglob("*"):
        os.utime(path, (1, 1), follow_symlinks=False)
    return tree


def write_program(path: Path, text: str) -> None:
    """Write an executable file, in place of a link to the real program too."""
    path.unlink(missing_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def wait_for(condition: Callable[[], bool], failure: str, seconds: float = 10) -> None:
    """Wait until `condition()` holds.

    Raises:
        AssertionError: With `failure`, when it does not in time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, failure
        time.sleep(0.02)

"""A second private engine, in folders and a network namespace of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from script_tree import SCRIPTS


class Yard:
    """Where the second engine lives: a short path, as a socket's must be."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environ = {
            **os.environ,
            "SEATRIAL_ENGINE_HOME": str(root / "h"),
            "SEATRIAL_ENGINE_RUN": str(root / "r"),
        }
        self.socket = root / "r" / "docker.sock"
        self.pid_file = root / "r" / "dockerd.pid"

    def engine(self, verb: str) -> subprocess.CompletedProcess[str]:
        # Two daemons would fight over the bridge docker0: this one gets a network of its own.
        return subprocess.run(
            ["unshare", "--net", str(SCRIPTS / "engine"), verb],
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )

    def docker(self, *words: str) -> str:
        client = str(self.root / "r" / "bin" / "docker")
        return subprocess.run(
            [client, "-H", f"unix://{self.root}/r/docker.sock", *words],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout.strip()

    def processes(self) -> list[str]:
        """The command lines that name a path of this engine."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = path.read_bytes().decode(errors="replace").replace("\0", " ")
            except OSError:
                continue
            if str(self.root) in line:
                found.append(line)
        return found

    def mounts(self) -> list[str]:
        text = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
        return [line for line in text.splitlines() if str(self.root) in line]

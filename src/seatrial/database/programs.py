"""Runs the programs of the embedded Postgres as the account that owns its data."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from seatrial.database.binaries import Binaries
from seatrial.database.place import Account
from seatrial.errors import DatabaseUnreachableError

SECONDS = 60


@dataclass(frozen=True)
class Programs:
    """The programs of a Postgres and who runs them.

    Attributes:
        binaries: Where they are.
        account: As whom they run.
    """

    binaries: Binaries
    account: Account

    @property
    def switches(self) -> bool:
        """Whether the programs run as another user than this process."""
        return not self.account.current

    def run(
        self, name: str, options: Sequence[str], *, entry: str = "", must: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end.

        Args:
            name: Of the program.
            options: Its arguments.
            entry: Its standard input.
            must: Whether it must end well.

        Raises:
            DatabaseUnreachableError: When it must end well and does not, or takes over a minute.
        """
        user, group = (self.account.uid, self.account.gid) if self.switches else (None, None)
        try:
            done = subprocess.run(
                [self.binaries.program(name), *options],
                input=entry,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=SECONDS,
                check=False,
                cwd="/",
                env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
                user=user,
                group=group,
                extra_groups=[] if self.switches else None,
            )
        except subprocess.TimeoutExpired as error:
            raise DatabaseUnreachableError(f"{name} did not end within {SECONDS} s") from error
        if must and done.returncode != 0:
            raise DatabaseUnreachableError(
                f"{name} ended with {done.returncode}",
                detail=tuple((done.stdout + done.stderr).strip().splitlines()[-20:]),
            )
        return done

"""Reads what Alembic tells of migrations, and names the next one."""

from __future__ import annotations

import re
from dataclasses import dataclass

# As `alembic history --indicate-current` prints: `0001 -> 0002 (head) (current), text`.
_LINE = re.compile(
    r"^(?P<before>[^\n]+?) -> (?P<revision>[^\s(),]+)(?P<marks>(?: \([^)]*\))*), (?P<text>.*)$"
)


@dataclass(frozen=True)
class Migration:
    """A migration.

    Attributes:
        revision: Its name.
        text: What it says of itself.
        is_head: Whether none follows it.
        is_current: Whether the database is as it left it.
    """

    revision: str
    text: str
    is_head: bool
    is_current: bool


@dataclass(frozen=True)
class History:
    """All migrations, the newest first."""

    migrations: tuple[Migration, ...]

    @property
    def heads(self) -> tuple[str, ...]:
        """Those that none follows; more than one has to be merged."""
        return tuple(one.revision for one in self.migrations if one.is_head)

    @property
    def current(self) -> str | None:
        """The one that the database has; None where it has none of these."""
        return next((one.revision for one in self.migrations if one.is_current), None)

    @property
    def pending(self) -> tuple[Migration, ...]:
        """Those that the database does not have yet, in the order in which they are applied."""
        names = [one.revision for one in self.migrations]
        count = names.index(self.current) if self.current in names else len(names)
        return tuple(reversed(self.migrations[:count]))

    @property
    def next_number(self) -> str | None:
        """The next one's name where all are numbered, as 0004 after 0003; else None."""
        names = [one.revision for one in self.migrations]
        if not all(name.isdigit() for name in names):
            return None
        width = max(map(len, names), default=4)
        return str(max(map(int, names), default=0) + 1).zfill(width)


def read_history(text: str) -> History:
    """Read what `alembic history --indicate-current` printed."""
    found = (_LINE.match(line.strip()) for line in text.splitlines())
    return History(
        tuple(
            Migration(
                revision=match["revision"],
                text=match["text"].strip(),
                is_head="head)" in match["marks"],
                is_current="(current)" in match["marks"],
            )
            for match in found
            if match
        )
    )

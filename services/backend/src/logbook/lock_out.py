"""Who fails to sign in too often is locked out for a while, by all replicas at once.

The failures are kept in the database. A try holds the rows of its subjects while its password is
looked at: tries from one address, or with one name, wait for each other, and however many come at
once, no more than the limit are ever judged.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from logbook.database.clock import In
from logbook.database.insertion import insert_into
from logbook.database.models import SignInTries
from logbook.settings import Settings

NAME_FACTOR = 10
"""How many addresses' failures together lock a name."""
_SWEPT_AT_ONCE = 100
"""Forgotten subjects that one failure clears away: more than it can add."""


@dataclass(frozen=True, slots=True)
class Rule:
    """So many failures within so long a time lock a subject out for so long; in seconds."""

    max_failures: int
    window: int
    cooldown: int


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules for those who try from one address, and for one name from all addresses together.

    A name that is locked is so for everybody, its owner far away too: that takes `NAME_FACTOR`
    times the failures, which one address alone cannot bring about.
    """

    address: Rule
    name: Rule


def rules_of(settings: Settings) -> Rules:
    """Return the rules that the settings give."""
    most = settings.login_max_failures
    times = (settings.login_window_seconds, settings.login_cooldown_seconds)
    return Rules(address=Rule(most, *times), name=Rule(most * NAME_FACTOR, *times))


@dataclass(frozen=True, slots=True)
class Tries:
    """What is remembered of a subject; times are seconds since 1970."""

    failed_at: tuple[float, ...] = ()
    locked_until: float = 0.0

    def after_failure(self, now: float, rule: Rule) -> "Tries":
        """Return what is to be remembered after one more failure."""
        recent = (*(at for at in self.failed_at if at > now - rule.window), now)
        if len(recent) < rule.max_failures:
            return Tries(recent)
        return Tries(locked_until=now + rule.cooldown)

    def forget_at(self, rule: Rule) -> float:
        """Return when nothing of this matters any more."""
        return max(self.locked_until, *(at + rule.window for at in self.failed_at), 0.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a try: `wait` is how many seconds it is too early, else it was judged."""

    is_right: bool = False
    wait: int = 0
    locks: tuple[str, ...] = ()
    """The subjects that this failure locked out."""


async def attempt(
    session: AsyncSession, rules: Sequence[tuple[str, Rule]], is_right: Callable[[], bool]
) -> Outcome:
    """Ask `is_right` unless a subject is locked out, and remember a failure, in one transaction.

    `rules` are the subjects with their rules. Whoever tries gives them in the same order of kinds,
    so that two tries cannot wait for each other.
    """
    async with session.begin() as transaction:
        tries, now = await _hold(session, [subject for subject, _ in rules])
        locked_until = max(known.locked_until for known in tries.values())
        if locked_until > now:
            await transaction.rollback()  # whoever is locked out leaves no rows behind
            return Outcome(wait=math.ceil(locked_until - now))
        if is_right():
            done = SignInTries.subject.in_(tries)
            await session.execute(delete(SignInTries).where(done))
            return Outcome(is_right=True)
        failed = {subject: tries[subject].after_failure(now, rule) for subject, rule in rules}
        for subject, rule in rules:
            await _remember(session, subject, failed[subject], rule)
        await _sweep(session, now)
        locks = tuple(subject for subject, known in failed.items() if known.locked_until)
        return Outcome(locks=locks)


async def _hold(session: AsyncSession, subjects: Sequence[str]) -> tuple[dict[str, Tries], float]:
    """Return what is known of `subjects` and the time, and hold them until the transaction ends."""
    row = SignInTries
    empty = {"failed_at": [], "locked_until": 0.0, "forget_at": 0.0}
    statement = insert_into(session, row).values(
        [{"subject": subject, **empty} for subject in subjects]
    )
    statement = statement.on_conflict_do_update(  # changes nothing, but locks what is there
        index_elements=[row.subject], set_={"subject": statement.excluded.subject}
    )
    columns = (row.subject, row.failed_at, row.locked_until, In().label("now"))
    rows = (await session.execute(statement.returning(*columns))).all()
    tries = {found.subject: Tries(tuple(found.failed_at), found.locked_until) for found in rows}
    return tries, rows[0].now.timestamp()


async def _remember(session: AsyncSession, subject: str, tries: Tries, rule: Rule) -> None:
    await session.execute(
        update(SignInTries)
        .where(SignInTries.subject == subject)
        .values(
            failed_at=list(tries.failed_at),
            locked_until=tries.locked_until,
            forget_at=tries.forget_at(rule),
        )
    )


async def _sweep(session: AsyncSession, now: float) -> None:
    """Clear away what is forgotten; rows that others hold are left for later."""
    row = SignInTries
    old = (
        select(row.subject)
        .where(row.forget_at < now)
        .limit(_SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(row).where(row.subject.in_(old)))

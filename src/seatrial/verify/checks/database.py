"""Family database: what it does while its database is away."""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model.answers import is_as_promised, show_answer
from seatrial.model.contract import Contract
from seatrial.model.observation import DatabaseFacts, Observation, RunningFacts
from seatrial.model.report import Finding
from seatrial.model.units import show_duration
from seatrial.verify.checks.health import how_it_came_up, last_words
from seatrial.verify.checks.registry import UnseenError, check, need


@check("database", lambda contract: contract.database)
def lives_without_database(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """It starts and becomes healthy while its database is away.

    How: its database's address is one where nobody answers when it is started. Where it does not
    become healthy so, it is started once more with a real database there, to see that it is that.
    Why: after a failure of the whole place everything starts at once, the database last of all.
    Mend: connect when the database is needed, and try again; let health not depend on it.
    """
    running, facts = _seen(observation)
    if facts.only_with is False:
        reason = "it does not become healthy with its database either"
        raise UnseenError(reason)
    if facts.only_with:
        yield Finding(
            expected="healthy without its database",
            found=f"{how_it_came_up(running.start)}; with the database it becomes healthy",
            hint="connect when the database is needed, and try again until it is there",
            evidence=last_words(running.start.logs),
        )


@check("database", lambda contract: contract.database)
def tells_database_is_away(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Its ready path does not answer 200 while its database is away, before and after it was there.

    How: the ready path is asked while nobody answers at the database's address, and after the
    connections to a real one were cut, until it says so.
    Why: what says that it is ready gets requests that it can only fail.
    Mend: let the ready path ask the database, with a short timeout.
    """
    assert contract.database is not None  # noqa: S101 - asked for by it
    _, facts = _up(observation)
    away, path = facts.away, _ready(contract)
    if away is None or away.status is None or away.status == 200:
        yield Finding(
            expected=f"{path} does not answer 200 before the database is there",
            found=show_answer(away),
            hint="let it ask the database, and answer 503 where that fails",
        )
    if facts.ready_after is not None and facts.told_after is None and facts.exit_code is None:
        within = show_duration(contract.database.within)
        yield Finding(
            expected=f"{path} does not answer 200 any more within {within} of the database's loss",
            found=show_answer(facts.answer),
            hint="let it ask the database each time, with a short timeout",
        )


@check("database", lambda contract: contract.database)
def becomes_ready_with_database(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """When its database comes, it becomes ready by itself, and has connected to it.

    How: an empty database is made at its address, and the ready path is asked until it answers
    200; connections to the database are counted.
    Why: nobody should have to start it again because it was the first.
    Mend: try again, with pauses that grow no longer than a few seconds.
    """
    assert contract.database is not None  # noqa: S101 - asked for by it
    running, facts = _up(observation)
    if facts.ready_after is None:
        yield _not_ready(contract, facts, running, "of the database's coming")
    elif not facts.connections:
        yield Finding(
            expected=f"a connection to the database before {_ready(contract)} answers 200",
            found="there was none",
            hint=f"let it use {contract.database.variable}, or do not promise a database",
        )


@check("database", lambda contract: contract.database)
def survives_loss_of_database(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """When its database goes, it lives on and its health path still answers.

    How: the connections to its database are cut and new ones refused, and the health path is
    asked.
    Why: whoever is started again for that is away longer than the database was.
    Mend: let no lost connection end the process, and health not depend on the database.
    """
    _, facts = _up(observation)
    if facts.ready_after is None:
        raise UnseenError(NEVER_READY)
    if facts.exit_code is not None:
        yield Finding(
            expected="it lives on without its database",
            found=f"it ended with code {facts.exit_code}",
            hint="let no lost connection end the process",
        )
        return
    health, promised = facts.health, contract.health
    if promised is None or promised.path is None or health is None:
        return
    if not is_as_promised(health, (promised.status,), promised.expect):
        yield Finding(
            expected=f"{promised.path} → {promised.status} while the database is away",
            found=show_answer(health),
            hint="let health say that the process is well, and ready that it can work",
        )


@check("database", lambda contract: contract.database)
def recovers_its_database(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """When its database comes back, it is ready again by itself.

    How: connections are taken at the database's address again, and the ready path is asked until
    it answers 200.
    Why: a pool that hands out dead connections fails long after the database is back.
    Mend: test a connection before it is used, or throw the pool away when one is lost.
    """
    running, facts = _up(observation)
    if facts.ready_after is None:
        raise UnseenError(NEVER_READY)
    if facts.told_after is None:
        reason = "it never said that its database was away, which is another check's finding"
        raise UnseenError(reason)
    if facts.again_after is None:
        yield _not_ready(contract, facts, running, "of the database's coming back")


NEVER_READY = "it never became ready with its database, which is another check's finding"


def _seen(observation: Observation) -> tuple[RunningFacts, DatabaseFacts]:
    running = need(observation.running, observation, "running")
    if running.database is None:
        raise UnseenError(running.unseen.get("database", "its database did not come and go"))
    return running, running.database


def _up(observation: Observation) -> tuple[RunningFacts, DatabaseFacts]:
    running, facts = _seen(observation)
    if facts.only_with is not None:
        reason = "it never became healthy while its database was away"
        raise UnseenError(reason)
    return running, facts


def _ready(contract: Contract) -> str:
    return (contract.health.ready_path if contract.health else None) or "the ready path"


def _not_ready(
    contract: Contract, facts: DatabaseFacts, running: RunningFacts, since: str
) -> Finding:
    within = show_duration(contract.database.within if contract.database else 0.0)
    ended = f"it ended with code {facts.exit_code}" if facts.exit_code is not None else None
    return Finding(
        expected=f"{_ready(contract)} → 200 within {within} {since}",
        found=ended or show_answer(facts.answer),
        hint="try again by itself, with pauses of a few seconds at most",
        evidence=last_words(running.logs),
    )

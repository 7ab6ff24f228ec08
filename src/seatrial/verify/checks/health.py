"""Family health: it starts, it becomes healthy, and it answers."""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model.answers import has_members, is_as_promised, show_answer
from seatrial.model.contract import Contract
from seatrial.model.observation import LogFacts, Observation, Start
from seatrial.model.report import Finding
from seatrial.model.units import show_duration
from seatrial.verify.checks.registry import UnseenError, check, need, need_running

# What the engine does where an image says nothing.
DEFAULTS = {"interval": 30.0, "timeout": 30.0, "start_period": 0.0, "retries": 3}


@check("health", lambda contract: contract.health)
def becomes_healthy(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """The image comes up, in time, by its health path.

    How: it is started with the contract's environment and asked until the health path answers
    as promised, or until the time is over; one without a health path is healthy when its port
    takes connections, and one without a port when it goes on living.
    Why: everything else rests on it: what does not start proves nothing.
    Mend: read the logs in the finding.
    """
    start = need(observation.running, observation, "running").start
    assert contract.health is not None  # noqa: S101 - asked for by it
    if start.healthy_after is None or start.healthy_after > contract.health.within:
        yield Finding(
            expected=f"healthy within {show_duration(contract.health.within)}",
            found=how_it_came_up(start),
            hint="read its last words; run it with the contract's environment by hand",
            evidence=last_words(start.logs),
        )


@check("health", lambda contract: contract.health and contract.health.timing)
def healthcheck_as_promised(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """The image's HEALTHCHECK has the promised interval, timeout, start period and retries.

    How: the image's configuration is compared with the contract, the engine's defaults filled
    in.
    Why: Compose, Swarm and the engine act on these numbers.
    Mend: the HEALTHCHECK instruction, or the contract.
    """
    assert contract.health is not None  # noqa: S101 - asked for by it
    promised, actual = contract.health.timing, observation.image.healthcheck
    if actual is None:
        yield Finding(
            expected="a HEALTHCHECK",
            found="the image has none",
            hint="add HEALTHCHECK to the Dockerfile",
        )
        return
    for name, value in promised.items():
        is_now = getattr(actual, name)
        is_now = DEFAULTS[name] if is_now is None else is_now
        if is_now != value:
            yield Finding(
                expected=f"{name} = {value:g}",
                found=f"{name} = {is_now:g}",
                hint="make HEALTHCHECK and contract agree",
            )


@check("health", lambda contract: contract.health and contract.health.timing)
def healthcheck_succeeds(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """The HEALTHCHECK's command succeeds where the server is healthy.

    How: the command is run in the healthy container, as the engine runs it, in its timeout, and
    once more until the time for the start is over.
    Why: one that cannot succeed makes the engine restart what is well.
    Mend: run it by hand in the container: a missing program, a wrong port or a wrong path.
    """
    if observation.image.healthcheck is None:
        reason = "the image has no HEALTHCHECK, which is another check's finding"
        raise UnseenError(reason)
    code = need_running(observation).start.health_code
    if code != 0:
        yield Finding(
            expected="exit code 0 while the server is healthy",
            found="it did not end in its timeout" if code is None else f"exit code {code}",
            hint="run the command by hand: docker exec",
            evidence=(" ".join(observation.image.healthcheck.command)[:300],),
        )


@check("health", lambda contract: contract.health and contract.health.timing)
def healthcheck_can_fail(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """The HEALTHCHECK's command fails where no server runs.

    How: the command is run in a container where nothing of the image runs; it must not end
    with 0.
    Why: one that always succeeds hides every failure.
    Mend: no `|| exit 0`; ask the server over HTTP and fail on any error.
    """
    if observation.image.healthcheck is None:
        reason = "the image has no HEALTHCHECK, which is another check's finding"
        raise UnseenError(reason)
    facts = need(observation.idle_health, observation, "no-server")
    if facts.exit_code == 0:
        yield Finding(
            expected="the HEALTHCHECK's command fails where no server runs",
            found="it ends with code 0",
            hint="let it ask the server, and end with another code when that fails",
            evidence=(" ".join(observation.image.healthcheck.command)[:300],),
        )


@check("health", lambda contract: contract.request)
def answers_as_promised(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """The application's own routes answer, not only its health path.

    How: each promised request is sent to the healthy container, through a published port.
    Why: a health path may answer while nothing else does.
    Mend: read the answer in the finding; the logs may say why.
    """
    running = need_running(observation)
    for promised, answer in zip(contract.request, running.answers, strict=False):
        if not is_as_promised(answer, promised.status, promised.expect):
            wrong_body = answer.status in promised.status and not has_members(
                answer.json_body, promised.expect
            )
            status = " or ".join(map(str, promised.status))
            wanted = f"{status} with {promised.expect}" if wrong_body else status
            yield Finding(
                expected=f"{promised.method} {promised.path} → {wanted}",
                found=show_answer(answer),
                hint="ask it by hand; the logs may say why",
                evidence=last_words(running.logs),
            )


def how_it_came_up(start: Start) -> str:
    """Return in a few words how a container came up, or did not."""
    if start.failure is not None:
        return f"the engine could not start it: {start.failure}"
    killed = ", out of memory" if start.out_of_memory else ""
    if start.exit_code is not None:
        when = "under requests, " if start.healthy_after is not None else ""
        return f"{when}it ended with code {start.exit_code}{killed}"
    if killed:
        return "one of its processes was killed, out of memory"
    if start.healthy_after is not None:
        return f"healthy after {show_duration(start.healthy_after)}"
    return f"it never became healthy: {show_answer(start.answer)}"


def last_words(logs: LogFacts, lines: int = 6) -> tuple[str, ...]:
    """Return the last lines that a container said, with their stream."""
    said = [
        *(f"stdout: {line}" for line in logs.stdout.splitlines()[-lines:]),
        *(f"stderr: {line}" for line in logs.stderr.splitlines()[-lines:]),
    ]
    return tuple(line[:300] for line in said if line.strip())

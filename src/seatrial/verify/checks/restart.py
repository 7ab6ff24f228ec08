"""Family restart: the same container starts again."""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model.contract import Contract
from seatrial.model.observation import Observation, Start
from seatrial.model.report import Finding
from seatrial.verify.checks.health import how_it_came_up, last_words
from seatrial.verify.checks.registry import UnseenError, check, need, need_running


@check("restart", lambda contract: contract.process.restarts)
def restarts_after_stop(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """A container that was stopped becomes healthy again when it is started once more.

    How: the container that was looked at is stopped and started.
    Why: `restart: unless-stopped`, and every reboot of a machine, starts what is there already.
    Mend: let the entrypoint do again what it did before: `mkdir -p`, `ln -sf`, no appended lines.
    """
    need_running(observation)
    lives = need(observation.restart, observation, "running")
    start = need(lives.after_stop, observation, "running")
    yield from _down(start, "after a stop")


@check("restart", lambda contract: contract.process.restarts)
def restarts_after_kill(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """A container whose process 1 was killed becomes healthy again when it is started once more.

    How: SIGKILL is sent to the container that was stopped and started, and it is started again.
    Why: a crash, and the kernel for want of memory, leave no time to tidy up; what is left, such as
    a file with a process id or a lock, must not be in the way.
    Mend: keep no such files, or look whether their process still runs.
    """
    need_running(observation)
    lives = need(observation.restart, observation, "running")
    if lives.after_kill is None:
        reason = "it did not even start after a stop, which is another check's finding"
        raise UnseenError(reason)
    yield from _down(lives.after_kill, "after SIGKILL")


def _down(start: Start, when: str) -> Iterator[Finding]:
    if start.healthy_after is None:
        yield Finding(
            expected=f"healthy again {when}, in the same container",
            found=how_it_came_up(start),
            hint="see what the first life left in the container: docker diff",
            evidence=last_words(start.logs),
        )

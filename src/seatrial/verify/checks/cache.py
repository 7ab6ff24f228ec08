"""Family cache: what an edit rebuilds, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model.contract import Contract
from seatrial.model.holding_facts import RebuildFacts
from seatrial.model.observation import Observation
from seatrial.model.report import Finding
from seatrial.verify.checks.rebuilding import dependency_step, rebuild
from seatrial.verify.checks.registry import UnseenError, check


@check("cache", lambda contract: contract.cache and contract.cache.source)
def source_edit_keeps_dependencies(
    contract: Contract, observation: Observation
) -> Iterator[Finding]:
    """An edit of the source does not install the dependencies again.

    How: a source file is edited in a copy of the context and the image built again. Positive
    control: the edit makes a later step run, else it proves nothing.
    Why: installing takes most of a build's time, and the source changes most often.
    Mend: copy the lock, install, and only then copy the source.
    """
    facts = rebuild(observation, "source")
    step = dependency_step(contract, facts)
    if step.cached and not facts.ran:
        reason = f"the edit of {facts.edited} reached no step; is cache.source right?"
        raise UnseenError(reason)
    yield from _ran(facts, contract, "copy the source after the dependencies are installed")


@check("cache", lambda contract: contract.cache and contract.cache.lock)
def lock_edit_rebuilds_dependencies(
    contract: Contract, observation: Observation
) -> Iterator[Finding]:
    """An edit of the lock installs the dependencies again.

    How: the lock is edited in a copy of the context and the image built again; the step that
    installs must run.
    Why: else an image is built with yesterday's packages.
    Mend: let the step that installs them read the lock (COPY or a bind mount).
    """
    facts = rebuild(observation, "lock")
    step = dependency_step(contract, facts)
    if step.cached:
        yield Finding(
            expected=f"an edit of {facts.edited} runs: {step.instruction[:120]}",
            found="it came from the cache",
            hint="copy or bind-mount the lock into that step",
        )


@check("cache", lambda contract: contract.cache and contract.cache.version_context)
def version_keeps_dependencies(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Another version.json does not install the dependencies again.

    How: the image is built again with another version.json. Positive control: it makes a later
    step run.
    Why: it differs with every commit: copied too early, nothing is ever cached.
    Mend: copy version.json last.
    """
    facts = rebuild(observation, "version")
    step = dependency_step(contract, facts)
    if step.cached and not facts.ran:
        reason = "another version.json reached no step; does the image hold it?"
        raise UnseenError(reason)
    yield from _ran(facts, contract, "copy version.json in the last layer")


def _ran(facts: RebuildFacts, contract: Contract, hint: str) -> Iterator[Finding]:
    step = dependency_step(contract, facts)
    if not step.cached:
        yield Finding(
            expected=f"an edit of {facts.edited} keeps: {step.instruction[:120]}",
            found="it ran again",
            hint=hint,
            evidence=tuple(f"ran: {one.instruction[:160]}" for one in facts.ran[:10]),
        )

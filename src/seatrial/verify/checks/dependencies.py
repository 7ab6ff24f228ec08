"""Family dependencies: what is installed is what the lock allows."""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model.contract import Contract
from seatrial.model.holding_facts import Distribution, LockFacts
from seatrial.model.observation import Observation
from seatrial.model.report import Finding
from seatrial.verify.checks.registry import UnseenError, check, need
from seatrial.verify.site_packages import normalised

SHOWN = 20


@check("dependencies", lambda contract: contract.dependencies)
def only_locked_packages(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Every installed Python package is in the lock, in the locked version.

    How: the metadata of every installed package is compared with the lock; the base's own
    packages are left out where the base is known.
    Why: what is not locked was reviewed by nobody.
    Mend: install with `uv sync --locked` and nothing besides.
    """
    lock = need(observation.lock, observation, "lock")
    wrong = [
        f"{one.name} {one.version} ({one.path}); the lock has {_known(one, lock)}"
        for one in _installed(contract, observation)
        if one.version not in lock.known.get(one.name, ())
        and not (one.name in lock.known and not lock.known[one.name])
    ]
    if wrong:
        yield _finding("only packages of the lock, in its versions", wrong, "uv sync --locked")


@check("dependencies", lambda contract: contract.dependencies)
def no_development_packages(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """No package is installed that only development needs.

    How: what is installed is compared with what the lock says that production needs.
    Why: it is weight, and more to attack.
    Mend: `UV_NO_DEV=1`, or `--no-dev`, in the build.
    """
    lock = need(observation.lock, observation, "lock")
    wrong = [
        f"{one.name} {one.version} ({one.path})"
        for one in _installed(contract, observation)
        if one.name in lock.known and one.name not in lock.production
    ]
    if wrong:
        yield _finding("only packages that production needs", wrong, "set UV_NO_DEV=1")


def _installed(contract: Contract, observation: Observation) -> list[Distribution]:
    assert contract.dependencies is not None  # noqa: S101 - asked for by it
    layers = need(observation.layers, observation, "layers")
    if not layers.distributions:
        reason = "no Python package was found in the image; nothing could be compared"
        raise UnseenError(reason)
    also = {normalised(name) for name in contract.dependencies.also}
    return [one for one in layers.distributions if one.name not in also]


def _known(one: Distribution, lock: LockFacts) -> str:
    return " or ".join(lock.known.get(one.name, ())) or "none of it"


def _finding(expected: str, wrong: list[str], hint: str) -> Finding:
    return Finding(
        expected=expected,
        found=f"{len(wrong)} others, first {wrong[0]}",
        hint=f"install with {hint} and nothing besides" if "sync" in hint else hint,
        evidence=tuple(wrong[:SHOWN]),
    )

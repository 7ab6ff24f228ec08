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

    How: what is installed is compared with what the lock says that production needs. Where
    `dependencies.groups_absent` names groups and extras, it is what only those need that must not
    be there.
    Why: it is weight, and more to attack.
    Mend: `UV_NO_DEV=1`, or `--no-dev`, in the build.
    """
    lock = need(observation.lock, observation, "lock")
    unwanted = _unwanted(contract, lock)
    wrong = [
        f"{one.name} {one.version} ({one.path})"
        for one in _installed(contract, observation)
        if one.name in unwanted
    ]
    if wrong:
        yield _finding("only packages that production needs", wrong, "set UV_NO_DEV=1")


@check("dependencies", lambda contract: contract.dependencies)
def every_module_is_of_a_package(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Every top-level module in site-packages is one that an installed package claims.

    How: what lies in site-packages is held against the RECORD of every installed package; the
    base's own are left out where the base is known.
    Why: a package whose metadata was removed, or a file that was copied in, is in no list, and
    no scanner of vulnerabilities knows of it.
    Mend: install packages whole, and keep code of your own in a package of your own.
    """
    layers = need(observation.layers, observation, "layers")
    also = set(contract.dependencies.also) if contract.dependencies else set()
    wrong = [path for path in layers.unclaimed if path.rpartition("/")[2] not in also]
    if wrong:
        yield _finding("only modules that a package claims", wrong, "keep each package's metadata")
    else:
        _installed(contract, observation)  # nothing is no proof


def _unwanted(contract: Contract, lock: LockFacts) -> set[str]:
    """Return the packages that must not be installed.

    Raises:
        UnseenError: When the lock has no such group.
    """
    absent = contract.dependencies.groups_absent if contract.dependencies else None
    if absent is None:
        return lock.known.keys() - lock.production.keys()
    if unknown := [name for name in absent if name not in lock.groups]:
        have = ", ".join(sorted(lock.groups)) or "none"
        reason = f"the lock has no group or extra {', '.join(unknown)}; it has {have}"
        raise UnseenError(reason)
    needed = {name for group in absent for name in lock.groups[group]}
    others = [names for group, names in lock.groups.items() if group not in absent]
    return needed - lock.production.keys() - {name for names in others for name in names}


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

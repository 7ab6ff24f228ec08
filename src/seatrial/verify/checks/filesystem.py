"""Family filesystem: what is written, and what is there that should not be."""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model.contract import Contract
from seatrial.model.observation import Observation
from seatrial.model.report import Finding
from seatrial.verify.checks.health import how_it_came_up, last_words
from seatrial.verify.checks.registry import check, need, need_restricted, need_running
from seatrial.verify.layers import matching

SHOWN = 20


@check("filesystem", lambda contract: contract.filesystem.read_only)
def runs_read_only(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """It becomes healthy on a read-only root.

    How: it is started so, with the contract's tmpfs in memory and everything else read-only.
    Why: then whoever breaks in can change nothing.
    Mend: write below a tmpfs that the contract names.
    """
    start = need_restricted(observation, "read-only")
    if start.healthy_after is None:
        mounts = ", ".join(contract.filesystem.tmpfs_paths) or "nothing"
        yield Finding(
            expected=f"healthy on a read-only root with {mounts} in memory",
            found=how_it_came_up(start),
            hint="its last words name what it could not write",
            evidence=last_words(start.logs),
        )


@check("filesystem", lambda contract: contract.filesystem.read_only)
def writes_nothing(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """On a writable root, under requests, it changes no file of its image.

    How: after requests the engine is asked which files differ from the image's: a process may
    try to write and go on when it cannot, and only a writable root shows that.
    Why: what is written in a container is lost with it, and fails on a read-only root.
    Mend: write below a tmpfs, or promise the path in filesystem.writable.
    """
    changed = need_running(observation).changed
    allowed = set(matching(changed, contract.filesystem.writable))
    wrong = [path for path in changed if path not in allowed]
    if wrong:
        yield Finding(
            expected="no file of the image changes while it serves",
            found=f"{len(wrong)} changed: {', '.join(wrong[:3])}",
            hint="write below a tmpfs, or add the path to filesystem.writable",
            evidence=tuple(wrong[:SHOWN]),
        )


@check("filesystem", lambda contract: contract.filesystem.absent)
def forbidden_paths_absent(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """What the contract wants absent is not in the final file system, the base left out.

    How: the layers are laid over each other as the engine does and every path is compared with
    the globs.
    Why: repositories, caches and tools of the build are weight, and more to attack.
    Mend: an allow-list in .dockerignore, and a last stage that copies only what it needs.
    """
    found = need(observation.layers, observation, "layers").forbidden
    if found:
        yield Finding(
            expected=f"nothing like {', '.join(contract.filesystem.absent)}",
            found=f"{len(found)} such: {', '.join(found[:3])}",
            hint="copy less into the last stage, or list it in .dockerignore",
            evidence=found[:SHOWN],
        )


@check("filesystem", lambda contract: contract.filesystem.volumes is not None)
def volumes_as_promised(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """The image declares the promised volumes, and no others; its base's count.

    How: VOLUME in the image's configuration is compared with the contract.
    Why: an undeclared one is made anew with every container, writable though the root is not,
    and left behind; what later layers write below it is lost.
    Mend: remove the VOLUME, and mount what must outlive the container when it is run.
    """
    promised = {path.rstrip("/") or "/" for path in contract.filesystem.volumes or ()}
    actual = {path.rstrip("/") or "/" for path in observation.image.volumes}
    for path in sorted(actual - promised):
        yield Finding(
            expected=f"no VOLUME {path}",
            found="the image, or its base, declares it",
            hint="remove the instruction; a base that declares it cannot be undone: take another",
        )
    for path in sorted(promised - actual):
        yield Finding(
            expected=f"VOLUME {path}", found="it is not declared", hint=f"write VOLUME {path}"
        )

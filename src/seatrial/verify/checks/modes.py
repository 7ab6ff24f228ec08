"""Family filesystem, what the layers tell of modes and owners: who may change what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seatrial.model.contract import Contract
from seatrial.model.holding_facts import PATHS_KEPT, PathMode
from seatrial.model.observation import Observation
from seatrial.model.report import Finding
from seatrial.verify.checks.registry import UnseenError, check, need
from seatrial.verify.layers import matching

SHOWN = 20


@check("filesystem", lambda contract: contract.filesystem.immutable)
def immutable_paths_cannot_be_changed(
    contract: Contract, observation: Observation
) -> Iterator[Finding]:
    """The user that it runs as can neither change nor replace what is to stay as it is.

    How: in the file system that the layers leave, each path that the globs match, and each folder
    above it, is held against the user and its groups: an owner can write, whatever the mode says.
    Why: whoever breaks in could put their own program in the place of yours.
    Mend: COPY as root, without --chown, and run as a user that owns nothing of it.
    """
    layers = need(observation.layers, observation, "layers")
    facts = layers.immutable
    if facts is None:
        reason = f"nobody knows which user {observation.image.user} is; promise process.user"
        raise UnseenError(reason)
    if facts.changeable:
        yield Finding(
            expected=f"user {facts.user} can change nothing like "
            f"{', '.join(contract.filesystem.immutable)}",
            found=f"{len(facts.changeable)} ways to, first {facts.changeable[0]}",
            hint="let root own it: COPY without --chown, no chmod for others",
            evidence=facts.changeable[:SHOWN],
        )
    elif facts.unmatched:
        reason = f"nothing in the image is like {', '.join(facts.unmatched)}; is the glob right?"
        raise UnseenError(reason)


@check("filesystem", lambda contract: contract.filesystem.setuid is not None)
def no_setuid_programs(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """No program makes its caller somebody else, but those that the contract allows.

    How: every file of the final file system, the base's included, is looked at for the setuid and
    the setgid bit, and for capabilities of its own.
    Why: such a program is the way from an ordinary user to root.
    Mend: `RUN find / -xdev -type f -perm /6000 -exec chmod a-s {} +`, and `setcap -r`.
    """
    found = need(observation.layers, observation, "layers").privileged
    yield from _unless_allowed(
        found,
        contract.filesystem.setuid or (),
        "no program with setuid or setgid bit, or capabilities of its own",
        "chmod a-s, setcap -r, or remove the program",
    )


@check(
    "filesystem",
    lambda contract: "filesystem" in contract.model_fields_set and contract.filesystem,
)
def nothing_world_writable(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Nothing in our layers may be written by everybody.

    How: modes of the final file system, the base left out where it is known, and links, sticky
    folders, tmpfs mounts and what `filesystem.writable` allows as well.
    Why: any process, whoever it runs as, could change it.
    Mend: `chmod o-w`; for what must be written, a tmpfs or a folder of the user's own.
    """
    found = need(observation.layers, observation, "layers").world_writable
    mounted = [glob for path in contract.filesystem.tmpfs_paths for glob in (path, f"{path}/*")]
    yield from _unless_allowed(
        found,
        (*contract.filesystem.writable, *mounted),
        "nothing that everybody may write",
        "chmod o-w, or a tmpfs; or allow it in filesystem.writable",
    )


def _unless_allowed(
    found: tuple[PathMode, ...], globs: Iterable[str], expected: str, hint: str
) -> Iterator[Finding]:
    allowed = set(matching((one.path for one in found), globs))
    wrong = [f"{one.path} ({one.mode})" for one in found if one.path not in allowed]
    if wrong:
        yield Finding(
            expected=expected,
            found=f"{len(wrong)}, first {wrong[0]}",
            hint=hint,
            evidence=tuple(wrong[:SHOWN]),
        )
    elif len(found) >= PATHS_KEPT:
        reason = f"there are more than {PATHS_KEPT} such paths; no more were looked at"
        raise UnseenError(reason)

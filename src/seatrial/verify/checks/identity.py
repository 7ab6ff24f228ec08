"""Family identity: who the processes are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seatrial.model.contract import Contract
from seatrial.model.observation import Observation, ProcessFacts
from seatrial.model.report import Finding
from seatrial.verify.checks.health import how_it_came_up, last_words
from seatrial.verify.checks.registry import UnseenError, check, need, need_restricted

UNTOLD = "the engine's host hides what the kernel knows of its processes"
_NUMERIC = re.compile(r"(\d+)(?::(\d+))?")


@check("identity", lambda c: c.process.user is not None or c.process.group is not None)
def runs_as_promised_user(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Every process runs as the promised user and group, the one that serves first of all.

    How: the processes that run in the container are read from the kernel.
    Why: the image's USER is a wish: an entrypoint may become another user, and whoever breaks
    into a process of root has all that root has.
    Mend: a numeric USER, and no program that changes it.
    """
    for one, what in _processes(observation):
        if _is_as_promised(contract, one):
            continue
        yield Finding(
            expected=f"user {contract.process.user}, group {contract.process.group}",
            found=f"{what} runs as {one.uid}:{one.gid}: {one.command[:120]}",
            hint="set a numeric USER in the last stage and let no program change it",
        )


@check("identity", lambda contract: contract.process.user is not None)
def user_is_numeric(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """The image's USER is the promised number, not a name.

    How: USER in the image's configuration is compared with the contract.
    Why: Kubernetes' `runAsNonRoot` refuses an image whose USER is a name, for it cannot tell
    who that is.
    Mend: `USER 1001:1001` in the last stage.
    """
    written = observation.image.user
    match = _NUMERIC.fullmatch(written)
    wanted = f"{contract.process.user}"
    group = contract.process.group
    right = match is not None and int(match[1]) == contract.process.user
    if right and match is not None and match[2] is not None and group is not None:
        right = int(match[2]) == group
    if not right:
        yield Finding(
            expected=f"USER {wanted}" + (f":{group}" if group is not None else ""),
            found=f"USER {written}" if written else "no USER: root",
            hint="write the number in the last USER of the Dockerfile",
        )


@check("identity", lambda contract: contract.process.capabilities is not None)
def has_only_promised_capabilities(
    contract: Contract, observation: Observation
) -> Iterator[Finding]:
    """No process has a capability that is not promised.

    How: what each running process can use, has at hand or hands on is read from the kernel, in a
    container with the engine's usual capabilities: a user that is not root has none of them.
    Why: a capability is a part of root, and whoever breaks into the process has it.
    Mend: a USER that is not root, no file capabilities (`setcap`) on what it runs, or the
    capability in process.capabilities.
    """
    promised = contract.process.capabilities or ()
    for one, what in _processes(observation):
        if one.capabilities is None:
            raise UnseenError(UNTOLD)
        more = [name for name in one.capabilities if name not in promised]
        if more:
            yield Finding(
                expected=f"no capability but {', '.join(promised) or 'none'}",
                found=f"{what} has {len(more)} more, {', '.join(more[:3])}: {one.command[:120]}",
                hint="run as another user than root, and set no file capabilities",
                evidence=(", ".join(more),),
            )


@check("identity", lambda contract: contract.process.group is not None)
def has_no_other_groups(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """No process is in another group than the promised one.

    How: the supplementary groups of each running process are read from the kernel.
    Why: a group of root's, or of the engine's socket, opens what the user alone could not.
    Mend: `USER 1001:1001`, with the group: without it the engine adds those of /etc/group.
    """
    for one, what in _processes(observation):
        if one.groups is None:
            raise UnseenError(UNTOLD)
        more = [group for group in one.groups if group != contract.process.group]
        if more:
            yield Finding(
                expected=f"no group but {contract.process.group}",
                found=f"{what} is in {', '.join(map(str, more[:5]))}: {one.command[:120]}",
                hint="name the group in USER, and take the user out of other groups",
            )


def _processes(observation: Observation) -> list[tuple[ProcessFacts, str]]:
    """Return the processes, the one that serves first, and how each is called.

    Raises:
        UnseenError: When none could be seen.
    """
    running = need(observation.running, observation, "running")
    if not running.processes:
        reason = "its processes cannot be seen: it ended, or the engine's host hides them"
        raise UnseenError(reason)
    serving = {pid for one in running.listeners or () for pid in one.pids}
    ordered = sorted(running.processes, key=lambda process: process.pid not in serving)
    names = {True: "the process that listens", False: "a process"}
    return [(one, names[one.pid in serving]) for one in ordered]


@check("identity", lambda contract: contract.process.capabilities is not None)
def needs_no_more_capabilities(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """It becomes healthy with the promised capabilities alone, and no new privileges.

    How: it is started with `--cap-drop ALL`, the promised ones added, and `no-new-privileges`.
    Why: what it does not need, whoever breaks in cannot use; many clusters allow nothing more.
    Mend: listen on a port above 1023, change owners when the image is built, do not switch users.
    """
    start = need_restricted(observation, "capabilities")
    if start.healthy_after is None:
        promised = ", ".join(contract.process.capabilities or ()) or "no capabilities"
        yield Finding(
            expected=f"healthy with {promised}",
            found=how_it_came_up(start),
            hint="its last words name what it was not permitted to do",
            evidence=last_words(start.logs),
        )


@check("identity", lambda contract: contract.process.any_user)
def runs_as_any_user(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """It becomes healthy as a user that the image does not know, with group 0.

    How: it is started with `--user 1000660000:0`.
    Why: OpenShift starts every image so.
    Mend: let group 0 read, and write where the user must write; look up no user by name.
    """
    start = need_restricted(observation, "any-user")
    if start.healthy_after is None:
        yield Finding(
            expected="healthy as any user with group 0",
            found=how_it_came_up(start),
            hint="its last words name what it may not read or write",
            evidence=last_words(start.logs),
        )


def _is_as_promised(contract: Contract, process: ProcessFacts) -> bool:
    promised = ((contract.process.user, process.uid), (contract.process.group, process.gid))
    return all(wanted is None or wanted == actual for wanted, actual in promised)

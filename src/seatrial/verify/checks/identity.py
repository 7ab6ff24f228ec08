"""Family identity: who the processes are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seatrial.model.contract import Contract
from seatrial.model.observation import Observation, ProcessFacts
from seatrial.model.report import Finding
from seatrial.verify.checks.registry import UnseenError, check, need

_NUMERIC = re.compile(r"(\d+)(?::(\d+))?")


@check("identity", lambda c: c.process.user is not None or c.process.group is not None)
def runs_as_promised_user(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Every process runs as the promised user and group, the one that serves first of all.

    How: the processes that run in the container are read from the kernel.
    Why: the image's USER is a wish: an entrypoint may become another user, and whoever breaks
    into a process of root has all that root has.
    Mend: a numeric USER, and no program that changes it.
    """
    running = need(observation.running, observation, "running")
    if not running.processes:
        reason = "its processes cannot be seen: it ended, or the engine's host hides them"
        raise UnseenError(reason)
    serving = {pid for one in running.listeners or () for pid in one.pids}
    wrong = [one for one in running.processes if not _is_as_promised(contract, one)]
    for one in sorted(wrong, key=lambda process: process.pid not in serving):
        what = "the process that listens" if one.pid in serving else "a process"
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


def _is_as_promised(contract: Contract, process: ProcessFacts) -> bool:
    promised = ((contract.process.user, process.uid), (contract.process.group, process.gid))
    return all(wanted is None or wanted == actual for wanted, actual in promised)

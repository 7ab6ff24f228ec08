"""Family processes: where they run, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model.contract import Contract
from seatrial.model.observation import Observation
from seatrial.model.report import Finding
from seatrial.verify.checks.registry import check


@check("processes", lambda contract: contract.process.workdir is not None)
def workdir_as_promised(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Its processes start in the promised folder.

    How: WORKDIR in the image's configuration is compared with the contract; none is `/`.
    Why: relative paths, mounts and `docker exec` begin there.
    Mend: WORKDIR in the last stage.
    """
    promised, actual = contract.process.workdir or "/", observation.image.workdir or "/"
    if (promised.rstrip("/") or "/") != (actual.rstrip("/") or "/"):
        yield Finding(
            expected=f"WORKDIR {promised}",
            found=f"WORKDIR {actual}" if observation.image.workdir else "no WORKDIR: /",
            hint=f"write WORKDIR {promised} in the last stage",
        )

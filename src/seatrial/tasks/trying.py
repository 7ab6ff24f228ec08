"""The body of `verify`: contract, trial, judgement, what is shown and what is kept."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.errors import ConfigurationError, ContractBrokenError

if TYPE_CHECKING:
    from seatrial.catalog import Project
    from seatrial.model.contract import Contract
    from seatrial.model.report import Report


def try_image(
    reference: str, contract: str, *, report: str | None, as_json: bool, strict: bool
) -> None:
    """Try an image and say whether it keeps its contract.

    Raises:
        InvalidContractError: When the contract is malformed.
        NoEngineError: When there is no engine.
        ContractBrokenError: When the contract is broken.
    """
    from rich.console import Console

    from seatrial.contracts import read_contract
    from seatrial.files import write_atomic
    from seatrial.report.trial_view import print_report

    path = Path(contract)
    promised = read_contract(path)
    told = _tried(reference, promised, path)
    if report:
        write_atomic(Path(report), told.model_dump_json(indent=1) + "\n")
    if as_json:
        print(told.model_dump_json(indent=1))
    else:
        print_report(Console(), told, strict=strict)
    if not told.is_kept(strict=strict):
        wrong = [
            r.name for r in told.results if r.outcome == "fail" or (r.outcome == "skip" and strict)
        ]
        raise ContractBrokenError(
            f"{reference} does not keep {path}", found=", ".join(wrong) or "no check could look"
        )


def _tried(reference: str, contract: Contract, path: Path) -> Report:
    from rich.console import Console

    from seatrial.engine.client import find_engine
    from seatrial.report.trial_view import TrialProgress
    from seatrial.verify.judge import judge
    from seatrial.verify.lab import Order
    from seatrial.verify.results import read_record, write_results
    from seatrial.verify.trial import observe

    engine = find_engine()
    project = _project(path)
    order = Order(
        contract,
        path.resolve().parent,
        reference,
        root=project.root if project else None,
        record=read_record(project.dist / "build.json") if project else None,
    )
    with TrialProgress(Console(stderr=True), contract.image) as progress:
        observation = observe(engine, order, tell=progress.tell)
    told = judge(contract, observation)
    if project:
        write_results(project.dist / "trials" / contract.image, observation, told)
    return told


def _project(contract: Path) -> Project | None:
    """Return the project that the contract is part of; anybody's image may have none."""
    from seatrial.catalog import read_project

    with contextlib.suppress(ConfigurationError):
        return read_project(contract.resolve().parent)
    return None

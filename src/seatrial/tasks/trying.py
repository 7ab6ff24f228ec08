"""The bodies of `verify` and `judge`: contract, trial, judgement, what is shown and kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.catalog import project_of
from seatrial.errors import ContractBrokenError

if TYPE_CHECKING:
    from seatrial.database.scratch import ScratchPostgres
    from seatrial.model.contract import Contract
    from seatrial.model.observation import Observation
    from seatrial.report.dossier import Dossier


def try_image(
    reference: str, contract: str, *, report: str | None, as_json: bool, strict: bool
) -> None:
    """Try an image and say whether it keeps its contract.

    Raises:
        ConfigurationError: When the report's path has no ending of a report.
        InvalidContractError: When the contract is malformed.
        NoEngineError: When there is no engine.
        ContractBrokenError: When the contract is broken.
    """
    from seatrial.contracts import read_contract

    _known_form(report)
    path = Path(contract)
    promised = read_contract(path)
    observation = _tried(reference, promised, path)
    dossier = _judged(path, promised, observation, strict=strict)
    if project := project_of(path):
        _keep(project.dist / "trials" / promised.image, dossier)
    _tell(dossier, contract, report=report, as_json=as_json)


def judge_observation(
    observation: str, contract: str, *, report: str | None, as_json: bool, strict: bool
) -> None:
    """Judge what a trial saw and say whether the contract is kept; nothing is tried.

    Raises:
        ConfigurationError: When the observation cannot be read or is of another schema.
        InvalidContractError: When the contract is malformed.
        ContractBrokenError: When the contract is broken.
    """
    from seatrial.contracts import read_contract
    from seatrial.verify.results import read_observation

    _known_form(report)
    path = Path(contract)
    promised = read_contract(path)
    seen = read_observation(Path(observation))
    dossier = _judged(path, promised, seen, strict=strict)
    _tell(dossier, contract, report=report, as_json=as_json)


def _known_form(report: str | None) -> None:
    """Refuse an unknown ending before anything is tried."""
    from seatrial.report.writing import report_form

    if report:
        report_form(Path(report))


def _judged(path: Path, promised: Contract, seen: Observation, *, strict: bool) -> Dossier:
    from seatrial.report.dossier import open_dossier
    from seatrial.verify.judge import judge

    project = project_of(path)
    root = project.root if project else None
    return open_dossier(path, root, promised, seen, judge(promised, seen), strict=strict)


def _keep(folder: Path, dossier: Dossier) -> None:
    from seatrial.report.writing import write_reports
    from seatrial.verify.results import write_results

    write_results(folder, dossier.observation, dossier.report)
    write_reports(folder, dossier)


def _tell(dossier: Dossier, contract: str, *, report: str | None, as_json: bool) -> None:
    from seatrial.files import write_atomic
    from seatrial.report.writing import report_form

    told = dossier.report
    if report:
        write_atomic(Path(report), report_form(Path(report))(dossier))
    if as_json:
        print(told.model_dump_json(indent=1))
    else:
        from rich.console import Console

        from seatrial.report.trial_view import print_report

        print_report(Console(), told, strict=dossier.strict)
    if not dossier.is_kept:
        wrong = [one.name for one in told.results if dossier.counts_as_failed(one)]
        raise ContractBrokenError(
            f"{told.reference} does not keep {contract}",
            found=", ".join(wrong) or "no check could look",
        )


def _tried(reference: str, contract: Contract, path: Path) -> Observation:
    from rich.console import Console

    from seatrial.engine.client import find_engine
    from seatrial.report.trial_view import TrialProgress
    from seatrial.verify.lab import Order
    from seatrial.verify.results import read_record
    from seatrial.verify.trial import observe

    engine = find_engine()
    project = project_of(path)
    order = Order(
        contract,
        path.resolve().parent,
        reference,
        root=project.root if project else None,
        record=read_record(project.dist / "build.json") if project else None,
    )
    with (
        _postgres(contract) as postgres,
        TrialProgress(Console(stderr=True), contract.image) as progress,
    ):
        return observe(engine, order, tell=progress.tell, postgres=postgres)


@contextmanager
def _postgres(contract: Contract) -> Iterator[ScratchPostgres | None]:
    """Have a Postgres for a contract that needs one; it is stopped on the way out."""
    if contract.database is None:
        yield None
        return
    from seatrial.database.scratch import ScratchPostgres

    postgres = ScratchPostgres()
    try:
        yield postgres
    finally:
        postgres.end()

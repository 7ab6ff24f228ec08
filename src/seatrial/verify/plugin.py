"""The pytest plugin: a `contract.toml` is a file of tests, an item a check.

Every run of pytest in an environment that has seatrial imports this module, so that it imports
nothing heavy by itself.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from seatrial.model.contract import Contract
    from seatrial.model.report import CheckResult
    from seatrial.verify.checks import Check
    from seatrial.verify.lab import Postgres
    from seatrial.verify.results import Judged
    from seatrial.verify.session import Trials

INTERRUPTED = 130
FAMILIES = (
    "health",
    "identity",
    "network",
    "environment",
    "signals",
    "filesystem",
    "logs",
    "secrets",
    "dependencies",
    "cache",
    "stamp",
    "limits",
    "bases",
    "recipe",
    "restart",
    "database",
    "processes",
)


TRIALS: pytest.StashKey[Trials] = pytest.StashKey()


class BrokenPromiseError(Exception):
    """A check failed, or could not look where that counts as failed."""


class ContractFile(pytest.File):
    """A `contract.toml`."""

    def collect(self) -> Iterator[ImageUnderTrial]:
        """Yield the image that the contract is about."""
        from seatrial.contracts import read_contract
        from seatrial.errors import InvalidContractError

        try:
            contract = read_contract(self.path)
        except InvalidContractError as error:
            raise self.CollectError("\n".join(error.lines())) from error
        yield ImageUnderTrial.from_parent(self, name=contract.image, contract=contract)


class ImageUnderTrial(pytest.Collector):
    """An image; its items are the checks that its contract asks for."""

    def __init__(self, contract: Contract, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.contract = contract

    def collect(self) -> Iterator[CheckItem]:
        """Yield an item a check."""
        from seatrial.verify.checks import checks_for

        for check in checks_for(self.contract):
            yield CheckItem.from_parent(self, name=check.name, check=check)


class CheckItem(pytest.Item):
    """One check of one image."""

    parent: ImageUnderTrial

    def __init__(self, check: Check, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.check = check
        self.add_marker(f"trial_{check.family}")

    @property
    def contract(self) -> Contract:
        """The contract that the check is part of."""
        return self.parent.contract

    def runtest(self) -> None:
        """Wait for the image's trial and tell what became of this check.

        Raises:
            BrokenPromiseError: When the promise is broken.
        """
        report = self.config.stash[TRIALS].report(self.path)
        result = next(one for one in report.results if one.name == self.name)
        self.user_properties += [("family", result.family), ("image", report.image_id)]
        if result.outcome == "skip" and not self.config.getoption("trial_strict"):
            pytest.skip(result.reason)
        if result.outcome != "pass":
            raise BrokenPromiseError(_told(result))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any) -> Any:
        """Return what a person needs: expected, found, what to do; no traceback of ours."""
        from seatrial.errors import SeatrialError

        if isinstance(excinfo.value, BrokenPromiseError):
            return f"{self.contract.image}: {self.check.page.splitlines()[0]}\n{excinfo.value}"
        if isinstance(excinfo.value, SeatrialError):
            return "\n".join(excinfo.value.lines())
        return super().repr_failure(excinfo, *args)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the check stands and how it is called."""
        return self.path, 0, f"{self.contract.image}::{self.name}"


class Hooks:
    """What other plugins may take part in."""

    @pytest.hookspec
    def pytest_trial_judged(self, judged: Judged) -> None:
        """Called for each trial when its results are written; from the trial's thread."""

    @pytest.hookspec(firstresult=True)
    def pytest_trial_postgres(self, config: pytest.Config) -> Postgres | None:
        """Return where trials make databases of their own; asked once, where a contract needs it.

        Whoever returns it ends it when the session is over.
        """


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hook of trials."""
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of trials."""
    group = parser.getgroup("seatrial", "trials of container images (contract.toml)")
    group.addoption(
        "--trial-strict",
        action="store_true",
        help="count a check that could not look as a broken promise",
    )
    group.addoption(
        "--trial-ref",
        action="append",
        default=[],
        metavar="NAME=REF",
        help="try REF as the image NAME; without it, the image that dist/build.json names, or "
        "outside of a project the image NAME itself",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers by which checks can be chosen."""
    for family in FAMILIES:
        config.addinivalue_line("markers", f"trial_{family}: checks of the family {family}")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ContractFile | None:
    """Collect contracts."""
    if file_path.name != "contract.toml":
        return None
    return ContractFile.from_parent(parent, path=file_path)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Find the images of the chosen contracts before anything is started."""
    items = [item for item in session.items if isinstance(item, CheckItem)]
    if not items or session.config.getoption("collectonly"):
        return
    from seatrial.errors import SeatrialError
    from seatrial.verify.session import prepare

    contracts = {item.path: item.contract for item in items}
    try:
        trials = prepare(contracts, session.config.getoption("trial_ref"), session.config.rootpath)
    except SeatrialError as error:
        pytest.exit("\n".join(error.lines()), returncode=error.exit_code)
    trials.strict = session.config.getoption("trial_strict")
    trials.judged = lambda judged: session.config.hook.pytest_trial_judged(judged=judged)
    if any(contract.database for contract in contracts.values()):
        trials.postgres = session.config.hook.pytest_trial_postgres(config=session.config)
    session.config.stash[TRIALS] = trials
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter:
        reporter.write_line(f"trying {trials.named()} …")
    signal.signal(signal.SIGTERM, _interrupt)
    trials.begin()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop what still runs; nothing of a trial is left behind."""
    trials = _trials(session.config)
    if trials is not None:
        trials.end()
        if session.exitstatus == pytest.ExitCode.INTERRUPTED:
            session.exitstatus = INTERRUPTED
        elif code := trials.failed_with():
            # No promise was broken: nobody could look.
            session.exitstatus = code


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say of each image how its trial ended and where the evidence is."""
    trials = _trials(config)
    if trials is not None:
        terminalreporter.section("trials")
        for line in trials.summary(strict=config.getoption("trial_strict")):
            terminalreporter.write_line(line)


def _trials(config: pytest.Config) -> Trials | None:
    return config.stash.get(TRIALS, None)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _told(result: CheckResult) -> str:
    if result.outcome == "skip":
        return f"expected: the check can look (--trial-strict)\nfound:    {result.reason}"
    return "\n\n".join("\n".join(finding.lines()) for finding in result.findings)

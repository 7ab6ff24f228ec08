"""The tree of errors: words for a person, one exit code a kind."""

from __future__ import annotations

import pytest

from seatrial import errors
from seatrial.errors import SeatrialError

CODES = {
    "ContractBrokenError": 1,
    "ConfigurationError": 2,
    "InvalidContractError": 2,
    "NoEngineError": 3,
    "BuildFailedError": 4,
    "ComposeFailedError": 5,
    "DevFailedError": 5,
    "DatabaseUnreachableError": 6,
    "MigrationError": 6,
    "LogbookError": 7,
    "StoppedError": 130,
}


@pytest.mark.parametrize("name", CODES)
def test_each_kind_has_the_exit_code_that_the_design_gives_it(name: str) -> None:
    assert getattr(errors, name)("it failed").exit_code == CODES[name]


def test_every_kind_is_in_the_one_tree_and_none_is_forgotten_here() -> None:
    kinds = {
        name
        for name, found in vars(errors).items()
        if isinstance(found, type) and issubclass(found, SeatrialError)
    }
    assert kinds == {*CODES, "SeatrialError"}


def test_an_error_says_what_where_expected_found_to_do_and_evidence_in_this_order() -> None:
    error = SeatrialError(
        "it failed",
        at="RUN x",
        expected="0",
        found="7",
        hint="mend it",
        detail=("line 1", "line 2"),
    )
    assert error.lines() == [
        "error: it failed",
        "  at:       RUN x",
        "  expected: 0",
        "  found:    7",
        "  to do:    mend it",
        "  | line 1",
        "  | line 2",
    ]
    assert str(error) == "it failed"


def test_what_is_not_known_takes_no_line() -> None:
    assert SeatrialError("it failed", found="").lines() == ["error: it failed"]

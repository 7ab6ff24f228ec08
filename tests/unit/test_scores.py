"""The score of the mutation benchmark counts what became of each variant."""

from __future__ import annotations

import pytest
from rivals import Said
from scores import Row, score, table
from variant_kinds import Kind


def row(name: str, kind: Kind, failed: tuple[str, ...], *, well: bool, said: Said | None) -> Row:
    killer = "runs-as-root" if kind == "mutant" else ""
    family = "identity" if killer else ""
    return Row(name, kind, family, killer, failed, well, {"hadolint": said})


KILLED = row("user-root", "mutant", ("runs-as-root",), well=True, said=Said(True, "DL3002"))
MISSED = row("user-none", "mutant", (), well=False, said=Said(False))
BESIDE = row("user-odd", "mutant", ("stops",), well=False, said=Said(False))
LIVES = row("good", "good", (), well=True, said=Said(False))
CONDEMNED = row("good-too", "good", ("stops",), well=False, said=Said(True, "DL9"))
SAME = row("same", "equivalent", (), well=True, said=Said(True, "DL3025"))
ROWS = [KILLED, MISSED, BESIDE, LIVES, CONDEMNED, SAME]


def test_a_mutant_counts_where_its_own_check_killed_it_and_an_equivalent_one_apart() -> None:
    ours, hadolint = list(score(ROWS))[1:]
    assert ours.split() == ["seatrial", "1", "of", "3", "1", "of", "2", "1", "of", "1"]
    assert hadolint.split() == ["hadolint", "1", "of", "3", "1", "of", "2", "0", "of", "1"]


def test_a_tool_that_is_not_installed_has_no_score() -> None:
    ours, hadolint = list(score([row("x", "mutant", (), well=False, said=None), KILLED]))[1:]
    assert ours.split()[:4] == ["seatrial", "1", "of", "2"]
    assert hadolint.split() == ["hadolint", "not", "here"]


def test_a_tool_that_nobody_asked_has_no_line() -> None:
    assert len(list(score([Row("x", "good", "", "", (), True)]))) == 2


def test_the_table_marks_what_is_not_as_it_must_be() -> None:
    lines = {line.split()[0]: line for line in table(ROWS) if line}
    marked = {name for name, line in lines.items() if "!!" in line}
    assert marked == {"user-none", "user-odd", "good-too"}
    assert "DL3002" in lines["user-root"]


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (KILLED, "killed"),
        (MISSED, "SURVIVES"),
        (BESIDE, "killed, but not for that: stops"),
        (LIVES, "passes"),
        (CONDEMNED, "CONDEMNED by stops"),
    ],
)
def test_each_row_says_what_became_of_it(one: Row, verdict: str) -> None:
    assert one.verdict() == verdict

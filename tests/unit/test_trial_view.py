"""A trial on the console: a line a family, findings at length, and the verdict."""

from __future__ import annotations

import io

import dossiers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from seatrial.report.dossier import Dossier
from seatrial.report.escaping import visible
from seatrial.report.trial_view import TrialProgress, print_report


def shown(told: Dossier, width: int = 100) -> str:
    stream = io.StringIO()
    print_report(Console(file=stream, width=width), told.report, strict=told.strict)
    return stream.getvalue()


def test_a_family_has_a_line_and_the_verdict_is_the_last() -> None:
    lines = shown(dossiers.kept(), width=500).splitlines()
    results = dossiers.kept().report.results
    families = list(dict.fromkeys(one.family for one in results))
    assert [line.split()[0] for line in lines[1:-1]] == families
    assert lines[-1].strip() == f"contract kept: {len(results)} passed, 0 failed, in 1.0 s"


def test_a_finding_stands_below_its_family_with_its_check() -> None:
    lines = shown(dossiers.broken(), width=500).splitlines()
    at = lines.index("    ✗ runs-as-promised-user")
    assert lines[at - 1].startswith("  identity")
    assert [line.split()[0] for line in lines[at + 1 : at + 4]] == ["expected:", "found:", "to"]


def test_one_reason_of_many_skips_is_told_once() -> None:
    assert shown(dossiers.broken()).count("skipped:  the probe lock did not look") == 1


def test_a_strict_trial_says_that_a_skip_counts_as_failed() -> None:
    assert "2 skipped, which counts as failed" in shown(dossiers.broken(strict=True))
    assert "which counts" not in shown(dossiers.broken())


@pytest.mark.parametrize("width", [30, 80, 200])
def test_no_name_is_cut_in_two(width: int) -> None:
    text = shown(dossiers.kept(), width)
    assert all(one.name in text for one in dossiers.kept().report.results)


@given(st.text(st.characters() | st.sampled_from("[]/\x1b\udcff\\")))
def test_words_of_an_image_are_neither_markup_nor_commands(words: str) -> None:
    text = shown(dossiers.hostile(f"[bold]{words}[/]"))
    assert "\x1b" not in text
    # The console makes spaces of tabs.
    assert f"expected: {' '.join(visible(f'[bold]{words}[/]').split())}" in " ".join(text.split())


def test_progress_is_silent_where_nobody_watches() -> None:
    stream = io.StringIO()
    with TrialProgress(Console(file=stream), "tug") as progress:
        progress.tell("running", "under way")
    assert not stream.getvalue()

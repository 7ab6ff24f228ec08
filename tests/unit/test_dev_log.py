"""The one log of several processes."""

from __future__ import annotations

import io

from rich.console import Console

from seatrial.report.dev_log import DevLog


def told(line: str, *, terminal: bool = False) -> str:
    out = io.StringIO()
    console = (
        Console(file=out, width=40, force_terminal=True, highlight=False, color_system="standard")
        if terminal
        else Console(file=out, width=40, highlight=False)
    )
    DevLog(["api", "frontend"], console).tell("api", line)
    return out.getvalue()


def test_a_line_has_its_name_before_it_and_is_neither_wrapped_nor_read_as_markup() -> None:
    line = "[bold]http://x[/bold] " + "y" * 100
    assert told(line) == f"api      │ {line}\n"


def test_a_lines_own_colours_stay_on_a_terminal_and_the_names_colour_ends_with_it() -> None:
    line = "plain \x1b[31mred\x1b[0m plain"
    assert told(line, terminal=True).endswith("│ \x1b[0mplain \x1b[31mred\x1b[0m plain\n")
    assert told(line) == "api      │ plain red plain\n"

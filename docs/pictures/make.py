# /// script
# requires-python = ">=3.11"
# dependencies = ["pyte>=0.8", "rich>=14,<16"]
# ///
"""Record a command in a terminal of its own and draw what was on the screen, as SVG.

    uv run docs/pictures/make.py build --moment 8 -- scripts/run invoke build-prod --no-cache
    uv run docs/pictures/make.py trial --moment 4 -- scripts/run invoke verify --ref … --contract …

Each picture is one run: the screen at `--moment` (seconds after the start) where one is given, and
below it what the last screen has beyond that. Nothing is retouched.
"""

from __future__ import annotations

import argparse
import fcntl
import io
import os
import pty
import re
import struct
import sys
import termios
import time
from itertools import groupby, takewhile
from pathlib import Path

import pyte
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

HERE = Path(__file__).parent
ROWS = 200
# pyte's names of colours, where they differ from rich's.
COLOURS = {"brown": "yellow", "brightbrown": "bright_yellow", "default": None}
THEME = TerminalTheme(
    (22, 27, 34),
    (201, 209, 217),
    [
        (72, 79, 88),
        (255, 123, 114),
        (63, 185, 80),
        (210, 153, 34),
        (88, 166, 255),
        (188, 140, 255),
        (57, 197, 207),
        (177, 186, 196),
    ],
    [
        (125, 133, 144),
        (255, 161, 152),
        (86, 211, 100),
        (227, 179, 65),
        (121, 192, 255),
        (210, 168, 255),
        (86, 212, 221),
        (240, 246, 252),
    ],
)


class Screen(pyte.Screen):
    """A screen that shows dim text as grey, which pyte would show as plain."""

    def select_graphic_rendition(self, *attrs: int, **told: bool) -> None:
        """Take the sequence in; only a colour's own parameters may be a 2 otherwise."""
        if not {38, 48} & set(attrs):
            attrs = tuple(90 if attribute == 2 else attribute for attribute in attrs)
        super().select_graphic_rendition(*attrs, **told)


def main() -> int:
    """Record the command and write `NAME.svg` beside this file; end as the command did."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("name")
    parser.add_argument("--moment", type=float, help="seconds after the start")
    parser.add_argument("--columns", type=int, default=110)
    parser.add_argument("command", nargs="+")
    asked = parser.parse_args()
    screen = Screen(asked.columns, ROWS)
    moment, code = record(asked.command, screen, asked.moment)
    lines = [Text.assemble(("$ ", "bold green"), (" ".join(asked.command), "bold"))]
    if moment:
        lines += [*moment, Text(f"… {asked.moment:g} s in; at the end:", "bright_black")]
    # What stood there already at that moment is not shown twice.
    lines += after(moment, lines_of(screen))
    path = HERE / f"{asked.name}.svg"
    path.write_text(drawn(lines, asked.columns, " ".join(asked.command), asked.name), "utf-8")
    print(f"{path}: {len(lines)} lines, {path.stat().st_size // 1024} kB; exit code {code}")
    return code


def record(command: list[str], screen: Screen, moment: float | None) -> tuple[list[Text], int]:
    """Run a command on a terminal until it ends.

    Args:
        command: Its words.
        screen: Takes in what it writes.
        moment: Seconds after the start at which the screen is kept, or None.

    Returns:
        The lines that were on the screen at that moment, and the exit code.
    """
    stream = pyte.ByteStream(screen)
    began, kept = time.monotonic(), []
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLUMNS=str(screen.columns))
        os.environ.pop("CI", None)
        os.execvp(command[0], command)  # noqa: S606 - the command is the caller's own
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, screen.columns, 0, 0))
    while piece := read(terminal):
        if moment is not None and not kept and time.monotonic() - began >= moment:
            kept = lines_of(screen)
        stream.feed(piece)
    return kept, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def read(terminal: int) -> bytes:
    """Return what comes next, nothing at the end."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def lines_of(screen: Screen) -> list[Text]:
    """Return the screen's lines with their styles, empty ones at the end left out."""
    lines = []
    for row in range(screen.lines):
        cells = [screen.buffer[row][column] for column in range(screen.columns)]
        runs = [(style, "".join(c.data for c in run)) for style, run in groupby(cells, style_of)]
        line = Text.assemble(*((text, style) for style, text in runs))
        line.rstrip()
        lines.append(line)
    while lines and not lines[-1].plain:
        lines.pop()
    return lines


def after(before: list[Text], lines: list[Text]) -> list[Text]:
    """Return those of `lines` that come after the lines which both have at their beginning."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(before, lines, strict=False))
    return lines[len(list(same)) :]


def style_of(cell: pyte.screens.Char) -> Style:
    """Return a cell's style as rich has it."""
    return Style(
        color=colour_of(cell.fg),
        bgcolor=colour_of(cell.bg),
        bold=cell.bold,
        italic=cell.italics,
        underline=cell.underscore,
        reverse=cell.reverse,
    )


def colour_of(name: str) -> str | None:
    """Return a colour's name as rich has it, None for the terminal's own."""
    if name in COLOURS:
        return COLOURS[name]
    if re.fullmatch(r"[0-9a-f]{6}", name):
        return f"#{name}"
    return re.sub(r"^bright(?=[a-z])", "bright_", name)


def drawn(lines: list[Text], columns: int, title: str, name: str) -> str:
    """Return the picture; its font is the reader's own, fetched from nowhere."""
    console = Console(record=True, width=columns, file=io.StringIO(), force_terminal=True)
    # The empty line keeps the descenders of the last one inside the picture.
    console.print(Text("\n").join([*lines, Text()]))
    code_format = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    code_format = code_format.replace("Fira Code", "ui-monospace, DejaVu Sans Mono")
    return console.export_svg(title=title, theme=THEME, code_format=code_format, unique_id=name)


if __name__ == "__main__":
    sys.exit(main())

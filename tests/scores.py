"""The table of the mutation benchmark, and the score: ours beside the rivals', pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rivals import Said
from variant_kinds import Kind

OURS = "seatrial"
NOT_HERE = "not here"
WIDEST = 44
_TITLES = {
    "mutant": "Mutants: each breaks one promise",
    "good": "Good variants: they break none",
    "equivalent": "Equivalent mutants: no behaviour differs, so none can be told apart; not scored",
}


@dataclass(frozen=True)
class Row:
    """What became of one variant.

    Attributes:
        name: The variant's.
        kind: Its kind.
        family: Of the check that must kill it.
        killer: That check; empty for what must live.
        failed: Our checks that failed or could not look.
        well: Whether it is as it must be: killed by that check and by no other family, or alive.
        said: What each rival said; None where the tool is not installed.
        seconds: How long its trial took.
    """

    name: str
    kind: Kind
    family: str
    killer: str
    failed: tuple[str, ...]
    well: bool
    said: dict[str, Said | None] = field(default_factory=dict)
    seconds: float = 0.0

    def verdict(self) -> str:
        """Return in words what became of it."""
        if self.kind != "mutant":
            return "passes" if self.well else f"CONDEMNED by {_short(self.failed)}"
        if self.well:
            return "killed"
        return f"killed, but not for that: {_short(self.failed)}" if self.failed else "SURVIVES"


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of the whole table, kind by kind."""
    rivals = sorted({name for row in rows for name in row.said}, reverse=True)
    for kind, title in _TITLES.items():
        chosen = [row for row in rows if row.kind == kind]
        if chosen:
            yield from ("", title, "")
            head = ("variant", "family", "must be killed by", "killed by", *rivals)
            body = [_cells(row, rivals) for row in sorted(chosen, key=lambda one: one.family)]
            empty = {2, 1} if kind != "mutant" else set()
            yield from _columns([head, *body], leave_out=empty)


def score(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a line a tool: how many mutants it kills, how many good variants it condemns."""
    mutants, goods, same = ([r for r in rows if r.kind == kind] for kind in _TITLES)
    lines: list[tuple[str, ...]] = [("", "mutants killed", "false alarms", "equivalents passed")]
    ours = (sum(r.well for r in mutants), sum(not r.well for r in goods), sum(r.well for r in same))
    lines.append((OURS, *_counts(ours, (mutants, goods, same))))
    for rival in sorted({name for row in rows for name in row.said}, reverse=True):
        if any(row.said[rival] is None for row in rows if rival in row.said):
            lines.append((rival, NOT_HERE, "", ""))
            continue
        caught = [[r for r in some if _caught(r, rival)] for some in (mutants, goods, same)]
        counts = (len(caught[0]), len(caught[1]), len(same) - len(caught[2]))
        lines.append((rival, *_counts(counts, (mutants, goods, same))))
    yield from _columns(lines)


def _caught(row: Row, rival: str) -> bool:
    said = row.said.get(rival)
    return said is not None and said.caught


def _counts(counts: Sequence[int], of: Sequence[Sequence[Row]]) -> tuple[str, ...]:
    return tuple(f"{count} of {len(some)}" for count, some in zip(counts, of, strict=True))


def _cells(row: Row, rivals: Iterable[str]) -> tuple[str, ...]:
    found = _short(row.failed) if row.failed else "-"
    ours = found if row.well else f"{found} !!"
    return (row.name, row.family, row.killer, ours, *(_word(row.said.get(r)) for r in rivals))


def _word(said: Said | None) -> str:
    if said is None:
        return NOT_HERE
    return _cut(said.words) if said.caught else "-"


def _short(names: Sequence[str]) -> str:
    return _cut(", ".join(names))


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def _columns(rows: Sequence[Sequence[str]], leave_out: Iterable[int] = ()) -> Iterator[str]:
    kept = [[cell for at, cell in enumerate(row) if at not in set(leave_out)] for row in rows]
    widths = [max(map(len, column)) for column in zip(*kept, strict=True)]
    for row in kept:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()

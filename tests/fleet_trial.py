"""The fleet: all chosen variants, in squadrons that one run of bake can build."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scores import Row
from squadron import RIVALS, Squadron
from toys import make_toy
from variant_kinds import Variant

from seatrial.engine.client import Engine
from seatrial.model.report import Report

# BuildKit forgets some of 200 builds that begin at once: “no such job”.
TOGETHER = 48


class Fleet:
    """All variants that a test was chosen for.

    Attributes:
        variants: The variants; the first is good as it is, and the others are measured by it.
        squadrons: They, in parts that are built and tried together.
    """

    def __init__(self, home: Path, name: str, variants: tuple[Variant, ...]) -> None:
        self.variants = variants
        self.squadrons = []
        self._ended = 0
        for at in range(0, len(variants), TOGETHER):
            number = at // TOGETHER + 1
            folder = home / str(number)
            folder.mkdir()
            toy = make_toy(folder, f"{name}-{number}")
            self.squadrons.append(Squadron(toy, variants[at : at + TOGETHER], self._count))

    def sail(self, engine: Engine, *, rivals: bool) -> None:
        """Build and try them all; let rivals look at them where that is asked."""
        size = None
        for number, one in enumerate(self.squadrons, start=1):
            part = f"{number} of {len(self.squadrons)}" if self.squadrons[1:] else "all"
            print(f"building {len(one.variants)} variants ({part}) …", flush=True)
            size = one.build(engine, size)
            one.try_all()
            if rivals:
                print(f"asking {' and '.join(RIVALS)} …", flush=True)
                one.ask_rivals()

    def report(self, name: str) -> Report:
        return self._of(name).report(name)

    def row(self, variant: Variant) -> Row:
        return self._of(variant.name).row(variant)

    def rows(self) -> Iterator[Row]:
        """Yield what became of each variant."""
        return (self.row(variant) for variant in self.variants)

    def _of(self, name: str) -> Squadron:
        return next(s for s in self.squadrons if name in {v.name for v in s.variants})

    def _count(self, told: str) -> None:
        self._ended += 1
        print(f"{self._ended:>4} of {len(self.variants)}  {told}", flush=True)

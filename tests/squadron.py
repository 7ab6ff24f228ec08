"""A squadron at sea: variants that are built in one run, tried in one session, shown to rivals."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import fleet_voice
import rivals
from fleet import make_variant, write_project
from rivals import Said
from scores import Row
from toys import Toy
from variant_kinds import Variant
from variant_place import Place

from seatrial.engine.client import Engine
from seatrial.model.report import CheckResult, Report

ROOM = 10_000_000  # bytes that a variant may be larger than the good one
ASKED_AT_ONCE = 4
HERE = str(Path(__file__).parent)
RIVALS = ("hadolint", "container-structure-test")
Tell = Callable[[str], None]


@dataclass
class Squadron:
    """Variants on their way: made, built, tried.

    Attributes:
        toy: The project that they are images of.
        variants: The variants.
        tell: Told of each step that is done.
        places: The variants' folders, in their order.
        output: What the session of trials printed.
        code: Its exit code.
        said: What the rivals said, by variant and rival.
    """

    toy: Toy
    variants: tuple[Variant, ...]
    tell: Tell
    places: list[Place] = field(default_factory=list)
    output: str = ""
    code: int = -1
    said: dict[str, dict[str, Said | None]] = field(default_factory=dict)

    def build(self, engine: Engine, size: int | None = None) -> int:
        """Make every variant, and build them all in one run.

        Args:
            engine: The engine.
            size: Bytes of the good one, where they are known; else the first variant's are.

        Returns:
            Bytes of the good one.
        """
        self.places = [make_variant(self.toy, one.name, one.edit) for one in self.variants]
        write_project(self.toy, self.places)
        self.toy.commit()
        built = self.toy.invoke("build-prod")
        assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-4000:]
        for place in (one for one in self.places if one.afterwards):
            folder = self._afterwards(place.folder.name)
            recipe = f"FROM {self.reference(place.folder.name)}\n{place.afterwards}\n"
            folder.mkdir(parents=True)
            (folder / "Dockerfile").write_text(recipe)
            engine.whales.build(
                folder, tags=[f"{self.toy.name}-{place.folder.name}:after"], progress=False
            )
        size = size or self._size(engine)
        for place in (one for one in self.places if one.is_tug):
            place.promise(f"[limits]\nsize = {size + ROOM}\n")
        return size

    def reference(self, name: str) -> str:
        """Return the image of a variant."""
        after = any(one.afterwards for one in self.places if one.folder.name == name)
        laid_over = after and self._afterwards(name).exists()
        return f"{self.toy.name}-{name}:{'after' if laid_over else 'latest'}"

    def _afterwards(self, name: str) -> Path:
        # Where git does not look: the project stays clean.
        return self.toy.root / "dist" / "afterwards" / name

    def try_all(self) -> None:
        """Try every variant in one session of the pytest plugin."""
        listening, speaking = os.pipe()
        paths = [HERE, *filter(None, [os.environ.get("PYTHONPATH")])]
        words = ["-p", "no:cacheprovider", "-p", "fleet_voice", "--trial-strict", "-q"]
        changed = [one.folder.name for one in self.places if one.afterwards]
        words += [f"--trial-ref={name}={self.reference(name)}" for name in changed]
        with (self.toy.root / "session.log").open("w+") as output:
            session = subprocess.Popen(
                [sys.executable, "-m", "pytest", *words, "--junitxml=junit.xml", "."],
                cwd=self.toy.root,
                env={
                    **os.environ,
                    "PYTHONDONTWRITEBYTECODE": "1",
                    "PYTHONPATH": os.pathsep.join(paths),
                    fleet_voice.PIPE: str(speaking),
                },
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=(speaking,),
            )
            os.close(speaking)
            with os.fdopen(listening) as ended:
                for line in ended:
                    self._tell_of(line.strip())
            self.code = session.wait(timeout=60)
            output.seek(0)
            self.output = output.read()
        assert self.code in {0, 1}, self.output[-4000:]

    def ask_rivals(self) -> None:
        """Let both rivals look at every variant."""
        commit = self.toy.git("rev-parse", "HEAD")
        pool = ThreadPoolExecutor(ASKED_AT_ONCE)
        try:
            asked = {one.name: pool.submit(self._ask, one.name, commit) for one in self.variants}
            for name, answers in asked.items():
                self.said[name] = answers.result()
        finally:
            # Ctrl-C waits for those under way and for no others.
            pool.shutdown(cancel_futures=True)

    def report(self, name: str) -> Report:
        path = self.toy.root / "dist" / "trials" / name / "report.json"
        told = [line for line in self.output.splitlines() if "the trial itself" in line]
        assert path.is_file(), "\n".join(told[:3]) + self.output[-3000:]
        return Report.model_validate_json(path.read_text())

    def row(self, variant: Variant) -> Row:
        report = self.report(variant.name)
        bad = [one for one in report.results if one.outcome != "pass"]
        killer = next((one for one in report.results if one.name == variant.killer), None)
        return Row(
            name=variant.name,
            kind=variant.kind,
            family=killer.family if killer else "",
            killer=variant.killer,
            failed=tuple(
                f"{one.name} (skip)"[: None if one.outcome == "skip" else -7] for one in bad
            ),
            well=_is_well(variant, killer, bad) and report.count("pass") > 0,
            said=self.said.get(variant.name, {}),
            seconds=report.duration,
        )

    def _tell_of(self, name: str) -> None:
        row = self.row(next(one for one in self.variants if one.name == name))
        self.tell(f"{name:<48} {row.verdict()}, {row.seconds:.1f} s")

    def _ask(self, name: str, commit: str) -> dict[str, Said | None]:
        folder = self.toy.root / name
        test = rivals.ask_structure_test(self.reference(name), folder, commit)
        return dict(zip(RIVALS, (rivals.ask_hadolint(folder), test), strict=True))

    def _size(self, engine: Engine) -> int:
        """Return the bytes of the first variant's files: how large that is depends on its base."""
        first = self.reference(self.variants[0].name)
        told = engine.whales.run(first, ["du", "-sxb", "/"], remove=True, user="0")
        return int(str(told).split()[0])


def _is_well(variant: Variant, killer: CheckResult | None, bad: Sequence[CheckResult]) -> bool:
    """Return whether a mutant died of its check and of no other family's, or the others live."""
    if variant.kind != "mutant":
        return not bad
    if killer is None or killer.outcome != "fail":
        return False
    wrong = [one for one in bad if one.family != killer.family and one.outcome == "fail"]
    return not {one.name for one in wrong} - variant.also


def _named(result: CheckResult) -> str:
    return f"{result.name} (skip)" if result.outcome == "skip" else result.name

"""How the time of a rebuild is taken."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import seen
from seen import CONTRACT, COPY, INSTALL, KEPT, STAMP

from seatrial.errors import SeatrialError
from seatrial.model.contract import Contract
from seatrial.model.holding_facts import RebuildFacts
from seatrial.model.plan import BuildRecord, BuiltImage, Plan
from seatrial.report.seen import facts_of
from seatrial.verify.lab import Lab, Order
from seatrial.verify.probes import rebuild_time
from seatrial.verify.probes.rebuild import Site, copy_site
from seatrial.verify.probes.rebuild_time import WHOLE, look_at_rebuild_time

CACHED = RebuildFacts(edited=WHOLE, steps=(INSTALL,))
RAN = RebuildFacts(edited=WHOLE, steps=(INSTALL, COPY))
Builds = Callable[..., list[str]]


def lab(contract: Contract = CONTRACT) -> Lab:
    order = Order(contract, Path(), "tug:1")
    return Lab(None, order, KEPT.image, "r1", None, {}, threading.Event())  # type: ignore[arg-type]


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> Builds:
    """Make builds out of facts and of the seconds that each takes; returns what was edited."""

    def take(facts: RebuildFacts, *seconds: float) -> list[str]:
        edited: list[str] = []
        told: Iterator[RebuildFacts] = iter([CACHED, *[facts] * len(seconds)])
        clock = [0.0]
        ends = iter([0.0, *seconds])

        def build(*_words: object) -> dict[str, RebuildFacts]:
            clock[0] += next(ends)
            return {WHOLE: next(told)}

        monkeypatch.setattr(rebuild_time, "copy_site", lambda _lab, at: Site(at, at, {}))
        monkeypatch.setattr(rebuild_time, "edit_file", lambda path: edited.append(path.name))
        monkeypatch.setattr(rebuild_time, "build_copies", build)
        monkeypatch.setattr("time.monotonic", lambda: clock[0])
        return edited

    return take


def test_the_first_build_fills_the_cache_and_the_next_is_timed(builds: Builds) -> None:
    edited = builds(RAN, 2.0)
    facts = look_at_rebuild_time(lab())[WHOLE]
    assert edited == ["app.py"]
    assert (facts.edited, facts.duration) == ("app.py", 2.0)
    assert [step.instruction for step in facts.ran] == [COPY.instruction]


def test_one_that_takes_too_long_is_done_again_and_the_shortest_counts(builds: Builds) -> None:
    edited = builds(RAN, 5.0, 4.0, 6.0)
    assert look_at_rebuild_time(lab())[WHOLE].duration == 4.0
    assert len(edited) == 3


def test_one_in_time_is_enough(builds: Builds) -> None:
    edited = builds(RAN, 5.0, 1.0, 9.0)
    assert look_at_rebuild_time(lab())[WHOLE].duration == 1.0
    assert len(edited) == 2


def test_a_build_that_fails_is_not_done_again(builds: Builds) -> None:
    edited = builds(RAN.model_copy(update={"failed": True}), 1.0, 1.0)
    assert look_at_rebuild_time(lab())[WHOLE].failed
    assert len(edited) == 1


def test_without_a_source_to_edit_it_cannot_be_looked_at() -> None:
    promised = Contract.model_validate({"image": "tug", "limits": {"rebuild": "3s"}})
    with pytest.raises(SeatrialError, match=r"cache\.source does not tell"):
        look_at_rebuild_time(lab(promised))


def test_a_dockerfile_inside_the_bake_file_is_copied_as_well(tmp_path: Path) -> None:
    (tmp_path / "tug").mkdir()
    (tmp_path / "tug" / "app.py").write_text("")
    target = {"context": "tug", "dockerfile-inline": "FROM scratch\nCOPY app.py /\n"}
    plan = Plan(stamp=STAMP, policy="registry", images=(), definition={"target": {"tug": target}})
    built = BuiltImage(name="tug", tags=(), digest=KEPT.image.id, size=1, duration=1.0)
    record = BuildRecord(started=0.0, duration=1.0, plan=plan, images=(built,))
    order = Order(CONTRACT, tmp_path, "tug:1", tmp_path, record)
    site = copy_site(
        Lab(None, order, KEPT.image, "r1", None, {}, threading.Event()),  # type: ignore[arg-type]
        tmp_path / "copy",
    )
    assert site.dockerfile.read_text() == target["dockerfile-inline"]
    assert "dockerfile-inline" not in site.target
    assert (site.context / "app.py").is_file()


def test_it_is_told_among_the_limits_and_not_as_a_matter_of_the_cache() -> None:
    limits = {fact.label: fact.text for fact in facts_of("limits", seen.KEPT)}
    assert limits["rebuild after an edit of app.py"] == "2.5 s, 1 of 2 steps ran"
    assert "edit: whole" not in {fact.label for fact in facts_of("cache", seen.KEPT)}

"""Tags are given to all images of a run or to none, on a real engine."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from toys import Toy

from seatrial.build import run
from seatrial.build.run import give_tags
from seatrial.engine.client import Engine
from seatrial.engine.images import inspect_images, tag_images
from seatrial.errors import NoEngineError
from seatrial.model.plan import Plan, PlannedImage
from seatrial.model.stamp import Stamp

pytestmark = pytest.mark.engine

COPIES = "FROM scratch\nCOPY data /data\n"
STAMP = Stamp(
    sha="a" * 40, short_sha="a", describe="a", dirty=False, built_at="2026-01-01T00:00:00Z"
)


def planned(*names: str, tags: tuple[str, ...]) -> Plan:
    images = tuple(
        PlannedImage(name=name, repository=name, tags=tags, context=".", dockerfile="Dockerfile")
        for name in names
    )
    return Plan(stamp=STAMP, policy="registry", images=images, definition={})


def test_a_tag_that_is_refused_takes_the_others_back(
    toy: Toy, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy.image("one", COPIES)
    toy.image("two", COPIES)
    toy.commit()
    assert toy.invoke("build-prod").returncode == 0
    old, new = f"{toy.name}-one:latest", f"{toy.name}-two:latest"
    held = inspect_images(engine, [old, new])
    moved, fresh = f"{toy.name}-one:moved", f"{toy.name}-one:fresh"
    tag_images(engine, [(held[old].id, moved)])
    plan = planned("two", tags=(moved, fresh, f"{toy.name}-one:refused"))
    given: list[str] = []

    def refuse(engine: Engine, tags: Iterable[tuple[str, str]]) -> None:
        for image, tag in tags:
            if tag.endswith("refused"):
                raise NoEngineError("refused")
            tag_images(engine, [(image, tag)])
            given.append(tag)

    monkeypatch.setattr(run, "tag_images", refuse)
    with pytest.raises(NoEngineError, match="refused"):
        give_tags(engine, plan, {"two": held[new].id}, inspect_images(engine, [moved]))
    assert given[:2] == [moved, fresh]
    after = inspect_images(engine, [moved, fresh])
    assert list(after) == [moved]
    assert after[moved].id == held[old].id


def test_a_tag_that_is_none_is_refused_in_words(toy: Toy, engine: Engine) -> None:
    toy.image("one", COPIES)
    toy.commit()
    assert toy.invoke("build-prod").returncode == 0
    image = inspect_images(engine, [f"{toy.name}-one:latest"])[f"{toy.name}-one:latest"].id
    with pytest.raises(NoEngineError, match="could not be tagged"):
        tag_images(engine, [(image, f"{toy.name}-one:no good")])

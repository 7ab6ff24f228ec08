"""`invoke bases` on a real engine, with a toy recipe of a base that no other project has."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from toys import Toy

from seatrial.engine.client import Engine
from seatrial.engine.images import inspect_images, remove_images, stand_ins_held
from seatrial.recipes import stand_in_tag

pytestmark = pytest.mark.engine

DIGEST = "sha256:" + "0" * 64
MAKE = """#!/bin/sh
printf 'FROM scratch\\nCOPY hello /hello\\n' >"$1/Dockerfile"
echo hello >"$1/hello"
echo made >>"$(dirname "$0")/../../made.log"
"""


class Yard:
    """A toy project whose only base has a toy recipe."""

    def __init__(self, toy: Toy, engine: Engine) -> None:
        self.toy = toy
        self.engine = engine
        self.reference = f"{toy.name}/base:1"
        self.repository = f"seatrial.local/{toy.name}/base"
        self.recipe = toy.root / "recipes" / "base"
        settings = toy.root / "pyproject.toml"
        table = f'[tool.seatrial.stand_ins]\n"{self.reference}" = "recipes/base"\n'
        settings.write_text(settings.read_text() + table)
        toy.write(".gitignore", "dist/\n.seatrial/\n__pycache__/\nmade.log\ntmp/\n")
        self.write_make(MAKE)
        toy.image("one", f"FROM {self.reference}@{DIGEST}\nCOPY data /data\n")
        toy.commit()

    def write_make(self, text: str) -> None:
        self.toy.write("recipes/base/make", text).chmod(0o755)

    @property
    def tag(self) -> str:
        return stand_in_tag(self.reference, self.recipe)

    @property
    def held(self) -> list[str]:
        return sorted(stand_ins_held(self.engine, self.repository))

    @property
    def times_made(self) -> int:
        path = self.toy.root / "made.log"
        return len(path.read_text().splitlines()) if path.exists() else 0

    def bases(self, *options: str) -> str:
        """Run the verb; return what it said."""
        done = self.toy.invoke("bases", *options)
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
        return done.stderr


@pytest.fixture
def yard(toy: Toy, engine: Engine) -> Iterator[Yard]:
    made = Yard(toy, engine)
    yield made
    remove_images(engine, made.held)


@pytest.fixture
def others(engine: Engine) -> Iterator[str]:
    """A stand-in of another project, which nothing here may touch."""
    tag = "seatrial.local/toy-neighbour/base:1-aa"
    whales = engine.whales
    whales.image.tag(_labelled(engine), tag)
    yield tag
    remove_images(engine, [tag])


def _labelled(engine: Engine) -> str:
    rows = engine.whales.image.list(filters=[("label", "seatrial.stand-in")])
    assert rows, "the bases of this repository are not built: invoke bases"
    return rows[0].id


def test_a_stand_in_is_made_labelled_and_not_made_again(yard: Yard) -> None:
    assert f"made {yard.tag}" in yard.bases()
    image = inspect_images(yard.engine, [yard.tag])[yard.tag]
    assert image.labels["seatrial.stand-in"] == yard.reference
    assert yard.tag.endswith(f"-{image.labels['seatrial.recipe']}")
    assert f"{yard.tag} is there" in yard.bases()
    assert yard.times_made == 1


def test_another_recipe_makes_another_stand_in_and_leaves_the_old_one(yard: Yard) -> None:
    yard.bases()
    before = yard.tag
    yard.toy.write("recipes/base/new", "a file more\n")
    assert yard.tag != before
    assert f"made {yard.tag}" in yard.bases()
    assert yard.held == sorted([before, yard.tag])


def test_no_cache_makes_it_anew(yard: Yard) -> None:
    yard.bases()
    yard.bases("--no-cache")
    assert yard.times_made == 2


def test_an_image_is_built_on_the_stand_in_and_says_so(yard: Yard) -> None:
    yard.bases()
    done = yard.toy.invoke("build-prod")
    assert done.returncode == 0, done.stderr
    assert "bases: stand-in" in done.stderr
    name = f"{yard.toy.name}-one:latest"
    assert inspect_images(yard.engine, [name])[name].labels["seatrial.base-policy"] == "stand-in"


def test_a_base_of_the_hub_s_latest_tag_is_replaced_as_well(yard: Yard) -> None:
    settings = yard.toy.root / "pyproject.toml"
    hub = f"docker.io/{yard.toy.name}/base:latest"
    settings.write_text(settings.read_text().replace(yard.reference, hub))
    yard.toy.image("one", f"FROM {hub}\nCOPY data /data\n")
    yard.toy.commit()
    try:
        yard.bases()
        done = yard.toy.invoke("build-prod")
        assert done.returncode == 0, done.stderr
    finally:
        remove_images(yard.engine, stand_ins_held(yard.engine, f"seatrial.local/{hub[:-7]}"))


def test_a_target_that_an_image_is_built_on_is_built_on_stand_ins_too(yard: Yard) -> None:
    yard.bases()
    base = f"FROM {yard.reference}@{DIGEST}\nCOPY data /low\n"
    yard.toy.write("low/Dockerfile", base)
    yard.toy.write("low/data", "low\n")
    yard.toy.write("one/Dockerfile", "FROM lower\nCOPY data /data\n")
    yard.toy.write(
        "docker-bake.hcl",
        f"""group "default" {{ targets = ["inner"] }}
group "inner" {{ targets = ["one"] }}
target "one" {{
  context = "one"
  contexts = {{ lower = "target:low" }}
  tags = ["{yard.toy.name}-one"]
}}
target "low" {{
  context = "low"
}}
""",
    )
    yard.toy.commit()
    done = yard.toy.invoke("build-prod")
    assert done.returncode == 0, done.stderr
    names = [f"{yard.toy.name}-one:latest", f"{yard.toy.name}-low:latest", "low:latest"]
    assert list(inspect_images(yard.engine, names)) == names[:1]


def test_a_build_without_its_stand_in_says_how_to_make_it(yard: Yard) -> None:
    done = yard.toy.invoke("build-prod", "--bases", "stand-in")
    assert done.returncode == 2
    assert f"the stand-in {yard.tag} is not built" in done.stderr
    assert "invoke bases" in done.stderr


def test_clean_removes_this_projects_stand_ins_old_ones_too_and_nothing_else(
    yard: Yard, others: str
) -> None:
    yard.bases()
    assert yard.toy.invoke("build-prod").returncode == 0
    yard.toy.write("recipes/base/new", "a file more\n")
    yard.bases()
    own = f"{yard.toy.name}-one:latest"
    # An image inherits its base's labels: by its labels alone it is a stand-in.
    assert "seatrial.stand-in" in inspect_images(yard.engine, [own])[own].labels
    assert "removed 2 stand-ins" in yard.bases("--clean")
    assert yard.held == []
    assert sorted(inspect_images(yard.engine, [own, others])) == sorted([own, others])
    assert not (yard.toy.root / ".seatrial/bases.stamp").exists()
    assert "there are no stand-ins" in yard.bases("--clean")


def test_if_needed_writes_down_what_was_decided_and_what_is_used(yard: Yard) -> None:
    stamp = yard.toy.root / ".seatrial/bases.stamp"
    stamp.unlink(missing_ok=True)
    said = yard.bases("--if-needed")
    # No registry has this base, whether one answers or none.
    assert "bases: stand-in" in said
    assert stamp.read_text() == f"stand-in\n{yard.tag}\n"
    assert f"{yard.tag} is there" in yard.bases("--if-needed")
    assert yard.times_made == 1


def test_if_needed_makes_nothing_where_the_registry_was_asked_for(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATRIAL_BASES", "registry")
    assert "no stand-in is needed" in yard.bases("--if-needed")
    assert yard.held == []


def test_stand_ins_made_by_hand_beside_a_registry_change_no_policy(yard: Yard) -> None:
    done = yard.toy.invoke("bases", SEATRIAL_BASES="registry")
    assert done.returncode == 0, done.stderr
    assert yard.held == [yard.tag]
    assert (yard.toy.root / ".seatrial/bases.stamp").read_text() == "registry\n"


def test_a_recipe_that_fails_is_told_with_its_last_lines_and_leaves_nothing(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = temporary(yard, monkeypatch)
    yard.write_make("#!/bin/sh\necho no package today\nexit 9\n")
    done = yard.toy.invoke("bases")
    assert done.returncode == 2
    assert "it ended with 9" in done.stderr
    assert "| no package today" in done.stderr
    assert yard.held == []
    assert list(folder.iterdir()) == []


def test_a_context_that_does_not_build_is_told_with_buildkits_words(yard: Yard) -> None:
    yard.write_make("#!/bin/sh\nprintf 'FROM scratch\\nCOPY none /none\\n' >\"$1/Dockerfile\"\n")
    done = yard.toy.invoke("bases")
    assert done.returncode == 4
    assert f"{yard.tag} failed to build" in done.stderr
    assert "/none" in done.stderr
    assert yard.held == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_recipe_leaves_nothing(
    yard: Yard, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    folder = temporary(yard, monkeypatch)
    stamp = yard.toy.root / ".seatrial/bases.stamp"
    stamp.unlink(missing_ok=True)
    yard.write_make('#!/bin/bash\nsleep 61.75 &\necho $! $$ >"$1/pids"\nwait\n')
    process = yard.toy.start("bases")
    deadline = time.monotonic() + 30
    while not (written := [p.read_text() for p in folder.glob("*/pids") if p.read_text()]):
        assert time.monotonic() < deadline, "the recipe never began"
        time.sleep(0.02)
    began = time.monotonic()
    process.send_signal(number)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 130, output
    assert time.monotonic() - began < 3
    assert "Traceback" not in output
    assert not [pid for pid in written[0].split() if is_running(pid)]
    assert list(folder.iterdir()) == []
    assert yard.held == []
    assert not stamp.exists()


def temporary(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = yard.toy.root / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def is_running(pid: str) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"

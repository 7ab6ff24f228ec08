"""Recipes of stand-ins: their tags, their hashes, and how they are run."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from seatrial import recipes
from seatrial.errors import ConfigurationError
from seatrial.recipes import make_context, recipe_hash, repository_and_tag, stand_in_tag

REFERENCE = "python:3.14"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A recipe among others: it writes the name of its folder into the context."""
    for name in ("python", "uv"):
        write(tmp_path / "bases" / name / "make", '#!/bin/sh\necho made >"$1/Dockerfile"\n')
    write(tmp_path / "bases" / "lib.sh", "shared\n")
    return tmp_path / "bases" / "python"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def recipe(folder: Path, script: str) -> Path:
    write(folder / "make", f"#!/bin/bash\n{script}\n")
    return folder


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def interrupt_once(path: Path) -> None:
    """Send ourselves SIGINT once a recipe has written `path`."""

    def wait() -> None:
        deadline = time.monotonic() + 20
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=wait, daemon=True).start()


def test_a_stand_in_is_called_as_its_base_and_its_recipes_hash(folder: Path) -> None:
    digest = recipe_hash(REFERENCE, folder)
    assert stand_in_tag(REFERENCE, folder) == f"seatrial.local/python:3.14-{digest}"
    assert stand_in_tag(f"{REFERENCE}@sha256:{'0' * 64}", folder).endswith(f"3.14-{digest}")


def test_a_base_without_a_tag_is_the_latest(folder: Path) -> None:
    assert stand_in_tag("a/b", folder).startswith("seatrial.local/a/b:latest-")


def test_a_registrys_port_does_not_break_the_name(folder: Path) -> None:
    assert stand_in_tag("localhost:5000/a:1", folder).startswith(
        "seatrial.local/localhost_5000/a:1-"
    )
    assert stand_in_tag("localhost:5000/a", folder).startswith(
        "seatrial.local/localhost_5000/a:latest-"
    )


def test_a_digest_is_cut_off() -> None:
    assert repository_and_tag("a/b:1@sha256:00") == "a/b:1"
    assert repository_and_tag("a/b") == "a/b"


@pytest.mark.parametrize("path", ["make", "new", "deep/down", "../lib.sh"])
def test_a_changed_file_of_the_recipe_or_of_all_is_another_recipe(folder: Path, path: str) -> None:
    before = recipe_hash(REFERENCE, folder)
    write(folder / path, "changed\n")
    assert recipe_hash(REFERENCE, folder) != before


@pytest.mark.parametrize("path", ["../uv/make", "README.md", "__pycache__/x.pyc", "make~"])
def test_what_decides_nothing_leaves_the_recipe_as_it_was(folder: Path, path: str) -> None:
    before = recipe_hash(REFERENCE, folder)
    write(folder / path, "changed\n")
    assert recipe_hash(REFERENCE, folder) == before


def test_a_renamed_file_is_another_recipe(folder: Path) -> None:
    write(folder / "a", "same\n")
    before = recipe_hash(REFERENCE, folder)
    (folder / "a").rename(folder / "b")
    assert recipe_hash(REFERENCE, folder) != before


def test_one_recipe_for_two_bases_makes_two_stand_ins(folder: Path) -> None:
    assert recipe_hash("python:3.14", folder) != recipe_hash("python:3.15", folder)


@pytest.mark.parametrize("state", ["missing", "not executable", "no folder"])
def test_a_recipe_without_a_make_that_runs_is_named(folder: Path, state: str) -> None:
    if state == "missing":
        (folder / "make").unlink()
    elif state == "not executable":
        (folder / "make").chmod(0o644)
    else:
        folder = folder / "none"
    with pytest.raises(ConfigurationError, match="has no recipe") as caught:
        stand_in_tag(REFERENCE, folder)
    assert str(folder / "make") in (caught.value.expected or "")


def test_a_recipe_writes_the_context(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    make_context(folder, tmp_path / "out")
    assert (tmp_path / "out" / "Dockerfile").read_text() == "made\n"


def test_a_recipe_reads_nothing_from_our_standard_input(folder: Path, tmp_path: Path) -> None:
    make_context(recipe(folder, "! read -r line"), tmp_path)


def test_a_failing_recipe_shows_its_last_lines_and_its_code(folder: Path, tmp_path: Path) -> None:
    recipe(folder, "for n in {1..30}; do echo line $n >&2; done; printf '\\351\\n'; exit 3")
    with pytest.raises(ConfigurationError, match="python made no stand-in: it ended with 3") as e:
        make_context(folder, tmp_path)
    assert e.value.detail == (*(f"line {n}" for n in range(12, 31)), "\ufffd")
    assert str(folder / "make") in (e.value.hint or "")


def test_a_recipe_that_is_no_program_is_named(folder: Path, tmp_path: Path) -> None:
    write(folder / "make", "#!/none/such\n")
    with pytest.raises(ConfigurationError, match="python cannot be run"):
        make_context(folder, tmp_path)


def test_an_interrupted_recipe_cleans_up_and_is_gone_with_its_children(
    folder: Path, tmp_path: Path
) -> None:
    recipe(
        folder,
        f"""cd "{tmp_path}"
trap 'echo cleaned >cleaned; exit 1' TERM
sleep 61.5 &
echo $! $$ >pids.new && mv pids.new pids
wait""",
    )
    interrupt_once(tmp_path / "pids")
    with pytest.raises(KeyboardInterrupt):
        make_context(folder, tmp_path)
    assert (tmp_path / "cleaned").exists()
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 2
    assert not any(map(is_alive, pids))


def test_a_recipe_that_will_not_stop_is_killed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipes, "STOP_SECONDS", 0.3)
    recipe(
        folder,
        f"""trap '' TERM INT
echo $$ >"{tmp_path}/pids.new" && mv "{tmp_path}/pids.new" "{tmp_path}/pids"
while true; do sleep 0.1; done""",
    )
    interrupt_once(tmp_path / "pids")
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        make_context(folder, tmp_path)
    assert time.monotonic() - began < 10
    assert not is_alive(int((tmp_path / "pids").read_text()))

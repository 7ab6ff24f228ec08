"""scripts/bun: runs the bun that the images have, and fetches it once."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from script_tree import SCRIPTS
from toys import REPOSITORY

VERSION = re.findall(r"^VERSION=(\S+)", (SCRIPTS / "bun").read_text(), re.MULTILINE)[0]
BUN = '#!/bin/bash\n[[ $1 == --version ]] && echo "{version}" || echo "{name} was asked: $*"\n'
NPM = """#!/bin/bash
echo "npm $*" >>"$CALLS"
mkdir -p package/bin
printf '#!/bin/bash\\necho "the fetched one was asked: $*"\\n' >package/bin/bun
chmod +x package/bin/bun
tar -czf oven-bun.tgz package && rm -r package
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder of programs and one of a home; nothing else is on PATH."""
    (tmp_path / "bin").mkdir()
    for name in (
        "bash",
        "env",
        "mkdir",
        "mktemp",
        "tar",
        "gzip",
        "mv",
        "rm",
        "uname",
        "tail",
        "chmod",
    ):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or "")
    return tmp_path


def program(place: Path, name: str, text: str) -> None:
    (place / "bin" / name).write_text(text)
    (place / "bin" / name).chmod(0o755)


def bun(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": f"{place}/bin", "HOME": str(place), "CALLS": str(place / "calls")}
    argv = [str(SCRIPTS / "bun"), *words]
    return subprocess.run(
        argv, env=environ, capture_output=True, text=True, check=False, timeout=30, cwd=place
    )


def test_the_version_is_that_of_the_images_and_of_the_frontend() -> None:
    recipe = (SCRIPTS / "bases" / "bun" / "make").read_text()
    package = json.loads((REPOSITORY / "services/frontend/package.json").read_text())
    assert f"\nVERSION={VERSION}\n" in recipe
    assert package["packageManager"] == f"bun@{VERSION}"


def test_the_one_on_path_is_run_where_its_version_fits(place: Path) -> None:
    program(place, "bun", BUN.format(version=VERSION, name="theirs"))
    assert bun(place, "run", "dev").stdout == "theirs was asked: run dev\n"
    assert not (place / ".cache").exists()


def test_another_version_is_passed_over_and_the_right_one_is_fetched_once(place: Path) -> None:
    program(place, "bun", BUN.format(version="0.1.0", name="theirs"))
    program(place, "npm", NPM)
    for _ in range(2):
        assert bun(place, "run", "dev").stdout == "the fetched one was asked: run dev\n"
    (call,) = (place / "calls").read_text().splitlines()
    assert call.endswith(f"@{VERSION}")
    kept = [path.name for path in (place / ".cache" / "seatrial").iterdir()]
    assert kept == [f"bun-{VERSION}"], "nothing half-fetched is left"


def test_what_bun_starts_finds_bun(place: Path) -> None:
    program(place, "npm", NPM.replace("the fetched one was asked: $*", "$PATH"))
    found = bun(place).stdout
    assert found.startswith(f"{place}/.cache/seatrial/bun-{VERSION}{os.pathsep}")


def test_a_fetch_that_fails_ends_in_2_in_npms_words_and_leaves_nothing(place: Path) -> None:
    program(place, "npm", "#!/bin/bash\necho 'no such package' >&2\nexit 1\n")
    done = bun(place)
    assert done.returncode == 2
    assert "no such package" in done.stderr
    assert "bun could not be fetched" in done.stderr
    assert list((place / ".cache" / "seatrial").iterdir()) == []

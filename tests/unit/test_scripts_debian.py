"""How the scripts read the machine's own apt sources."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from script_tree import SCRIPTS

ONE_LINE = """
# deb http://commented.example/debian bookworm main
deb-src http://source.example/debian bookworm main
deb [arch=amd64 signed-by=/a/b.gpg] http://one.example/debian bookworm main contrib
deb http://security.example/debian-security bookworm-security main
"""
DEB822 = """\
Types: deb
# a comment
URIs: https://third.example/packages
Suites: stable
Components: main

Enabled: no
Types: deb
URIs: http://disabled.example/debian
Suites: bookworm

Types: deb-src
URIs: http://source.example/debian
Suites: bookworm

types: deb deb-src
URIs: http://two.example/debian
Suites: bookworm
 bookworm-updates
Components: main
"""


def mirror(etc: Path, suite: str = "bookworm") -> tuple[int, str]:
    script = f". {SCRIPTS}/debian.sh; debian_mirror {suite} {etc}"
    ended = subprocess.run(
        ["bash", "-euc", script], capture_output=True, text=True, check=False, timeout=10
    )
    assert ended.stderr == ""
    return ended.returncode, ended.stdout.strip()


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    (tmp_path / "sources.list.d").mkdir()
    return tmp_path


def test_the_mirror_of_a_one_line_file(etc: Path) -> None:
    (etc / "sources.list").write_text(ONE_LINE)
    assert mirror(etc) == (0, "http://one.example/debian")


def test_the_mirror_of_a_deb822_file_is_the_release_s_own(etc: Path) -> None:
    (etc / "sources.list.d" / "debian.sources").write_text(DEB822)
    assert mirror(etc) == (0, "http://two.example/debian")


def test_a_release_that_no_source_names_takes_the_first_mirror(etc: Path) -> None:
    (etc / "sources.list.d" / "debian.sources").write_text(DEB822)
    assert mirror(etc, "sid") == (0, "https://third.example/packages")


def test_disabled_files_are_not_read(etc: Path) -> None:
    (etc / "sources.list.d" / "other.sources.disabled").write_text(DEB822)
    assert mirror(etc) == (1, "")


def test_without_sources_there_is_no_mirror(etc: Path) -> None:
    assert mirror(etc) == (1, "")

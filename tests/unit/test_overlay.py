"""What a container wrote, read from its overlay."""

from __future__ import annotations

from pathlib import Path

import pytest

from seatrial import overlay

LINE = (
    "87 61 0:45 / / rw,relatime master:2 - overlay overlay "
    "rw,lowerdir=/l/1:/l/2,upperdir={upper},workdir=/w\n"
)
OTHERS = "88 87 0:48 / /proc rw - proc proc rw\n9 8 0:1 / /data rw - overlay o rw,upperdir=/no\n"


def test_the_folder_is_that_of_the_root() -> None:
    assert overlay.upper_folder(OTHERS + LINE.format(upper="/u/7/fs")) == "/u/7/fs"
    assert overlay.upper_folder(LINE.format(upper="/u\\040v")) == "/u v"
    assert overlay.upper_folder(OTHERS) is None
    assert overlay.upper_folder("") is None


@pytest.fixture
def upper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "upper"
    folder.mkdir()
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "mountinfo").write_text(OTHERS + LINE.format(upper=folder))
    monkeypatch.setattr(overlay, "PROC", tmp_path)
    return folder


def test_every_path_is_told_with_the_folders_on_the_way(upper: Path) -> None:
    (upper / "var" / "lib").mkdir(parents=True)
    (upper / "var" / "lib" / "state").write_text("")
    (upper / ".hidden").write_text("")
    told = overlay.written_paths(7)
    assert told is not None
    assert sorted(told) == ["/.hidden", "/var", "/var/lib", "/var/lib/state"]


def test_nothing_written_is_no_path(upper: Path) -> None:
    assert upper.is_dir()
    assert overlay.written_paths(7) == []


def test_where_it_cannot_be_read_nothing_is_told(upper: Path) -> None:
    upper.rmdir()
    assert overlay.written_paths(7) is None
    assert overlay.written_paths(8) is None
    assert overlay.written_paths(0) is None

"""Files that nobody ever sees half of."""

from __future__ import annotations

import resource
import signal
import threading
from pathlib import Path

import pytest

from seatrial.errors import ConfigurationError
from seatrial.files import write_atomic


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_text_is_written_and_its_folder_is_made(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a" / "b.json", "grüße\n")
    assert (tmp_path / "a" / "b.json").read_bytes() == "grüße\n".encode()


@pytest.mark.parametrize("mode", [0o644, 0o600])
def test_the_file_has_the_mode_that_was_asked_for(tmp_path: Path, mode: int) -> None:
    write_atomic(tmp_path / "a", "x", mode=mode)
    assert (tmp_path / "a").stat().st_mode & 0o777 == mode


def test_a_result_is_for_everyone_to_read_and_its_owner_to_change(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a", "x")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644


def test_a_second_writing_replaces_the_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    for text in ("long before", "new"):
        write_atomic(tmp_path / "a", text)
    assert (tmp_path / "a").read_text() == "new"
    assert names(tmp_path) == ["a"]


def test_a_full_disk_leaves_the_old_file_and_is_said_clearly(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a", "old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(ConfigurationError, match=r"/a cannot be written: ") as caught:
            write_atomic(tmp_path / "a", "x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert "free some space" in (caught.value.hint or "")
    assert (tmp_path / "a").read_text() == "old"
    assert names(tmp_path) == ["a"]


def test_text_that_cannot_be_encoded_leaves_the_old_file(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a", "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomic(tmp_path / "a", "\ud800")
    assert (tmp_path / "a").read_text() == "old"
    assert names(tmp_path) == ["a"]


def test_a_file_where_a_folder_belongs_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_atomic(tmp_path / "a" / "b", "x")


def test_a_folder_where_the_file_belongs_is_an_error_and_stays(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_atomic(tmp_path / "a", "x")
    assert names(tmp_path) == ["a"]


def test_a_folder_that_nobody_may_write_to_is_an_error() -> None:
    # Root may write to read-only folders, but not into the kernel's own.
    with pytest.raises(ConfigurationError, match="cannot be written") as caught:
        write_atomic(Path("/proc/self/net/seatrial"), "x")
    assert "permissions" in (caught.value.hint or "")


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    texts = {letter * 200_000 for letter in "ab"}
    path, seen, done = tmp_path / "a", set[str](), threading.Event()
    write_atomic(path, "a" * 200_000)

    def read() -> None:
        while not done.is_set():
            seen.add(path.read_text())

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(50):
        for text in texts:
            write_atomic(path, text)
    done.set()
    reader.join()
    assert seen <= texts

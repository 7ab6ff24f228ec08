"""Secrets in what is packed: found in every form, within bounds, and what was cut off is told."""

from __future__ import annotations

import gzip
import io
import resource
import zipfile
import zlib
from pathlib import Path

import pytest
from layer_tars import layer, read
from packed import PACKED, TOKEN, committed, loose_object, tarred, zipped

from seatrial.errors import StoppedError
from seatrial.verify import unpacking
from seatrial.verify.layers import scan_layer
from seatrial.verify.reading import Reader

TEXT = f"token = {TOKEN}\n".encode()


@pytest.mark.parametrize("name", PACKED)
def test_a_token_is_found_in_whatever_it_is_packed(name: str) -> None:
    scan, _ = read({f"srv/{name}": PACKED[name](TEXT)})
    (seen,) = scan.sightings
    assert seen.kind == "GitHub token"
    assert seen.where.startswith(f"/srv/{name}")
    assert scan.cut_off == ()


def test_the_way_to_it_is_told() -> None:
    scan, _ = read({"b.zip": PACKED["b.zip"](TEXT)})
    assert [one.where for one in scan.sightings] == ["/b.zip!a.tar.gz!a.zst"]


def test_a_file_that_is_named_like_a_secret_is_told_inside_an_archive() -> None:
    scan, _ = read({"a.zip": zipped("app/.env", b"A=1"), ".env.gz": gzip.compress(b"A=1")})
    assert {(one.where, one.kind) for one in scan.sightings} == {
        ("/a.zip!app/.env", "environment file"),
        ("/.env.gz", "environment file"),
    }


def test_a_loose_object_of_git_is_read() -> None:
    path, data = loose_object(TEXT)
    scan, _ = read({f"app/.git/{path}": data})
    assert [one.kind for one in scan.sightings] == ["GitHub token"]


def test_every_object_of_a_pack_is_read_differences_as_well(tmp_path: Path) -> None:
    filler = "".join(f"line {n} = {n * 7919 % 1000003}\n" for n in range(3000))
    # Longer than a piece of a difference, so that the token would be cut.
    pack = committed(tmp_path / "r", filler, f"{filler}{'a' * 110}{'-'}{TOKEN}\n", f"{filler}#\n")
    scan, _ = read({"app/.git/objects/pack/p.pack": pack.read_bytes()})
    assert [one.kind for one in scan.sightings] == ["GitHub token"]
    assert scan.cut_off == ()


def test_a_bomb_ends_at_the_bound_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "FILE_BYTES", 10 * 1024 * 1024)
    bomb = gzip.compress(gzip.compress(bytes(30 * 1024 * 1024)))
    scan, _ = read({"a.gz": bomb, "b.gz": gzip.compress(TEXT)})
    (told,) = scan.cut_off
    assert told == "/a.gz: only the first 10 MiB that come out of it are read"
    assert [one.where for one in scan.sightings] == ["/b.gz"]


def test_no_more_comes_out_of_a_layer_than_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seatrial.verify.reading.Budget", lambda: unpacking.Budget(1000))
    files = {f"{n}.gz": gzip.compress(bytes(600)) for n in range(3)}
    scan, _ = read(files)
    assert [told.partition(":")[0] for told in scan.cut_off] == ["/1.gz", "/2.gz"]


def test_an_archive_of_very_many_entries_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "ENTRIES", 10)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(20):
            archive.writestr(str(number), b"x")
    scan, _ = read({"a.zip": buffer.getvalue()})
    assert scan.cut_off == ("/a.zip: only its first 10 entries are read",)


def test_what_is_packed_too_deep_is_told() -> None:
    data = TEXT
    for _ in range(unpacking.DEPTH + 1):
        data = gzip.compress(data)
    scan, _ = read({"a.gz": data})
    assert scan.cut_off == (f"/a.gz: it is packed more than {unpacking.DEPTH} times",)
    assert scan.sightings == ()


@pytest.mark.parametrize("name", PACKED)
def test_a_damaged_archive_is_told_and_its_bytes_are_searched(name: str) -> None:
    data = PACKED[name](bytes(range(256)) * 50)
    scan, _ = read({name: data[: len(data) // 2] + TEXT})
    assert [one.kind for one in scan.sightings] == ["GitHub token"]


@pytest.mark.parametrize(
    "head",
    [b"\x1f\x8b\x08", b"BZh91AY&SY", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PACK"],
)
def test_what_only_begins_like_an_archive_is_read_all_the_same(head: bytes) -> None:
    scan, _ = read({"a": head + TEXT, "b": head})
    assert [one.kind for one in scan.sightings] == ["GitHub token"]


def test_an_encrypted_archive_is_told() -> None:
    data = bytearray(zipped("inner", TEXT))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + at] |= 1
    scan, _ = read({"a.zip": bytes(data)})
    assert "encrypted" in scan.cut_off[0]


def test_a_sparse_file_is_told_and_not_read() -> None:
    _, reader = read({})
    reader.read("a", io.BytesIO(TEXT), sparse=True)
    assert reader.cut_off == ["/a: it is sparse, and is not read"]


def test_names_of_any_bytes_are_told_inside_archives() -> None:
    scan, _ = read({"a.tar": tarred("\udcff/.env", b"A=1")})
    assert [one.where for one in scan.sightings] == ["/a.tar!\\udcff/.env"]
    assert scan.model_dump_json()


def test_a_large_file_takes_no_memory() -> None:
    class Zeros(io.RawIOBase):
        left = 256 * 1024**2

        def read(self, size: int = -1, /) -> bytes:
            found = min(size, self.left)
            self.left -= found
            return bytes(found)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    Reader().read("large", Zeros())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # KiB


def test_a_reader_that_nobody_waits_for_stops_in_the_midst_of_an_archive() -> None:
    def stop() -> None:
        raise StoppedError("enough")

    reader = Reader(check=stop)
    with pytest.raises(StoppedError):
        reader.read("a.gz", io.BytesIO(gzip.compress(TEXT)))


def test_zlib_that_is_no_object_of_git_is_left_alone() -> None:
    scan, _ = read({"a.bin": zlib.compress(TEXT)})
    assert scan.sightings == ()


def test_names_alone_are_read_without_a_reader() -> None:
    with layer([]) as archive:
        assert scan_layer(archive).sightings == ()

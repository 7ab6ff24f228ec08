"""What layers hold: secrets, distributions, and the file system that they leave."""

from __future__ import annotations

import io
import marshal
import tarfile

import pytest
from variants import KEY, TOKEN

from seatrial.model.image import ImageFacts
from seatrial.verify.final import final_files
from seatrial.verify.layers import LayerScan, matching, scan_layer
from seatrial.verify.patterns import (
    secret_file,
    secret_in_variable,
    secrets_in_bytes,
    secrets_in_configuration,
)
from seatrial.verify.reading import Reader


def layer(files: dict[str, bytes]) -> tarfile.TarFile:
    """Return a layer as it comes out of the engine: a stream that cannot be rewound."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        fifo = tarfile.TarInfo("srv/pipe")
        fifo.type = tarfile.FIFOTYPE
        archive.addfile(fifo)
    buffer.seek(0)
    return tarfile.open(fileobj=buffer, mode="r|*")


def read(files: dict[str, bytes]) -> LayerScan:
    return scan_layer(layer(files), reader=Reader())


def final(*scans: LayerScan) -> dict[str, int]:
    return {path: held.layer for path, held in final_files(scans).items()}


def test_a_key_a_token_and_an_environment_file_are_seen() -> None:
    scan = read({"root/key": KEY.encode(), "app/settings.py": TOKEN.encode(), "app/.env": b"A=1"})
    assert {(one.where, one.kind) for one in scan.sightings} == {
        ("/root/key", "private key"),
        ("/app/settings.py", "GitHub token"),
        ("/app/.env", "environment file"),
    }
    assert all(TOKEN not in one.excerpt for one in scan.sightings)


def test_a_token_across_two_chunks_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seatrial.verify.reading.CHUNK", 64)
    scan = read({"a": b"x " * 25 + TOKEN.encode() + b" x" * 50})
    assert [one.kind for one in scan.sightings] == ["GitHub token"]


def test_a_file_that_was_asked_for_is_kept() -> None:
    scan = scan_layer(layer({"app/version.json": b"{}"}), ["/app/version.json"])
    assert scan.kept == {"app/version.json": "{}"}


def test_a_name_that_is_not_utf_8_is_told_all_the_same() -> None:
    scan = scan_layer(layer({"srv/\udcff": b""}))
    assert scan.paths[0] == "srv/\\udcff"
    assert LayerScan.model_validate_json(scan.model_dump_json()) == scan


def test_what_a_later_layer_deletes_is_not_in_the_final_file_system() -> None:
    below = scan_layer(layer({"a/b": b"", "a/c": b"", "d/e": b"", "keep": b""}))
    above = scan_layer(layer({"a/.wh.b": b"", "d/.wh..wh..opq": b"", "d/f": b""}))
    assert final(below, above) == {
        "a/c": 0,
        "keep": 0,
        "srv/pipe": 1,
        "d/f": 1,
    }


def test_deleting_a_folder_deletes_what_is_in_it() -> None:
    below = scan_layer(layer({"a": b"", "a/b/c": b"", "ab": b""}))
    assert set(final(below, scan_layer(layer({".wh.a": b""})))) == {"ab", "srv/pipe"}


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("**/.git", "app/.git", True),
        ("**/.git", ".git", True),
        ("**/.git", "app/.gitignore", False),
        ("/usr/local/bin/uv", "usr/local/bin/uv", True),
        ("/app/*.ts", "app/src/x.ts", True),
        ("**/tests/**", "app/tests/a.py", True),
    ],
)
def test_globs_match_paths_from_the_root(glob: str, path: str, matches: bool) -> None:
    assert bool(matching([path], [glob])) is matches


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GPG_KEY", "7169605F62C751356D054A26A821E680E5FA6305"),
        ("TOKEN_FILE", "/run/secrets/token"),
        ("PASSWORD", ""),
        ("SECRET_KEY", "$SECRET_KEY"),
        ("TOKEN_TIMEOUT", "30"),
        ("PATH", "/usr/bin"),
        ("UPSTREAM", "https://example.org/path"),
    ],
)
def test_a_variable_that_holds_no_secret_is_left_alone(name: str, value: str) -> None:
    assert secret_in_variable(name, value) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_TOKEN", "abcdefgh"),
        ("DB_PASSWORD", "hunter2"),
        ("DATABASE_URL", "postgresql://tug:hunter2@db/tug"),
        ("ANYTHING", TOKEN),
    ],
)
def test_a_variable_that_holds_a_secret_is_found(name: str, value: str) -> None:
    assert secret_in_variable(name, value)


def test_a_build_argument_in_the_history_is_found() -> None:
    image = ImageFacts(
        id="1",
        size=1,
        history=(f"RUN |1 MIRROR={TOKEN} /bin/sh -c true", "RUN X_PASSWORD=tug make"),
    )
    found = list(secrets_in_configuration(image))
    assert {place.partition(" (")[0] for place, _, _ in found} == {
        "history step 1",
        "history step 2",
    }


def test_a_token_in_the_command_of_an_image_without_history_is_found() -> None:
    imported = ImageFacts(id="1", size=1, command=("serve", f"--token={TOKEN}"))
    assert list(secrets_in_configuration(imported))


def test_an_address_with_a_password_in_the_history_is_found() -> None:
    image = ImageFacts(
        id="1", size=1, history=("RUN pip https://a:b4c5d6@x/", "RUN x https://a:$PASS@x/")
    )
    assert [place for place, _, _ in secrets_in_configuration(image)] == ["history step 1"]


@pytest.mark.parametrize("token", [TOKEN, f"sk_live_{'a1B2' * 12}"])
def test_a_token_that_python_compiled_is_found(token: str) -> None:
    for source in (f"TOKEN = {token!r}", f"use({token!r}, None, 1)"):
        compiled = marshal.dumps(compile(source, "a.py", "exec"))
        assert len(list(secrets_in_bytes(compiled))) == 1


def test_an_example_of_a_key_is_no_key() -> None:
    text = b'header = "-----BEGIN PRIVATE KEY-----"\nkey = "AKIA' + b'IOSFODNN7EXAMPLE"'
    assert list(secrets_in_bytes(text)) == []


@pytest.mark.parametrize(
    ("path", "is_secret"),
    [
        ("app/.env", True),
        ("app/.env.production", True),
        ("app/.env.example", False),
        ("root/.ssh/id_ed25519", True),
        ("app/environment.py", False),
    ],
)
def test_files_that_are_named_like_secrets_are_told(path: str, is_secret: bool) -> None:
    assert bool(secret_file(path)) is is_secret


def test_what_waits_for_those_who_build_on_it_is_read_as_well() -> None:
    image = ImageFacts(id="x", size=1, on_build=(f"ENV MIRROR_AUTH={TOKEN}",))
    assert ("ONBUILD", "GitHub token") in [one[:2] for one in secrets_in_configuration(image)]


def test_a_token_is_seen_where_the_kind_of_the_next_value_follows_it() -> None:
    compiled = b"(\x02z(" + TOKEN.encode() + b"N)\x01"
    assert [kind for kind, _ in secrets_in_bytes(compiled)] == ["GitHub token"]
    assert not list(secrets_in_bytes(TOKEN.encode() + b"AndSoOn"))

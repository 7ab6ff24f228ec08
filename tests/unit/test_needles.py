"""The build's own secrets: found in every form, and never by chance."""

from __future__ import annotations

import base64
import gzip
import random
from pathlib import Path

import pytest
import seen
from layer_tars import read

from seatrial.model.image import ImageFacts
from seatrial.model.plan import BuildRecord, BuiltImage, Plan
from seatrial.verify.lab import Lab, Order
from seatrial.verify.needles import OVERLAP_NEEDED, Needles
from seatrial.verify.probes.build_secrets import kept_secrets, read_build_secrets
from seatrial.verify.reading import OVERLAP

SECRET = b"correct horse 7 battery"
LONG = bytes(random.Random(7).choices(b"abcdefghijklmnopqrstuvwxyz\n", k=50_000))
NETRC = b"machine pkgs.example.org\nlogin tug\npassword 9fK2mQ7xL4vB8nR1tY6w\n"


def kept(value: bytes, data: bytes, name: str = "a") -> list[str]:
    _, reader = read({name: data}, Needles({"token": value}))
    return [one.kind for one in reader.found]


@pytest.mark.parametrize(
    "data",
    [
        SECRET,
        b"x" * 5000 + SECRET + b"\n",
        base64.b64encode(SECRET),
        base64.b64encode(b"user:" + SECRET),
        base64.b64encode(b"u:" + SECRET + b"!"),
        gzip.compress(b"KEY=" + SECRET),
    ],
)
def test_a_value_is_found_as_it_is_in_base64_and_packed(data: bytes) -> None:
    assert kept(SECRET + b"\n", data) == ["build secret token"]


def test_a_long_value_must_be_there_as_a_whole() -> None:
    assert kept(LONG, b"before\n" + LONG + b"after")
    assert not kept(LONG, LONG[:-200])
    assert not kept(LONG, LONG[2000:])
    assert not kept(LONG, LONG[:20_000] + LONG[30_000:])


def test_a_value_across_chunks_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seatrial.verify.reading.CHUNK", 10_000)
    assert kept(LONG, b"x" * 9_500 + LONG)
    assert OVERLAP >= OVERLAP_NEEDED


def test_of_a_file_of_settings_its_random_words_are_found_and_its_names_are_not() -> None:
    assert kept(NETRC, b'TOKEN = "9fK2mQ7xL4vB8nR1tY6w"')
    assert not kept(NETRC, b"see pkgs.example.org, login")


def test_of_public_certificates_no_line_is_found_alone() -> None:
    bundle = b"-----BEGIN CERTIFICATE-----\nMIIB8zCCAXigAwIBAgI9QX7\n-----END CERTIFICATE-----\n"
    assert not kept(bundle, b"MIIB8zCCAXigAwIBAgI9QX7")


def lab_with(tmp_path: Path, secrets: list[object], **image: object) -> Lab:
    target = {"secret": secrets, "contexts": {"base": "target:below"}}
    below = {"secret": ["type=env,id=inner,env=SEATRIAL_INNER"]}
    plan = Plan.model_validate(
        {
            "stamp": seen.STAMP,
            "policy": "registry",
            "images": [],
            "definition": {"target": {"tug": target, "below": below}},
        }
    )
    built = BuiltImage(name="tug", tags=(), digest="sha256:1", size=1, duration=1.0)
    record = BuildRecord(started=0.0, duration=1.0, plan=plan, images=(built,))
    facts = ImageFacts.model_validate({"id": "sha256:1", "size": 1, **image})
    order = Order(seen.CONTRACT, tmp_path, "tug:1", tmp_path, record)
    return Lab(None, order, facts, "r", None, {})  # type: ignore[arg-type]


def test_secrets_of_files_and_variables_are_read_those_of_linked_targets_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_bytes(SECRET)
    monkeypatch.setenv("SEATRIAL_INNER", "another secret")
    found = read_build_secrets(lab_with(tmp_path, [{"id": "token", "src": "token"}]))
    assert found.values == {"token": SECRET, "inner": b"another secret"}
    assert found.hidden["build secret token"] == SECRET.decode()


def test_what_cannot_be_read_is_told_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATRIAL_INNER", "short")
    found = read_build_secrets(lab_with(tmp_path, [{"id": "a", "src": "b"}, "id=c,env=NOT_SET_1"]))
    assert found.unread["a"] == "its file cannot be read: No such file or directory"
    assert found.unread["c"] == "its variable is not set now"
    assert "by chance" in found.unread["inner"]


def test_a_value_in_history_labels_and_commands_is_told_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEATRIAL_INNER", SECRET.decode())
    text = SECRET.decode()
    lab = lab_with(
        tmp_path, [], history=(f"RUN use {text}",), labels={"l": text}, command=("x", text)
    )
    facts = kept_secrets(read_build_secrets(lab), lab.image, ())
    assert facts is not None
    assert {one.where for one in facts.kept} == {
        "history step 1",
        "LABEL l",
        "ENTRYPOINT, CMD and HEALTHCHECK",
    }
    assert text not in facts.model_dump_json()


@pytest.mark.parametrize(
    ("recipe", "given"),
    [
        ("FROM scratch\n", ()),
        ("RUN --mount=type=secret,id=token make\n", ("token",)),
        ("RUN --mount=id=token,required,type=secret make\n", ("token",)),
    ],
)
def test_without_a_record_the_dockerfile_tells_whether_there_were_any(
    tmp_path: Path, recipe: str, given: tuple[str, ...]
) -> None:
    (tmp_path / "Dockerfile").write_text(recipe)
    lab = Lab(None, Order(seen.CONTRACT, tmp_path, "tug:1"), seen.KEPT.image, "r", None, {})  # type: ignore[arg-type]
    facts = kept_secrets(read_build_secrets(lab), lab.image, ())
    assert facts is not None
    assert (facts.source, facts.given, tuple(facts.unread)) == ("Dockerfile", given, given)


def test_without_both_nothing_is_known(tmp_path: Path) -> None:
    lab = Lab(None, Order(seen.CONTRACT, tmp_path, "tug:1"), seen.KEPT.image, "r", None, {})  # type: ignore[arg-type]
    assert kept_secrets(read_build_secrets(lab), lab.image, ()) is None


def test_the_digest_of_what_is_searched_for_follows_the_values() -> None:
    assert Needles({"a": SECRET}).digest != Needles({"a": SECRET + b"x"}).digest
    assert not Needles({"a": b"short"})

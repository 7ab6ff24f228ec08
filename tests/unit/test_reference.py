"""The reference pages are what their sources say, and lack nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from seatrial.model.contract import Contract
from seatrial.verify.checks import Check, all_checks
from seatrial.verify.pages import read_page

DOCS = Path(__file__).parents[2] / "docs"
WRITTEN = ("contract.md", "checks.md")
GOOD = "It holds.\n\nHow: it is asked.\nWhy: it\nmatters.\nMend: mend it."


def make(docs: Path, *words: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, str(docs / "make.py"), *words]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A copy of what the pages are made of, and of the pages."""
    for name in ("make.py", "contract.head.md", "checks.head.md", *WRITTEN):
        shutil.copy(DOCS / name, tmp_path / name)
    return tmp_path


def test_the_pages_are_what_the_model_and_the_checks_say() -> None:
    done = make(DOCS, "--check")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", WRITTEN)
def test_a_stale_page_is_named_and_written_anew(docs: Path, name: str) -> None:
    fresh = (docs / name).read_text()
    (docs / name).write_text(fresh + "More.\n")
    checked = make(docs, "--check")
    assert checked.returncode == 1
    assert f"docs/{name} is stale: run docs/make.py" in checked.stderr
    assert (docs / name).read_text() != fresh
    assert make(docs).returncode == 0
    assert (docs / name).read_text() == fresh


@pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.name)
def test_every_check_tells_what_it_proves_how_why_and_how_to_mend(check: Check) -> None:
    page = read_page(check.page)
    assert page.proves.endswith(".")
    assert len(page.proves) < 100
    assert min(map(len, (page.how, page.why, page.mend))) > 10


def test_every_check_has_a_section_that_says_who_asks_for_it() -> None:
    text = (DOCS / "checks.md").read_text()
    assert re.findall(r"^### `(.+)`$", text, re.MULTILINE) == [one.name for one in all_checks()]
    assert text.count("- **Asked for by** [`") == len(all_checks())


def test_a_page_is_read_in_its_four_parts() -> None:
    page = read_page(GOOD)
    assert (page.proves, page.how, page.why) == ("It holds.", "it is asked.", "it matters.")
    assert page.mend == "mend it."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("How: it is asked.\n", ""),
        ("Why: it\nmatters.\n", ""),
        ("Mend: mend it.", ""),
        ("Why: it\nmatters.", "Why: "),
        ("It holds.", ""),
        ("Mend", "How"),
        ("It holds.", "It holds.\n\nAnd more of it."),
        ("How: it is asked.\nWhy: it\nmatters.", "Why: it matters.\nHow: it is asked."),
        (GOOD, ""),
    ],
)
def test_a_page_that_lacks_a_part_is_refused(before: str, after: str) -> None:
    with pytest.raises(ValueError, match=r"expected the parts|is one line"):
        read_page(GOOD.replace(before, after))


def test_the_contract_page_shows_every_section_in_toml_that_is_valid() -> None:
    text = (DOCS / "contract.md").read_text()
    shown = re.findall(r"^```toml\n(\[.*?)^```", text, re.MULTILINE | re.DOTALL)
    sections = [name for name in Contract.model_fields if name != "image"]
    assert [next(iter(tomllib.loads(one))) for one in shown] == sections
    Contract.model_validate(tomllib.loads('image = "all"\n' + "\n".join(shown)))


def test_the_contract_page_has_a_row_for_every_field() -> None:
    text = (DOCS / "contract.md").read_text()
    for model, at in ((Contract.model_fields["image"], "image"), *_fields()):
        assert f"| `{at}` | " in text, model


def _fields() -> list[tuple[object, str]]:
    from seatrial.model.schema import contract_schema

    defined = contract_schema()["$defs"].items()
    return [(name, field) for name, model in defined for field in model["properties"]]

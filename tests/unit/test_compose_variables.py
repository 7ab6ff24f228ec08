"""The variables of a stack: declared in `.env.example`, held in `.env`."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.compose.preflight import check_variables
from seatrial.envfile import (
    POSTGRES_ROLE,
    POSTGRES_URL,
    TOKEN,
    complete,
    read_variables,
    with_values,
)
from seatrial.errors import ConfigurationError
from seatrial.model.settings import PostgresSettings

POSTGRES = PostgresSettings(port=5555, database="shop", user="clerk")
EXAMPLE = """\
# The database.
# generate: postgres-url
DATABASE_URL=

# generate: token 32
KEY=

NAME=someone
CHOSEN=
# OPTIONAL=1
"""
EVERY = {POSTGRES_URL, POSTGRES_ROLE, TOKEN}
ROLES = """\
# generate: postgres-url
STORE=
# generate: postgres-role packer
PACKER_STORE=
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".env.example").write_text(EXAMPLE)
    return tmp_path


def test_what_is_missing_is_generated_or_takes_its_default(folder: Path) -> None:
    variables, generated = complete(read_variables(folder), POSTGRES, EVERY)
    assert generated == ("DATABASE_URL", "KEY")
    url = variables.values["DATABASE_URL"]
    assert url.startswith("postgresql://clerk:")
    assert url.endswith("@host.docker.internal:5555/shop")
    assert len(variables.values["KEY"]) >= 32
    assert variables.values["NAME"] == "someone"
    assert [v.name for v in variables.missing({})] == ["CHOSEN"]


def test_a_new_file_keeps_the_explanations_and_is_for_its_owner_only(folder: Path) -> None:
    complete(read_variables(folder), POSTGRES, EVERY)
    path = folder / ".env"
    assert "# The database." in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_a_person_wrote_is_never_changed(folder: Path) -> None:
    written = "# mine\nKEY='a key # of mine'\nNAME=\"me\"\nexport DATABASE_URL=postgresql://u@h/d\n"
    (folder / ".env").write_text(written)
    variables, generated = complete(read_variables(folder), POSTGRES, EVERY)
    assert generated == ()
    assert (folder / ".env").read_text() == written
    assert variables.values["KEY"] == "a key # of mine"


def test_an_empty_line_is_filled_in_place(folder: Path) -> None:
    (folder / ".env").write_text("KEY=\nNAME=me\n")
    complete(read_variables(folder), POSTGRES, {TOKEN})
    lines = (folder / ".env").read_text().splitlines()
    assert lines[0].startswith("KEY=")
    assert len(lines[0]) > 32
    assert lines[1:] == ["NAME=me"]


def test_a_second_time_nothing_is_written(folder: Path) -> None:
    complete(read_variables(folder), POSTGRES, EVERY)
    before = (folder / ".env").stat()
    complete(read_variables(folder), POSTGRES, EVERY)
    after = (folder / ".env").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_two_secrets_are_never_the_same(folder: Path) -> None:
    values = set()
    for _ in range(5):
        (folder / ".env").unlink(missing_ok=True)
        values.add(complete(read_variables(folder), POSTGRES, EVERY)[0].values["KEY"])
    assert len(values) == 5


def test_a_link_is_followed_and_stays_one(folder: Path) -> None:
    elsewhere = folder / "elsewhere"
    elsewhere.write_text("NAME=me\n")
    (folder / ".env").symlink_to(elsewhere)
    complete(read_variables(folder), POSTGRES, {TOKEN})
    assert (folder / ".env").is_symlink()
    assert "KEY=" in elsewhere.read_text()


def test_a_variable_of_the_shell_outranks_the_file(folder: Path) -> None:
    (folder / ".env").write_text("KEY=file\n")
    variables = read_variables(folder)
    assert variables.effective({"KEY": "shell"})["KEY"] == "shell"
    assert "KEY" in [v.name for v in variables.missing({"KEY": ""})]


def test_a_role_gets_the_same_database_and_a_password_of_its_own(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text(ROLES)
    variables, generated = complete(read_variables(tmp_path), POSTGRES, EVERY)
    assert generated == ("STORE", "PACKER_STORE")
    owner, packer = (variables.values[name].partition("@") for name in generated)
    assert owner[2] == packer[2] == "host.docker.internal:5555/shop"
    assert packer[0].startswith("postgresql://packer:")
    assert owner[0].rpartition(":")[2] != packer[0].rpartition(":")[2]


def test_a_role_that_came_later_is_added_to_a_file_that_is_there(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text(ROLES)
    kept = "# mine\nSTORE=postgresql://clerk:pw@host.docker.internal:5555/shop\n"
    (tmp_path / ".env").write_text(kept)
    _, generated = complete(read_variables(tmp_path), POSTGRES, EVERY)
    text = (tmp_path / ".env").read_text()
    assert generated == ("PACKER_STORE",)
    assert text.startswith(kept)
    assert text.count("\n") == 3
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {".env", ".env.example"}


def test_no_role_is_made_up_in_a_database_of_ones_own_and_none_is_missing(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text(ROLES)
    (tmp_path / ".env").write_text("STORE=postgresql://me:pw@db.example/shop\n")
    variables, generated = complete(read_variables(tmp_path), POSTGRES, EVERY)
    assert generated == ()
    check_variables(variables, {}, POSTGRES)


def test_the_embedded_databases_role_must_be_there(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text(ROLES)
    ours = "postgresql://clerk:pw@host.docker.internal:5555/shop"
    (tmp_path / ".env").write_text(f"STORE={ours}\n")
    with pytest.raises(ConfigurationError, match="PACKER_STORE: missing or empty") as caught:
        check_variables(read_variables(tmp_path), {}, POSTGRES)
    assert "invoke postgres-up generates PACKER_STORE" in str(caught.value.hint)
    # The shell's is the one that counts.
    check_variables(read_variables(tmp_path), {"STORE": "postgresql://me@db/shop"}, POSTGRES)


@pytest.mark.parametrize(
    "recipe",
    ["tokens 32", "token", "token 8", "token x", "postgres-url a b", "postgres-role"],
)
def test_an_unknown_recipe_names_its_line(folder: Path, recipe: str) -> None:
    (folder / ".env.example").write_text(f"A=1\n# generate: {recipe}\nKEY=\n")
    kinds = {recipe.split(maxsplit=1)[0]}
    with pytest.raises(ConfigurationError, match=r"\.env\.example:3: KEY cannot be generated"):
        complete(read_variables(folder), POSTGRES, kinds)
    assert not (folder / ".env").exists()


def test_a_line_that_is_none_is_named(folder: Path) -> None:
    (folder / ".env").write_text("KEY=1\nKEY='never closed\n")
    with pytest.raises(ConfigurationError, match=r"\.env:2 is not a line"):
        read_variables(folder)


def test_missing_variables_are_named_with_what_to_do(folder: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_variables(read_variables(folder), {})
    assert caught.value.message == "DATABASE_URL, KEY, NAME, CHOSEN: missing or empty"
    assert "invoke postgres-up generates DATABASE_URL, KEY" in str(caught.value.hint)
    assert "set NAME, CHOSEN in" in str(caught.value.hint)


def test_a_complete_file_is_fine(folder: Path) -> None:
    complete(read_variables(folder), POSTGRES, EVERY)
    check_variables(read_variables(folder), {"CHOSEN": "now"})


def test_without_an_example_nothing_is_needed(tmp_path: Path) -> None:
    check_variables(read_variables(tmp_path), {})
    assert complete(read_variables(tmp_path), POSTGRES, EVERY)[1] == ()
    assert not (tmp_path / ".env").exists()


NAMES = st.from_regex(r"[A-Z_][A-Z0-9_]{0,8}", fullmatch=True)
VALUES = st.from_regex(r"[A-Za-z0-9_.:/@-]{1,20}", fullmatch=True)


@given(st.dictionaries(NAMES, VALUES), st.dictionaries(NAMES, VALUES))
def test_setting_values_changes_those_and_no_others(
    before: dict[str, str], change: dict[str, str]
) -> None:
    text = "# a comment\n" + "".join(f"{name}={value}\n" for name, value in before.items())
    after = with_values(text, change)
    lines = dict(line.split("=", 1) for line in after.splitlines()[1:])
    assert lines == {**before, **change}
    assert after.startswith("# a comment\n")

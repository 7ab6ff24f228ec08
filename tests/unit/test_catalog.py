"""Finding a project, and what it says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from seatrial.catalog import Project, nearest, read_project
from seatrial.errors import ConfigurationError

NAMED = '[tool.seatrial]\nname = "toy"\n'


def project(folder: Path, settings: str = NAMED) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(settings)
    return folder


def read(folder: Path, **environ: str) -> Project:
    return read_project(folder, environ)


def refused(folder: Path, settings: str, **environ: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        read(project(folder, settings), **environ)
    return caught.value


def test_the_nearest_project_above_is_found(tmp_path: Path) -> None:
    project(tmp_path)
    inner = project(tmp_path / "inner")
    (inner / "deep" / "deeper").mkdir(parents=True)
    assert read(inner / "deep" / "deeper").root == inner.resolve()


@pytest.mark.parametrize(
    "other", ['[project]\nname = "x"\n', "# see [tool.seatrial]\n", "[tool.seatrial-plus]\nx = 1\n"]
)
def test_a_pyproject_of_something_else_is_passed_by(tmp_path: Path, other: str) -> None:
    project(tmp_path)
    assert read(project(tmp_path / "package", other)).root == tmp_path.resolve()


def test_without_a_project_the_error_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no project found at") as caught:
        read(tmp_path)
    assert "[tool.seatrial]" in (caught.value.hint or "")


def test_a_table_of_tables_alone_is_a_project_too(tmp_path: Path) -> None:
    error = refused(tmp_path, "[tool.seatrial.postgres]\nport = 5432\n")
    assert "name: Field required" in error.message
    assert error.found is None


def test_bad_toml_is_named_with_its_line(tmp_path: Path) -> None:
    error = refused(tmp_path, "[tool.seatrial]\nname = \n")
    assert str(tmp_path / "pyproject.toml") in error.message
    assert "line 2" in error.message


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"[tool.seatrial]\nname = '\xe9'\n")
    with pytest.raises(ConfigurationError, match="it is not UTF-8"):
        read(tmp_path)


def test_an_unknown_field_is_named_with_the_nearest_known_one(tmp_path: Path) -> None:
    error = refused(tmp_path, NAMED + 'bakefile = "x"\n')
    assert "bakefile" in error.message
    assert error.hint == "did you mean bake_file?"


def test_an_unknown_field_of_a_table_is_compared_with_that_tables_fields(tmp_path: Path) -> None:
    error = refused(tmp_path, NAMED + "[tool.seatrial.postgres]\nprot = 1\n")
    assert "postgres.prot" in error.message
    assert error.hint == "did you mean port?"


def test_a_wrong_value_of_a_known_field_is_no_misspelling(tmp_path: Path) -> None:
    error = refused(tmp_path, NAMED + "[tool.seatrial.postgres]\nport = 70000\n")
    assert "postgres.port" in error.message
    assert error.found == "70000"
    assert error.hint is None


@pytest.mark.parametrize("value", ['"text"', "7", "[1]"])
def test_a_value_where_a_table_belongs_is_named(tmp_path: Path, value: str) -> None:
    assert ": postgres: " in refused(tmp_path, f"{NAMED}postgres = {value}\n").message
    assert ": stand_ins: " in refused(tmp_path, f"{NAMED}stand_ins = {value}\n").message


def test_variables_of_the_environment_override(tmp_path: Path) -> None:
    folder = project(tmp_path, NAMED + 'bases = "registry"\n[tool.seatrial.postgres]\nport = 1\n')
    found = read(
        folder, SEATRIAL_BASES="stand-in", SEATRIAL_POSTGRES_PORT="2", SEATRIAL_NAME="other"
    )
    assert found.settings.bases == "stand-in"
    assert found.settings.postgres.port == 2
    assert found.settings.name == "other"


def test_an_empty_variable_overrides_nothing(tmp_path: Path) -> None:
    assert read(project(tmp_path), SEATRIAL_BASES="").settings.bases == "auto"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SEATRIAL_POSTGRES_PORT", "many"),
        ("SEATRIAL_POSTGRES_PORT", "0"),
        ("SEATRIAL_BASES", "both"),
    ],
)
def test_a_wrong_value_of_a_variable_names_the_variable(
    tmp_path: Path, variable: str, value: str
) -> None:
    error = refused(tmp_path, NAMED, **{variable: value})
    assert error.message.startswith(f"{variable}: ")
    assert error.found == repr(value)


def test_results_and_state_stand_under_the_root(tmp_path: Path) -> None:
    found = read(project(tmp_path))
    assert found.dist == tmp_path.resolve() / "dist"
    assert found.state == tmp_path.resolve() / ".seatrial"


def test_a_contract_is_where_the_setting_says(tmp_path: Path) -> None:
    found = read(project(tmp_path, NAMED + 'contracts = "docker/{image}/c.toml"\n'))
    assert found.contract_path("api") == tmp_path.resolve() / "docker/api/c.toml"


@pytest.mark.parametrize("pattern", ["{name}.toml", "{}.toml", "{image", "{image.x}", "{image!q}"])
def test_a_pattern_of_contracts_with_another_placeholder_is_refused(
    tmp_path: Path, pattern: str
) -> None:
    found = read(project(tmp_path, f'{NAMED}contracts = "{pattern}"\n'))
    with pytest.raises(ConfigurationError, match="contracts"):
        found.contract_path("api")


def test_the_nearest_name_is_offered_only_where_it_is_near() -> None:
    assert nearest("backnd", ["backend", "frontend"]) == "backend"
    assert nearest("zzz", ["backend", "frontend"]) is None
    assert nearest("x", []) is None

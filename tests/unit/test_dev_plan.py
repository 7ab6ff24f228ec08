"""What `invoke dev` decides to run, the files that it watches, and what Alembic tells."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from seatrial.catalog import read_project
from seatrial.dev.changes import Watch
from seatrial.dev.plan import Launch, chosen, launches_of
from seatrial.errors import ConfigurationError
from seatrial.migrations import read_history
from seatrial.model.development import DevProcess

HISTORY = """\
0003 -> 0004 (head), Add the jobs: of the worker.
0002 -> 0003 (current), Add API keys, and more
0001 -> 0002, Add what is recorded
<base> -> 0001, Add the builds.
"""


def planned(tmp_path: Path, values: dict[str, str] | None = None, **processes: Any) -> list[Launch]:
    every = {name: DevProcess.model_validate(facts) for name, facts in processes.items()}
    return launches_of(every, every, tmp_path, values or {})


def test_a_port_is_filled_in_where_it_is_named_and_other_braces_stay(tmp_path: Path) -> None:
    api, page = planned(
        tmp_path,
        api={"command": "serve --port {port} '{\"a\": 1}'", "port": 8000},
        page={"command": "serve", "env": {"API": "http://127.0.0.1:{api}", "X": "{other}"}},
    )
    assert api.program.argv == ("serve", "--port", "8000", '{"a": 1}')
    assert page.program.env == {"API": "http://127.0.0.1:8000", "X": "{other}"}
    assert (api.port, page.port) == (8000, None)


def test_the_stacks_variable_gives_another_port_to_all_that_name_it(tmp_path: Path) -> None:
    api, page = planned(
        tmp_path,
        {"API_PORT": "9000"},
        api={"command": "serve {port}", "port": 8000, "port_variable": "API_PORT"},
        page={"command": "serve {api}"},
    )
    assert (api.port, api.program.argv, page.program.argv) == (
        9000,
        ("serve", "9000"),
        ("serve", "9000"),
    )


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_what_is_no_port_is_told_with_its_variable(tmp_path: Path, port: str) -> None:
    with pytest.raises(ConfigurationError, match="API_PORT is no port for api"):
        planned(tmp_path, {"API_PORT": port}, api={"command": "x", "port_variable": "API_PORT"})


def test_a_process_gets_the_stacks_variables_that_it_asks_for_and_no_others(tmp_path: Path) -> None:
    values = {"STORE": "postgres://", "SECRET": "s"}
    (one,) = planned(tmp_path, values, one={"command": "x", "variables": ["STORE"]})
    assert one.program.env == {"STORE": "postgres://"}


def test_a_process_gets_anothers_variable_under_its_own_name(tmp_path: Path) -> None:
    values = {"STORE": "owner's", "PACKER_STORE": "packer's"}
    wanted = ["STORE=PACKER_STORE"]
    (one,) = planned(tmp_path, values, one={"command": "x", "variables": wanted})
    assert one.program.env == {"STORE": "packer's"}
    with pytest.raises(ConfigurationError, match="one wants PACKER_STORE"):
        planned(tmp_path, {"STORE": "s"}, one={"command": "x", "variables": wanted})


def test_a_variable_that_is_missing_is_named_with_the_process(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="one wants STORE"):
        planned(tmp_path, {"STORE": " "}, one={"command": "x", "variables": ["STORE"]})


def test_a_path_is_meant_from_the_root_wherever_it_runs(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (one,) = planned(
        tmp_path, one={"command": "scripts/run x/y", "folder": "sub", "watch": ["src"]}
    )
    assert one.program.argv == (f"{tmp_path}/scripts/run", "x/y")
    assert (one.program.folder, one.watch) == (tmp_path / "sub", (tmp_path / "sub" / "src",))


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"command": "a 'b"}, "cannot be read"),
        ({"command": " "}, "is empty"),
        ({"command": "a", "folder": "nowhere"}, "no folder nowhere"),
    ],
)
def test_what_cannot_be_run_is_told(tmp_path: Path, facts: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        planned(tmp_path, one=facts)


def test_some_can_be_chosen_and_an_unknown_one_is_told_with_the_nearest() -> None:
    every = {name: DevProcess(command="x") for name in ("api", "worker")}
    assert list(chosen(every, ["worker"])) == ["worker"]
    assert list(chosen(every, [])) == ["api", "worker"]
    with pytest.raises(ConfigurationError) as caught:
        chosen(every, ["workerr"])
    assert caught.value.hint == "did you mean worker?"
    with pytest.raises(ConfigurationError, match="nothing says what runs"):
        chosen({}, [])


def test_a_misspelt_field_is_told_with_its_place_and_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.seatrial]\nname = "x"\n[tool.seatrial.dev.api]\ncommandd = "x"\ncommand = "x"\n'
    )
    with pytest.raises(ConfigurationError, match=r"dev\.api\.commandd") as caught:
        read_project(tmp_path)
    assert caught.value.hint == "did you mean command?"


def test_a_file_that_comes_goes_or_changes_is_noticed_once(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    file = tmp_path / "sub" / "a.py"
    watch = Watch([tmp_path])
    assert watch.changed() is None
    file.write_text("1")
    assert watch.changed() == str(file)
    assert watch.changed() is None
    file.write_text("2")
    os.utime(file, ns=(1, 1))
    assert watch.changed() == str(file)
    file.unlink()
    assert watch.changed() == str(file)
    assert watch.changed() is None


@pytest.mark.parametrize("name", ["__pycache__/a.pyc", "b.pyc", ".a.py.swp", "a.py~", ".git/index"])
def test_what_tools_leave_behind_is_no_change(tmp_path: Path, name: str) -> None:
    watch = Watch([tmp_path, tmp_path / "nowhere"])
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("x")
    assert watch.changed() is None


def test_the_history_tells_what_the_database_has_and_what_it_lacks() -> None:
    history = read_history(HISTORY)
    assert (history.heads, history.current) == (("0004",), "0003")
    assert [(one.revision, one.text) for one in history.pending] == [
        ("0004", "Add the jobs: of the worker.")
    ]
    assert history.next_number == "0005"


def test_a_database_without_any_lacks_all_in_the_order_in_which_they_are_applied() -> None:
    history = read_history(HISTORY.replace(" (current)", ""))
    assert history.current is None
    assert [one.revision for one in history.pending] == ["0001", "0002", "0003", "0004"]


def test_marks_are_read_in_any_company() -> None:
    (one,) = read_history("<base> -> 1f2e (effective head) (current), x -> y, z\n").migrations
    assert (one.is_head, one.is_current, one.text) == (True, True, "x -> y, z")


def test_names_that_are_no_numbers_get_no_next_number_and_none_begin_with_1() -> None:
    assert read_history("<base> -> 1f2e (head), x\n").next_number is None
    assert read_history("").next_number == "0001"

"""Reading contracts: what is right is read, what is wrong is told by file, line and field."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.contracts import read_contract
from seatrial.errors import InvalidContractError
from seatrial.toml import line_in, statements

ROOT = Path(__file__).parents[2]


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "contract.toml"
    path.write_text(text)
    with pytest.raises(InvalidContractError) as caught:
        read_contract(path)
    assert caught.value.exit_code == 2
    return "\n".join(caught.value.lines())


@pytest.mark.parametrize("path", sorted(ROOT.glob("infra/docker/*/contract.toml")), ids=str)
def test_the_contracts_of_this_repository_are_valid(path: Path) -> None:
    assert read_contract(path).image == path.parent.name


def test_an_unknown_field_is_named_with_its_line_and_the_nearest_one(tmp_path: Path) -> None:
    told = refused(tmp_path, 'image = "a"\n\n[process]\nuser = 1001\nstop_withn = "30s"\n')
    assert f"{tmp_path}/contract.toml:5: process.stop_withn: there is no such field" in told
    assert "expected: one of any_user, capabilities, children, exit_codes, group, " in told
    assert "did you mean stop_within?" in told


def test_an_unknown_section_is_named(tmp_path: Path) -> None:
    told = refused(tmp_path, 'image = "a"\n[heath]\npath = "/"\n')
    assert ":2: heath: there is no such field" in told
    assert "did you mean health?" in told


def test_a_field_in_the_second_table_of_an_array_has_the_line_of_that_table(tmp_path: Path) -> None:
    text = 'image = "a"\nnetwork.port = 1\n[[request]]\npath = "/a"\n[[request]]\npath = "b"\n'
    assert ":6: request.1.path: it does not have the right form" in refused(tmp_path, text)


def test_a_field_of_a_variable_is_told_by_the_variables_name(tmp_path: Path) -> None:
    text = 'image = "a"\n[env.required.TOKEN]\nsecrt = true\n'
    told = refused(tmp_path, text)
    assert ":3: env.required.TOKEN.secrt: there is no such field" in told
    assert "did you mean secret?" in told


def test_a_wrong_value_is_told_with_what_was_found(tmp_path: Path) -> None:
    told = refused(tmp_path, 'image = "a"\n[limits]\nsize = "many"\n')
    assert ":3: limits.size: expected a size such as 250MiB" in told
    assert 'found:    "many"' in told


def test_every_other_fault_is_told_as_well(tmp_path: Path) -> None:
    told = refused(tmp_path, 'image = "a"\n[process]\nusr = 1\n[limits]\nmemry = 1\n')
    assert "process.usr" in told
    assert "limits.memry" in told


def test_broken_toml_is_told_with_its_line(tmp_path: Path) -> None:
    assert "contract.toml:2: this is not valid TOML" in refused(tmp_path, 'image = "a"\n[process\n')


def test_a_contract_without_an_image_is_invalid(tmp_path: Path) -> None:
    assert "image: it is missing" in refused(tmp_path, "[process]\nuser = 1\n")


def test_a_contract_that_promises_nothing_is_invalid(tmp_path: Path) -> None:
    assert "it promises nothing" in refused(tmp_path, 'image = "a"\n')


def test_http_without_a_port_is_invalid(tmp_path: Path) -> None:
    told = refused(tmp_path, 'image = "a"\n[health]\npath = "/health"\n')
    assert "health.path needs network.port or network.listen" in told


def test_a_contract_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidContractError, match="No such file"):
        read_contract(tmp_path / "contract.toml")


def test_a_contract_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "contract.toml"
    path.write_bytes(b'image = "\xff"\n')
    with pytest.raises(InvalidContractError, match="not UTF-8"):
        read_contract(path)


def test_a_contract_of_more_than_a_megabyte_is_refused_unread(tmp_path: Path) -> None:
    assert "too large" in refused(tmp_path, 'image = "a"\n' + "#" * 1024 * 1024)


def test_keys_in_a_multi_line_string_are_no_fields() -> None:
    text = 'a = """\nb = 1\n"""\nb = 2\n'
    assert line_in(tuple(statements(text)), ("b",)) == 4


def test_a_field_in_an_inline_table_has_the_line_of_that_table() -> None:
    found = tuple(statements("[health]\nexpect = { status = 1 }\n"))
    assert line_in(found, ("health", "expect", "status")) == 2


@given(st.text(max_size=200))
def test_any_text_is_a_contract_or_an_invalid_one(text: str) -> None:
    # Nothing but the one error comes out, whatever is written.
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "contract.toml")
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        with pytest.raises(InvalidContractError):
            read_contract(path)

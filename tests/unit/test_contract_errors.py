"""A contract that is wrong is explained by file, line and field, in bounded time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from seatrial.contracts import LARGEST, read_contract
from seatrial.errors import InvalidContractError
from seatrial.toml import line_in, statements

GOOD = """\
image = "tug"

[process]
user = 1001
stop_within = "3s"

[network]
listen = [8000]

[env.required.DATABASE_URL]
secret = true

[[request]]
path = "/one"

[[request]]
path = "/two"
status = [404]
"""
# Many times what the slowest takes where nothing else runs.
SOON = 20


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "contract.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refused(folder: Path, text: str | bytes) -> InvalidContractError:
    """Return what is said of a contract: soon, and on one screen."""
    begin = time.monotonic()
    with pytest.raises(InvalidContractError) as caught:
        read_contract(write(folder, text))
    assert time.monotonic() - begin < SOON
    assert all(len(line) < 2000 for line in caught.value.lines())
    assert len(caught.value.lines()) < 30
    return caught.value


def edited(before: str, after: str) -> str:
    assert before in GOOD
    return GOOD.replace(before, after)


def test_a_good_contract_is_read(tmp_path: Path) -> None:
    contract = read_contract(write(tmp_path, GOOD))
    assert contract.process.stop_within == 3.0
    assert [one.path for one in contract.request] == ["/one", "/two"]


def test_a_byte_order_mark_and_line_ends_of_windows_are_no_mistake(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    assert read_contract(write(tmp_path, text)).image == "tug"


@pytest.mark.parametrize(
    ("before", "after", "where", "hint"),
    [
        ("[network]", "[netwerk]", ":7: netwerk: ", "did you mean network?"),
        ("user = 1001", "usr = 1001", ":4: process.usr: ", "did you mean user?"),
        ("status = [404]", "stats = [404]", ":18: request.1.stats: ", "did you mean status?"),
        ("user = 1001", "listen = [1]", ":4: process.listen: ", "listen belongs in [network]"),
        ("user = 1001", "zzzzzzzz = 1", ":4: process.zzzzzzzz: ", None),
    ],
)
def test_an_unknown_field_is_named_with_its_line_and_what_was_meant(
    tmp_path: Path, before: str, after: str, where: str, hint: str | None
) -> None:
    error = refused(tmp_path, edited(before, after))
    assert f"contract.toml{where}there is no such field" in error.message
    assert error.hint == hint
    assert (error.expected or "").startswith("one of ")


def test_a_field_of_a_variable_is_compared_with_a_variables_fields(tmp_path: Path) -> None:
    error = refused(tmp_path, edited("secret = true", "secrt = true"))
    assert ":11: env.required.DATABASE_URL.secrt: " in error.message
    assert error.expected == "one of default, description, secret, value"
    assert error.hint == "did you mean secret?"


@pytest.mark.parametrize(
    ("before", "after", "where", "expected", "found"),
    [
        ("user = 1001", 'user = "1001"', ":4: process.user: ", "a whole number", '"1001"'),
        ("user = 1001", "user = true", ":4: process.user: ", "a whole number", "true"),
        ("user = 1001", "user = 1001.0", ":4: process.user: ", "a whole number", "1001.0"),
        ("[8000]", "8000", ":8: network.listen: ", "an array: […]", "8000"),
        ('path = "/two"', "path = 2", ":17: request.1.path: ", "text in quotes", "2"),
        ("= true", '= "yes"', ":11: env.required.DATABASE_URL.secret: ", "true or false", '"yes"'),
        ("[8000]", "[]\n[logs.stdout]\na = 1", ":9: logs.stdout: ", "true or false", "{ a = 1 }"),
    ],
)
def test_a_value_of_another_kind_is_named_with_what_is_allowed(
    tmp_path: Path, before: str, after: str, where: str, expected: str, found: str
) -> None:
    error = refused(tmp_path, edited(before, after))
    assert f"contract.toml{where}it is of another kind" in error.message
    assert (error.expected, error.found) == (expected, found)


@pytest.mark.parametrize("value", ["7", '"x"', "[1]", "true"])
def test_a_value_where_a_table_belongs_is_of_another_kind(tmp_path: Path, value: str) -> None:
    error = refused(tmp_path, f'image = "tug"\nhealth = {value}\n')
    assert ":2: health: it is of another kind" in error.message
    assert error.expected == "a table"


DURATIONS = [
    '"3 days"',
    '"soon"',
    '"30"',
    '""',
    "-1",
    '"-1s"',
    "nan",
    '"1m 30s"',
    "true",
    "[3]",
    "{ a = 1 }",
]


@pytest.mark.parametrize("written", DURATIONS)
def test_a_bad_duration_is_told_how_durations_are_written(tmp_path: Path, written: str) -> None:
    error = refused(tmp_path, edited('"3s"', written))
    assert ":5: process.stop_within: " in error.message
    assert "500ms, 30s or 1m30s" in error.message
    assert error.found == written


@pytest.mark.parametrize("written", ["inf", '"25h"', "90000"])
def test_a_duration_of_more_than_a_day_is_out_of_range(tmp_path: Path, written: str) -> None:
    error = refused(tmp_path, edited('"3s"', written))
    assert ":5: process.stop_within: it is out of range" in error.message
    assert error.expected == "at most 86400.0"


@pytest.mark.parametrize("written", ['"250Mib"', '"big"', "1.5", "-1", '"1e9"', "[]", '""'])
def test_a_bad_size_is_told_how_sizes_are_written(tmp_path: Path, written: str) -> None:
    error = refused(tmp_path, f'image = "tug"\n[limits]\nsize = {written}\n')
    assert ":3: limits.size: expected a size such as 250MiB; units are B, kB" in error.message
    assert error.found == written


@pytest.mark.parametrize("port", ["0", "65536", "-1", "9" * 30])
def test_a_port_out_of_range_is_named(tmp_path: Path, port: str) -> None:
    error = refused(tmp_path, edited("[8000]", f"[80, {port}]"))
    assert ":8: network.listen.1: it is out of range" in error.message
    assert error.found == port


def test_a_name_that_no_variable_can_have_is_named(tmp_path: Path) -> None:
    error = refused(tmp_path, edited("DATABASE_URL", '"DATABASE-URL"'))
    assert ":10: env.required.DATABASE-URL: it does not have the right form" in error.message


def test_a_missing_field_is_named_at_its_table(tmp_path: Path) -> None:
    text = GOOD + '\n[drain]\npath = "/two"\n'
    assert ":20: drain.status: it is missing" in refused(tmp_path, text).message


def test_several_mistakes_are_told_at_once(tmp_path: Path) -> None:
    error = refused(tmp_path, edited("user = 1001", "user = -1").replace("[8000]", "[0]"))
    assert ":4: process.user: " in error.message
    assert any(":8: network.listen.0: it is out of range" in line for line in error.detail)


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n"])
def test_an_empty_file_lacks_its_image(tmp_path: Path, text: str) -> None:
    assert "contract.toml:1: image: it is missing" in refused(tmp_path, text).message


def test_a_byte_that_is_not_utf_8_is_named_with_its_line(tmp_path: Path) -> None:
    error = refused(tmp_path, b'image = "tug"\n[process]\nuser = 1 # caf\xe9\n')
    assert "contract.toml:3: it is not UTF-8" in error.message
    assert error.found == "the byte 0xe9"


@pytest.mark.parametrize(
    ("text", "where", "found"),
    [
        ('image = "tug"\n[process\nuser = 1\n', ":2: ", "[process"),
        ('image = "tug"\n[process]\nuser : 1\n', ":3: ", "user : 1"),
        ('image = "tug"\nstop = yes\n', ":2: ", "stop = yes"),
        ('image = "tug\n[process]\n', ":1: ", 'image = "tug'),
        ('image = "tug"\n[network]\nlisten = [1,\n2\n\n', ":3: ", "listen = [1,"),
        ('image = "tug"\n[env]\na = """b\n\n', ":3: ", 'a = """b'),
    ],
)
def test_a_mistake_of_toml_is_shown_on_its_line(
    tmp_path: Path, text: str, where: str, found: str
) -> None:
    error = refused(tmp_path, text)
    assert f"contract.toml{where}this is not valid TOML: " in error.message
    assert error.found == found


@pytest.mark.parametrize(
    ("before", "after", "where", "first"),
    [
        ("user = 1001", "user = 1001\nuser = 1002", ":5: process.user: ", 4),
        ("[network]", "[process]", ":7: process: ", 3),
        ("[8000]", "[8000]\nlisten = [\n  1,\n  2,\n]", ":9: network.listen: ", 8),
        ("[network]", "[process.user]", ":7: process.user: ", 4),
    ],
)
def test_a_key_that_is_there_twice_is_named_with_both_lines(
    tmp_path: Path, before: str, after: str, where: str, first: int
) -> None:
    error = refused(tmp_path, edited(before, after))
    assert f"contract.toml{where}it is there already" in error.message
    assert error.found == f"the first on line {first}"


HOSTILE: dict[str, Callable[[], str]] = {
    "unknown-keys": lambda: "\n".join(f"a{n} = 1" for n in range(22_000)),
    "tables": lambda: "\n".join(f"[a{n}]" for n in range(22_000)),
    "variables": lambda: "\n".join(f"[env.required.A{n}]\nx = 1" for n in range(7_500)),
    "tables-of-an-array": lambda: "[[request]]\n" * 20_000,
    "a-key-of-many-parts": lambda: ".".join("a" * 125_000) + " = 1",
    "a-table-of-many-parts": lambda: "[" + ".".join("a" * 125_000) + "]",
    "an-inline-key-of-many-parts": lambda: "x = { " + ".".join("a" * 125_000) + " = 1 }",
    "keys-below-a-deep-table": lambda: f"[{'.'.join('a' * 2000)}]\n" + "b = 1\n" * 40_000,
    "arrays-in-arrays": lambda: "a = " + "[" * 225_000,
    "tables-in-tables": lambda: "a = " + "{a=" * 75_000,
    "a-deep-answer": lambda: 'image = "tug"\n[health]\nexpect = ' + "{a=" * 60 + "1" + "}" * 60,
    "a-long-number": lambda: "a = " + "9" * 225_000,
    "a-long-duration": lambda: edited('"3s"', f'"{"9" * 225_000}"'),
    "a-long-size": lambda: f'image = "tug"\n[limits]\nsize = "{"9" * 225_000}B"',
    "quotes": lambda: "a = " + '"' * 225_000,
    "quotes-escaped": lambda: 'a = "' + '\\"' * 112_000,
    "apostrophes": lambda: "a = " + "'" * 225_000,
    "brackets-closed": lambda: "]" * 225_000,
    "empty-lines": lambda: "\n" * 225_000,
    "spaces": lambda: " " * 225_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_largest_file_is_refused_soon_and_shortly(tmp_path: Path, kind: str) -> None:
    text = HOSTILE[kind]()
    assert len(text) <= LARGEST
    assert "contract.toml" in refused(tmp_path, text).message


def test_a_large_contract_that_is_right_is_read(tmp_path: Path) -> None:
    lines = "".join(f"[env.required.A{n}]\nsecret = true\n" for n in range(5_000))
    assert len(read_contract(write(tmp_path, f'image = "tug"\n{lines}')).env.required) == 5_000


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for path in (tmp_path, fifo, Path("/dev/zero")):
        with pytest.raises(InvalidContractError, match="is not a file"):
            read_contract(path)


@pytest.mark.parametrize("name", ["missing.toml", "a/b.toml", "nul\0.toml", "x" * 5000])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidContractError, match="cannot be read") as caught:
        read_contract(tmp_path / name)
    assert "contract-init" in (caught.value.hint or "")


def line_of(text: str, field: tuple[str | int, ...]) -> int:
    return line_in(tuple(statements(text)), field)


def test_lines_are_found_past_strings_and_arrays_that_look_like_keys() -> None:
    text = 'a = """\n[b]\nc = 1\n"""\nd = [\n  "e = 1", # [f]\n  [1],\n]\n[b]\n\'c\' = 2\n'
    assert line_of(text, ("b",)) == 9
    assert line_of(text, ("b", "c")) == 10
    assert line_of(text, ("d", 1)) == 5
    assert line_of(text, ("zzz",)) == 1


def test_a_field_of_a_table_in_an_array_is_found_in_its_own() -> None:
    assert line_of(GOOD, ("request", 0, "path")) == 14
    assert line_of(GOOD, ("request", 1, "path")) == 17
    assert line_of(GOOD, ("env", "required", "DATABASE_URL", "secret")) == 11
    assert line_of(GOOD, ("env",)) == 10

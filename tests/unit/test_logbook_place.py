"""Where the logbook is, and what is refused as such."""

from __future__ import annotations

from pathlib import Path

import pytest

from seatrial.errors import ConfigurationError
from seatrial.logbook.place import logbook_of, variables_of

URL = "https://logbook.example"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "infra").mkdir()
    (tmp_path / "pyproject.toml").write_text(
        '[tool.seatrial]\nname = "x"\ncompose_file = "infra/compose.yml"\n'
    )
    return tmp_path


def test_without_a_url_there_is_none(root: Path) -> None:
    (root / "infra" / ".env").write_text("OTHER=1\n")
    assert variables_of(root, {"LOGBOOK_KEY": "k"}) is None


def test_it_is_read_from_the_file_beside_the_compose_file(root: Path) -> None:
    (root / "infra" / ".env").write_text(f"LOGBOOK_URL={URL}/\nLOGBOOK_KEY=k\n")
    found = variables_of(root, {})
    assert found is not None
    logbook = logbook_of(found, root)
    assert (logbook.url, logbook.key) == (URL, "k")


def test_the_environment_outranks_the_file_and_an_empty_url_switches_it_off(root: Path) -> None:
    (root / "infra" / ".env").write_text(f"LOGBOOK_URL={URL}\nLOGBOOK_KEY=k\n")
    assert variables_of(root, {"LOGBOOK_URL": ""}) is None
    found = variables_of(root, {"LOGBOOK_URL": "https://other.example"})
    assert found is not None
    assert logbook_of(found, root).url == "https://other.example"


def test_a_keys_file_is_read_and_one_of_the_environment_outranks_a_key_of_the_file(
    root: Path,
) -> None:
    (root / "infra" / ".env").write_text(f"LOGBOOK_URL={URL}\nLOGBOOK_KEY=old\n")
    (root / "key").write_text("new\n")
    found = variables_of(root, {"LOGBOOK_KEY_FILE": "key"})
    assert found is not None
    assert logbook_of(found, root).key == "new"


@pytest.mark.parametrize(
    "url",
    [
        "logbook.example",
        "ftp://logbook.example",
        "https://",
        "https://me:secret@logbook.example",
        "https://logbook.example/?a=secret",
        "https://logbook.example:port",
        "https://[::1",
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError, match="is no address") as caught:
        logbook_of({"LOGBOOK_URL": url, "LOGBOOK_KEY": "k"}, None)
    assert "secret" not in "\n".join(caught.value.lines())


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_a_logbook_on_this_machine_may_speak_plainly(host: str) -> None:
    assert logbook_of({"LOGBOOK_URL": f"http://{host}", "LOGBOOK_KEY": "k"}, None).key == "k"


@pytest.mark.parametrize("host", ["logbook:8000", "10.0.0.1", "localhost.example"])
def test_a_key_travels_plainly_to_another_machine_only_where_that_is_allowed(host: str) -> None:
    variables = {"LOGBOOK_URL": f"http://{host}", "LOGBOOK_KEY": "k"}
    with pytest.raises(ConfigurationError, match="travel"):
        logbook_of(variables, None)
    assert logbook_of({**variables, "LOGBOOK_ALLOW_HTTP": "1"}, None).key == "k"


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "schlüssel", "tab\tkey"])
def test_what_is_no_key_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(ConfigurationError, match="is no key") as caught:
        logbook_of({"LOGBOOK_URL": URL, "LOGBOOK_KEY": key}, None)
    assert key not in "\n".join(caught.value.lines())


def test_a_missing_key_and_a_missing_file_are_told(root: Path) -> None:
    with pytest.raises(ConfigurationError, match="and no key"):
        logbook_of({"LOGBOOK_URL": URL}, root)
    with pytest.raises(ConfigurationError, match="nowhere cannot be read"):
        logbook_of({"LOGBOOK_URL": URL, "LOGBOOK_KEY_FILE": "nowhere"}, root)


def test_a_logbook_that_is_shown_shows_no_key() -> None:
    assert "k3y" not in repr(logbook_of({"LOGBOOK_URL": URL, "LOGBOOK_KEY": "k3y"}, None))

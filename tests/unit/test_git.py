"""What git says of a work tree."""

from __future__ import annotations

from pathlib import Path

import pytest
from toys import Toy, make_toy

from seatrial.errors import ConfigurationError
from seatrial.git import committed_at, read_git, text_at


@pytest.fixture
def repository(tmp_path: Path) -> Toy:
    """A project with one commit."""
    made = make_toy(tmp_path, "toy")
    made.commit()
    return made


def test_a_clean_tree_gives_its_commit_and_the_commits_time(repository: Toy) -> None:
    facts = read_git(repository.root)
    assert facts.sha == repository.git("rev-parse", "HEAD")
    assert facts.sha.startswith(facts.short_sha)
    assert facts.committed_at == int(repository.git("log", "-1", "--format=%ct"))
    assert not facts.dirty
    assert facts.describe == facts.short_sha


def test_a_changed_file_makes_it_dirty(repository: Toy) -> None:
    repository.write("tasks.py", "changed\n")
    facts = read_git(repository.root)
    assert facts.dirty
    assert facts.describe == f"{facts.short_sha}-dirty"


def test_a_file_that_git_does_not_know_makes_it_dirty(repository: Toy) -> None:
    repository.write("new", "")
    facts = read_git(repository.root)
    assert facts.dirty
    assert facts.describe == f"{facts.short_sha}-dirty"


def test_a_file_that_git_was_told_to_hide_makes_it_dirty(repository: Toy) -> None:
    repository.git("config", "status.showUntrackedFiles", "no")
    repository.write("new", "")
    assert read_git(repository.root).dirty


def test_an_ignored_file_leaves_it_clean(repository: Toy) -> None:
    repository.write("dist/build.json", "{}")
    assert not read_git(repository.root).dirty


def test_every_tag_at_the_commit_is_told_and_those_of_others_are_not(repository: Toy) -> None:
    repository.git("tag", "v0.9.0")
    repository.commit("another")
    for tag in ("v1.0.0", "nightly", "v1.0.1"):
        repository.git("tag", tag)
    facts = read_git(repository.root)
    assert facts.release_tags == ("nightly", "v1.0.0", "v1.0.1")


def test_the_description_counts_from_the_last_tag(repository: Toy) -> None:
    repository.git("tag", "v1.0.0")
    repository.commit("another")
    facts = read_git(repository.root)
    assert facts.describe == f"v1.0.0-1-g{facts.short_sha}"


def test_a_detached_head_is_a_commit_as_any_other(repository: Toy) -> None:
    first = repository.git("rev-parse", "HEAD")
    repository.commit("another")
    repository.git("checkout", "-q", "--detach", first)
    assert read_git(repository.root).sha == first


def test_a_repository_without_a_commit_is_an_error_that_says_so(tmp_path: Path) -> None:
    toy = make_toy(tmp_path, "toy")
    with pytest.raises(ConfigurationError, match="cannot tell which commit") as caught:
        read_git(toy.root)
    assert "at least one commit" in (caught.value.hint or "")
    assert caught.value.found


def test_a_folder_outside_any_repository_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(ConfigurationError, match="cannot tell which commit") as caught:
        read_git(tmp_path)
    assert "not a git repository" in (caught.value.found or "")


def test_without_git_the_error_says_to_install_it(
    repository: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(ConfigurationError, match="git is not installed"):
        read_git(repository.root)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://me:secret@host.example/acme/x.git", "https://host.example/acme/x"),
        ("https://token@host.example:8443/acme/x", "https://host.example:8443/acme/x"),
        ("https://host.example/x.git?token=secret#part", "https://host.example/x"),
        ("https://me:secret@[::1]:3000/x", "https://[::1]:3000/x"),
        ("https://host.example:port/x", None),
        ("https://[broken/x", None),
        ("git@host.example:acme/x.git", None),
        ("ssh://me:secret@host.example/x", None),
        ("/somewhere/else", None),
    ],
)
def test_credentials_are_cut_from_the_origin(
    repository: Toy, address: str, told: str | None
) -> None:
    repository.git("remote", "add", "origin", address)
    assert read_git(repository.root).origin == told


def test_without_an_origin_there_is_none(repository: Toy) -> None:
    assert read_git(repository.root).origin is None


def test_the_time_of_any_commit_is_known_and_of_no_other(repository: Toy) -> None:
    first = repository.git("rev-parse", "HEAD")
    made = int(repository.git("log", "-1", "--format=%ct"))
    repository.commit("another")
    assert committed_at(repository.root, first) == made
    assert committed_at(repository.root, "0" * 40) is None
    assert committed_at(repository.root / "none", first) is None


def test_a_file_is_known_as_it_was_in_a_commit(repository: Toy) -> None:
    repository.write("one/Dockerfile", "FROM a:1\n")
    first = repository.commit()
    repository.write("one/Dockerfile", "FROM b:1\n")
    assert text_at(repository.root, first, "one/Dockerfile") == "FROM a:1\n"
    assert text_at(repository.root / "one", first, "Dockerfile") == "FROM a:1\n"
    assert text_at(repository.root, first, "none") is None
    assert text_at(repository.root, "0" * 40, "one/Dockerfile") is None
    assert text_at(repository.root / "none", first, "one/Dockerfile") is None

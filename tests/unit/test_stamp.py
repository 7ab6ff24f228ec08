"""The stamp, tags and labels of a build."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seatrial.build.stamp import default_tags, labels, make_stamp, references, releases
from seatrial.errors import ConfigurationError
from seatrial.model.stamp import GitFacts

SHA = "0123456789abcdef0123456789abcdef01234567"
NOW = 1_800_000_000.75


def git(*tags: str, dirty: bool = False, origin: str | None = None) -> GitFacts:
    return GitFacts(
        sha=SHA,
        short_sha=SHA[:7],
        describe="v1.2.3-4-g0123456",
        dirty=dirty,
        committed_at=1_700_000_000,
        release_tags=tags,
        origin=origin,
    )


def test_a_clean_tree_is_stamped_with_the_commits_time() -> None:
    stamp = make_stamp(git(), {}, {}, NOW)
    assert stamp.built_at == "2023-11-14T22:13:20Z"
    assert stamp.epoch == 1_700_000_000
    assert not stamp.dirty


def test_a_dirty_tree_is_stamped_with_now_to_the_second() -> None:
    stamp = make_stamp(git(dirty=True), {}, {}, NOW)
    assert stamp.built_at == "2027-01-15T08:00:00Z"
    assert stamp.epoch == 1_800_000_000
    assert stamp.dirty


def test_the_stamp_holds_commit_description_and_locks() -> None:
    stamp = make_stamp(git(), {"api": "aa"}, {"web": "bb"}, NOW)
    assert (stamp.sha, stamp.short_sha, stamp.describe) == (SHA, SHA[:7], "v1.2.3-4-g0123456")
    assert (stamp.uv_lock_sha, stamp.bun_lock_sha) == ({"api": "aa"}, {"web": "bb"})


def test_a_commit_without_a_release_gets_latest_and_its_sha() -> None:
    assert default_tags(git()) == ("latest", SHA)


def test_every_release_tag_at_the_commit_gives_a_tag() -> None:
    assert default_tags(git("v1.2.3", "v10.20.30")) == ("latest", SHA, "1.2.3", "10.20.30")


@pytest.mark.parametrize(
    "tag",
    ["v1.2", "v1.2.3-rc1", "1.2.3", "v1.2.3.4", "vv1.2.3", "release-1.2.3", "v1.2.x", "v१.2.3"],
)
def test_a_tag_of_another_form_is_no_release(tag: str) -> None:
    assert releases(git(tag)) == ()
    assert default_tags(git(tag)) == ("latest", SHA)


def test_a_dirty_tree_gets_latest_and_a_dirty_tag_and_no_release() -> None:
    dirty = git("v1.2.3", dirty=True)
    assert default_tags(dirty) == ("latest", "0123456-dirty")
    assert releases(dirty) == ()


def test_a_tag_may_bring_a_repository_of_its_own() -> None:
    assert references("api", ("1", "other/api:2", "localhost:5000/x:3", "Host.example/x:4")) == (
        "api:1",
        "other/api:2",
        "localhost:5000/x:3",
        "Host.example/x:4",
    )


@pytest.mark.parametrize(
    "tag",
    [
        "",
        ":",
        "a b",
        ":1",
        "api:",
        "-a",
        ".a",
        "a/b",
        "a\n",
        "x\n:1",
        "localhost:5000/x",
        "Upper:1",
        "a//b:1",
        "a:b:1",
        "a@sha256:" + "0" * 64,
        "é",
        "a" * 129,
        "a" * 256 + ":1",
    ],
)
def test_what_no_engine_takes_for_a_tag_is_refused(tag: str) -> None:
    with pytest.raises(ConfigurationError, match="is not an image tag"):
        references("api", (tag,))


@pytest.mark.parametrize("repository", ["Api", "a b", "", "x:y", "api/"])
def test_a_repository_of_the_bake_file_that_is_none_is_refused(repository: str) -> None:
    with pytest.raises(ConfigurationError, match="is not an image repository") as caught:
        references(repository, ("1",))
    assert "bake file" in (caught.value.hint or "")


def is_valid(reference: str) -> bool:
    """The reference grammar, part by part, as docker.com documents it."""
    repository, colon, tag = reference.rpartition(":")
    host, slash, rest = repository.partition("/")
    is_host = bool(slash) and (set(host) & set(".:") or host == "localhost" or host != host.lower())
    parts = rest.split("/") if is_host else repository.split("/")
    return (
        bool(colon)
        and bool(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", tag))
        and len(repository) <= 255
        and all(re.fullmatch(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*", part) for part in parts)
        and (not is_host or bool(re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]+)?", host)))
    )


LIKELY = st.text(alphabet="abZ0._-:/@\n ", max_size=14)


@given(LIKELY, st.one_of(st.text(max_size=12), LIKELY))
@example("api", "a\n")
@example("api\n", "a")
@example("a", "b::c:1")
def test_whatever_is_accepted_is_a_reference_that_engines_accept(repository: str, tag: str) -> None:
    try:
        (made,) = references(repository, (tag,))
    except ConfigurationError:
        return
    assert is_valid(made), made


def test_the_labels_carry_the_stamp_and_the_policy() -> None:
    stamp = make_stamp(git(), {}, {}, NOW)
    assert labels(stamp, "1.2.3", "https://host.example/x", "stand-in") == {
        "org.opencontainers.image.revision": SHA,
        "org.opencontainers.image.created": "2023-11-14T22:13:20Z",
        "org.opencontainers.image.version": "1.2.3",
        "org.opencontainers.image.source": "https://host.example/x",
        "seatrial.base-policy": "stand-in",
    }


def test_without_a_release_the_description_is_the_version_and_no_origin_is_no_label() -> None:
    found = labels(make_stamp(git(), {}, {}, NOW), None, None, "registry")
    assert found["org.opencontainers.image.version"] == "v1.2.3-4-g0123456"
    assert "org.opencontainers.image.source" not in found

"""The final file system: who may change what in it."""

from __future__ import annotations

import tarfile

import pytest
from layer_tars import entry, folder, scanned

from seatrial.verify.final import (
    User,
    changeable,
    final_files,
    privileged,
    user_of,
    world_writable,
)
from seatrial.verify.layers import LayerScan, matching

APP = User(1001, frozenset({1001}))
ACCOUNTS = {
    "etc/passwd": "root:x:0:0::/:/bin/sh\ntug:x:1001:50::/:/bin/false\n",
    "etc/group": "root:x:0:\ntug:x:50:\nwww:x:33:other,tug\ndocker:x:99:other\n",
}


def ways(*scans: LayerScan, globs: tuple[str, ...] = ("/app/**",), user: User = APP) -> list[str]:
    files = final_files(scans)
    return changeable(files, matching(files, globs), user)


def test_what_root_owns_and_nobody_else_may_write_stays_as_it_is() -> None:
    scan = scanned(folder(""), folder("app"), entry("app/a.py"), entry("app/b", mode=0o775))
    assert ways(scan) == []


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"uid": 1001}, "its owner is 1001"),
        ({"uid": 1001, "mode": 0o444}, "its owner is 1001"),
        ({"gid": 1001, "mode": 0o664}, "its group is 1001"),
        ({"mode": 0o646}, "everybody may"),
    ],
)
def test_a_file_that_the_user_may_write_is_told_with_the_reason(
    options: dict[str, int], why: str
) -> None:
    (told,) = ways(scanned(folder("app"), entry("app/a.py", **options)))  # type: ignore[arg-type]
    assert told.startswith(f"/app/a.py: {why}")


def test_who_is_of_the_group_is_none_of_the_others() -> None:
    assert ways(scanned(folder("app"), entry("app/a", gid=1001, mode=0o646))) == []


def test_a_file_can_be_replaced_by_way_of_any_folder_above_it() -> None:
    scan = scanned(folder("app", uid=1001), folder("app/x"), entry("app/x/a"), entry("app/x/b"))
    # The folder below it can be moved away, and a file in it can be replaced with it.
    assert ways(scan) == [
        "/app: what is in it can be replaced; its owner is 1001, mode 0755",
    ]


def test_a_sticky_folder_lets_nobody_replace_what_another_owns() -> None:
    assert ways(scanned(folder("app", 0o1777), entry("app/a"))) == []
    assert ways(scanned(folder("app", 0o1777), entry("app/a", uid=1001)))
    assert ways(scanned(folder("app", 0o1755, uid=1001), entry("app/a")))


def test_a_link_is_changed_only_by_way_of_its_folder() -> None:
    link = entry("app/a", uid=1001, mode=0o777, kind=tarfile.SYMTYPE)
    assert ways(scanned(folder("app"), link)) == []
    assert ways(scanned(folder("app", 0o777), link))


def test_the_mode_that_counts_is_the_last_layers() -> None:
    below = scanned(folder("app", 0o777), entry("app/a", mode=0o666))
    above = scanned(folder("app"), entry("app/a"))
    assert ways(below, above) == []
    assert ways(above, below)


def test_root_may_change_everything() -> None:
    assert ways(scanned(folder("app"), entry("app/a")), user=User(0, frozenset({0})))


def test_a_folder_that_no_layer_tells_of_is_roots() -> None:
    assert ways(scanned(entry("app/a"))) == []


@pytest.mark.parametrize(
    ("written", "uid", "groups"),
    [
        ("1001:1001", 1001, {1001}),
        ("1001", 1001, {50, 33}),
        ("tug", 1001, {50, 33}),
        ("tug:www", 1001, {33}),
        ("4711", 4711, {0}),
        ("", 0, {0}),
    ],
)
def test_a_user_is_who_the_engine_makes_of_it(written: str, uid: int, groups: set[int]) -> None:
    assert user_of(ACCOUNTS, written, any_user=False) == User(uid, frozenset(groups))


def test_anybody_with_group_0_has_that_group_too() -> None:
    assert user_of(ACCOUNTS, "1001:1001", any_user=True) == User(1001, frozenset({0, 1001}))


def test_a_name_that_the_image_does_not_know_is_nobody() -> None:
    assert user_of({}, "tug", any_user=False) is None
    assert user_of(ACCOUNTS, "tug:nobody", any_user=False) is None


def test_programs_that_run_as_another_are_told_with_their_mode() -> None:
    capable = {"SCHILY.xattr.security.capability": "\x01"}
    scan = scanned(
        entry("bin/su", mode=0o4755),
        entry("bin/wall", mode=0o2755),
        entry("bin/ping", mode=0o755, pax=capable),
        entry("bin/true", mode=0o755),
        folder("var/mail", 0o2775),
    )
    assert [(one.path, one.mode) for one in privileged(final_files([scan]))] == [
        ("/bin/ping", "0755 with capabilities"),
        ("/bin/su", "4755"),
        ("/bin/wall", "2755"),
    ]


def test_a_bit_that_a_later_layer_takes_away_is_gone() -> None:
    below, above = scanned(entry("bin/su", mode=0o4755)), scanned(entry("bin/su", mode=0o755))
    assert privileged(final_files([below, above])) == []


def test_what_everybody_may_write_is_told_but_for_sticky_folders_and_links() -> None:
    scan = scanned(
        folder("tmp", 0o1777),
        folder("cache", 0o777),
        entry("a", mode=0o666),
        entry("link", mode=0o777, kind=tarfile.SYMTYPE),
        entry("pipe", mode=0o622, kind=tarfile.FIFOTYPE),
        entry("dev/null", mode=0o666, kind=tarfile.CHRTYPE),
        entry("b"),
    )
    told = [one.path for one in world_writable(final_files([scan]), 0)]
    assert told == ["/a", "/cache", "/pipe"]
    assert world_writable(final_files([scan]), 1) == []


def test_a_file_in_a_folders_place_leaves_nothing_of_the_folder() -> None:
    below, above = scanned(folder("a"), entry("a/b"), entry("ab")), scanned(entry("a"))
    assert set(final_files([below, above])) == {"a", "ab"}


def test_many_deletions_take_no_longer_than_many_paths() -> None:
    below = scanned(*(entry(f"d/{n % 97}/{n}") for n in range(2000)))
    above = scanned(*(entry(f"d/{n % 97}/.wh.{n}") for n in range(1500)))
    assert len(final_files([below, above])) == 500

"""The file system that the layers leave, laid over each other as the engine does it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from seatrial.model.holding_facts import PathMode
from seatrial.verify.layers import LayerScan, Trait

SETUID, SETGID, STICKY = 0o4000, 0o2000, 0o1000
OTHERS_WRITE, GROUP_WRITES = 0o002, 0o020


class Held(NamedTuple):
    """What a path is in the end: the number of the layer that decides it, from 0, and its trait."""

    layer: int
    trait: Trait


Files = dict[str, Held]
_MOUNTED = ("dev/", "proc/", "sys/")
# What a folder is that no layer tells of: the engine makes it so.
_UNTOLD = Trait("dir", 0o755, 0, 0)


def final_files(scans: Sequence[LayerScan]) -> Files:
    """Return the paths of the final file system, without a leading `/`; the root is empty."""
    files: Files = {}
    for number, scan in enumerate(scans):
        held = [Held(number, trait) for trait in scan.traits]
        mine = dict(zip(scan.paths, map(held.__getitem__, scan.numbers), strict=True))
        removed = set(scan.gone) | _replaced(files, mine)
        if removed and files:
            _remove(files, removed)
        files.update(mine)
    return files


def privileged(files: Files) -> list[PathMode]:
    """Return the programs that run as another than who starts them."""
    return [
        _shown(path, held)
        for path, held in sorted(files.items())
        if held.trait.kind == "file" and (held.trait.mode & (SETUID | SETGID) or held.trait.capable)
    ]


def world_writable(files: Files, above: int) -> list[PathMode]:
    """Return what everybody may write in the layers from `above` upward.

    Links have no mode of their own, and the engine mounts its own devices; in a sticky folder
    each may touch only what is their own.
    """
    return [
        _shown(path, held)
        for path, held in sorted(files.items())
        if held.trait.mode & OTHERS_WRITE
        and held.layer >= above
        and held.trait.kind != "link"
        and not path.startswith(_MOUNTED)
        and not (held.trait.kind == "dir" and held.trait.mode & STICKY)
    ]


def _shown(path: str, held: Held) -> PathMode:
    capable = " with capabilities" if held.trait.capable else ""
    return PathMode(path=f"/{path}", mode=f"{held.trait.mode:04o}{capable}")


class User(NamedTuple):
    """Who would change something: a user and all of its groups."""

    uid: int
    groups: frozenset[int]

    def may_write(self, trait: Trait) -> str | None:
        """Return why this user may write to something of this trait, or None.

        An owner may: who owns a thing can change its mode.
        """
        if self.uid == 0:
            return "root may write everything"
        if trait.uid == self.uid:
            return f"its owner is {trait.uid}, mode {trait.mode:04o}"
        if trait.gid in self.groups:
            # Who is of the group is none of the others, whatever these may do.
            written = trait.mode & GROUP_WRITES
            return f"its group is {trait.gid}, mode {trait.mode:04o}" if written else None
        return f"everybody may, mode {trait.mode:04o}" if trait.mode & OTHERS_WRITE else None


def changeable(files: Files, paths: Iterable[str], user: User) -> list[str]:
    """Return the paths that a user can change or replace, each with the reason.

    A path is replaced by way of its folder, or of a folder above that. A sticky folder lets
    nobody replace what another owns.
    """
    found: dict[str, str] = {}
    folders: dict[str, str | None] = {}
    for path in paths:
        held = files[path.lstrip("/")]
        why = None if held.trait.kind == "link" else user.may_write(held.trait)
        if why:
            found[path] = why
        elif through := _through(path.lstrip("/"), files, user, folders):
            # One line tells of a folder and of all that can be replaced in it.
            folder, _, reason = through.partition(": ")
            found.setdefault(folder, f"what is in it can be replaced; {reason}")
    return [f"{path}: {why}" for path, why in sorted(found.items())]


def user_of(files: Mapping[str, str], user: str, *, any_user: bool) -> User | None:
    """Return who the engine makes of a USER; None when the image does not know that name.

    Args:
        files: Contents of `etc/passwd` and `etc/group`, where they are there.
        user: `UID`, `UID:GID`, names in place of both, or empty.
        any_user: Whether it may also be started as anybody with group 0.
    """
    name, colon, group = (user or "0").partition(":")
    own, primary, groups = name, "0", {0} if any_user else set()
    for line in files.get("etc/passwd", "").splitlines():
        known, _, uid, gid = [*line.split(":"), "", "", "", ""][:4]
        if name in {known, uid}:
            name, own, primary = known, uid, gid
            break
    for line in files.get("etc/group", "").splitlines():
        known, _, gid, members = [*line.split(":"), "", "", "", ""][:4]
        if known == group:
            group = gid
        # A group that is told takes the place of all those that the image knows of.
        if not colon and gid.isdigit() and name in members.split(","):
            groups.add(int(gid))
    gid = group if colon else primary
    if not (own.isdigit() and gid.isdigit()):
        return None
    return User(int(own), frozenset(groups | {int(gid)}))


def _through(path: str, files: Files, user: User, known: dict[str, str | None]) -> str | None:
    """Return the nearest folder by which a path can be replaced, and why; None when none can."""
    held = files.get(path)
    for folder in _above(path):
        if folder not in known:
            at = files.get(folder)
            known[folder] = user.may_write(at.trait if at else _UNTOLD)
        why = known[folder]
        at = files.get(folder)
        sticky = at is not None and at.trait.mode & STICKY and at.trait.uid != user.uid
        own = held is not None and held.trait.uid == user.uid
        if why and (not sticky or own or user.uid == 0):
            return f"/{folder}: {why}"
        held = at
    return None


def _above(path: str) -> Iterator[str]:
    while path:
        path = path.rpartition("/")[0]
        yield path


def _replaced(files: Files, mine: Files) -> set[str]:
    """Return folders that are none any more: what was in them is gone."""
    return {
        path
        for path, held in mine.items()
        if held.trait.kind != "dir" and path in files and files[path].trait.kind == "dir"
    }


def _remove(files: Files, removed: set[str]) -> None:
    """Remove paths and all that is below them; below only, where one ends in `/`."""
    below: dict[str, bool] = {}

    def is_gone_below(folder: str) -> bool:
        if folder not in below:
            told = folder in removed or f"{folder}/" in removed
            below[folder] = told or (bool(folder) and is_gone_below(folder.rpartition("/")[0]))
        return below[folder]

    gone = [
        path
        for path in files
        if path in removed or (path and is_gone_below(path.rpartition("/")[0]))
    ]
    for path in gone:
        del files[path]

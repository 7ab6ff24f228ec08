"""Reads `/proc` of the engine's host: who runs in a container, and what listens there.

Nothing is run inside the container, so that an image without a shell is seen as well.
"""

from __future__ import annotations

import ipaddress
import os
import re
import signal
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from seatrial.model.observation import Listener, ProcessFacts
from seatrial.privileges import capabilities_of
from seatrial.sources import marks_of, watches_of

PROC = Path("/proc")
LISTEN, UNCONNECTED = "0A", "07"
TABLES = ("tcp", "tcp6", "udp", "udp6")
_LOG_NAME = re.compile(r"\.(log|log\.\d+|out|err)$|(^|/)logs?/", re.IGNORECASE)
LARGEST_WALK = 2000


def pids_of(container: str, first: int) -> list[int] | None:
    """Return the processes of a container; None where its engine is on another host.

    Args:
        container: Its full id.
        first: Its first process, as the engine tells it.
    """
    if not is_here(first, container):
        return None
    numbers = (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())
    return sorted(pid for pid in numbers if _belongs(pid, container))


def is_here(first: int, container: str) -> bool:
    """Return whether the first process of a container is one of this host's."""
    return first > 0 and _belongs(first, container)


def read_processes(pids: Iterable[int]) -> tuple[ProcessFacts, ...]:
    """Return the processes, first the oldest; those that ended meanwhile are left out."""
    return tuple(found for pid in pids if (found := _process(pid)) is not None)


def below(first: int, processes: Iterable[ProcessFacts]) -> tuple[ProcessFacts, ...]:
    """Return process `first` and what descends from it.

    A HEALTHCHECK's command, and whatever else is executed in a container from outside, descends
    from the engine and is no process of the image.
    """
    ours = {first}
    found = sorted(processes, key=lambda one: one.pid)
    for _ in found:  # children may have a lower number than their parents: numbers go round
        ours |= {one.pid for one in found if one.parent in ours}
    return tuple(one for one in found if one.pid in ours)


def read_listeners(first: int, pids: Sequence[int]) -> tuple[Listener, ...]:
    """Return what listens in the network of process `first`, and which of `pids` hold it."""
    holders: dict[int, list[int]] = {}
    for pid in pids:
        for inode in _sockets(pid):
            holders.setdefault(inode, []).append(pid)
    tables = {name: _text(PROC / str(first) / "net" / name) or "" for name in TABLES}
    return parse_listeners(tables, holders)


def parse_listeners(
    tables: dict[str, str], holders: dict[int, list[int]] | None = None
) -> tuple[Listener, ...]:
    """Return what listens by the kernel's tables.

    Args:
        tables: Text of `/proc/net/tcp`, `tcp6`, `udp` and `udp6` by their names.
        holders: Processes that hold a socket, by its inode.
    """
    found = []
    for name, text in tables.items():
        state = LISTEN if name.startswith("tcp") else UNCONNECTED
        for line in text.splitlines()[1:]:
            fields = line.split()
            if len(fields) > 9 and fields[3] == state:
                host, _, port = fields[1].partition(":")
                address = _address(host)
                found.append(
                    Listener(
                        protocol="tcp" if name.startswith("tcp") else "udp",
                        address=str(address),
                        port=int(port, 16),
                        everywhere=address.is_unspecified,
                        pids=tuple((holders or {}).get(int(fields[9]), ())),
                    )
                )
    return tuple(sorted(found, key=lambda one: (one.protocol, one.port, one.address)))


def children_of(pid: int) -> dict[int, str] | None:
    """Return the state (R, S, Z …) of each child of a process, by pid; None where it is hidden."""
    folder = PROC / str(pid) / "task"
    told = [_text(task / "children") for task in sorted(folder.glob("*"))]
    if not told or None in told:
        return None
    children = (int(word) for text in told for word in (text or "").split())
    return {child: state for child in children if (state := state_of(child)) is not None}


def state_of(pid: int) -> str | None:
    """Return the state of a process, Z for one that has ended and is not reaped; None: no such."""
    stat = _text(PROC / str(pid) / "stat")
    # A name may hold blanks and brackets; the state follows the last.
    return stat.rpartition(")")[2].split()[0] if stat else None


def kill_process(pid: int, container: str) -> bool:
    """Kill a process of a container; return whether that was allowed and done.

    It is held while it is looked at: its number may be another process's by the next moment.
    """
    try:
        held = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        if not _belongs(pid, container):
            return False
        signal.pidfd_send_signal(held, signal.SIGKILL)
    except OSError:
        return False
    finally:
        os.close(held)
    return True


def log_files(first: int, pids: Iterable[int], mounts: Iterable[str]) -> list[str]:
    """Return files that look like logs: under `mounts`, and open for writing anywhere."""
    root = PROC / str(first) / "root"
    written = {path for pid in pids for path in _open_for_writing(pid)}
    for mount in mounts:
        written.update(_files_below(root, mount))
    return sorted(path for path in written if looks_like_log(path))


def looks_like_log(path: str) -> bool:
    """Return whether a path is one that logs have."""
    return bool(_LOG_NAME.search(path))


def inside(number: int, mapping: str) -> int:
    """Return a user or group id as the container sees it.

    Args:
        number: As the host sees it.
        mapping: Text of the process's `uid_map` or `gid_map`.
    """
    for line in mapping.splitlines():
        within, without, count = (int(part) for part in line.split())
        if without <= number < without + count:
            return within + number - without
    return number


def parse_top(text: str) -> tuple[ProcessFacts, ...]:
    """Return the processes that `docker top` with pid, ppid, uid, gid and args tells."""
    rows = (line.split(None, 4) for line in text.splitlines()[1:])
    return tuple(
        ProcessFacts(
            pid=int(pid), inside_pid=0, parent=int(parent), uid=int(uid), gid=int(gid), command=args
        )
        for pid, parent, uid, gid, args in (row for row in rows if len(row) == 5)
    )


def _process(pid: int) -> ProcessFacts | None:
    folder = PROC / str(pid)
    status = _text(folder / "status")
    if status is None:
        return None
    fields = {
        key: value.split() for key, _, value in (x.partition(":") for x in status.splitlines())
    }
    command = (_text(folder / "cmdline") or "").replace("\0", " ").strip()
    groups = _text(folder / "gid_map") or ""
    return ProcessFacts(
        pid=pid,
        inside_pid=int(fields.get("NSpid", [str(pid)])[-1]),
        parent=int(fields["PPid"][0]),
        # The second number is the effective id: what the kernel judges by.
        uid=inside(int(fields["Uid"][1]), _text(folder / "uid_map") or ""),
        gid=inside(int(fields["Gid"][1]), groups),
        groups=tuple(inside(int(one), groups) for one in fields.get("Groups", ())),
        capabilities=capabilities_of(fields),
        marks=marks_of(pid),
        watches=watches_of(pid),
        command=(command or fields["Name"][0])[:500],
    )


def _belongs(pid: int, container: str) -> bool:
    return container in (_text(PROC / str(pid) / "cgroup") or "")


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def _sockets(pid: int) -> Iterator[int]:
    for link in _links(pid):
        if link.startswith("socket:["):
            yield int(link[8:-1])


def _links(pid: int) -> Iterator[str]:
    folder = PROC / str(pid) / "fd"
    try:
        entries = list(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        try:
            yield str(entry.readlink())
        except OSError:
            continue


def _open_for_writing(pid: int) -> Iterator[str]:
    folder = PROC / str(pid)
    try:
        entries = [entry.name for entry in (folder / "fd").iterdir()]
    except OSError:
        return
    for name in entries:
        flags = re.search(r"^flags:\s*(\d+)", _text(folder / "fdinfo" / name) or "", re.MULTILINE)
        if flags and int(flags[1], 8) & (os.O_WRONLY | os.O_RDWR):
            try:
                target = str((folder / "fd" / name).readlink())
            except OSError:
                continue
            if target.startswith("/") and not target.startswith("/dev/"):
                yield target.removesuffix(" (deleted)")


def _files_below(root: Path, mount: str) -> Iterator[str]:
    seen = 0
    for folder, _, names in os.walk(root / mount.lstrip("/")):
        for name in names:
            seen += 1
            if seen > LARGEST_WALK:
                return
            yield "/" + str((Path(folder) / name).relative_to(root))


def _address(words: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the address that the kernel writes in words of four bytes, least byte first."""
    raw = bytes.fromhex(words)
    turned = b"".join(raw[i : i + 4][::-1] for i in range(0, len(raw), 4))
    address = ipaddress.ip_address(turned)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address

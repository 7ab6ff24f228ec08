"""Reading the kernel's tables: who runs, what listens."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

from seatrial import procfs
from seatrial.model.observation import ProcessFacts
from seatrial.privileges import capabilities_of

TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001        0 60342 1
   1: 0100007F:2328 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001        0 60343 1
   2: 0100007F:1F40 0100007F:9999 01 00000000:00000000 00:00000000 00000000  1001        0 60344 1
"""
TCP6 = """\
  sl  local_address                         remote_address                        st
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 9
   1: 0000000000000000FFFF00000100007F:0051 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 8
"""
UDP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 7 2
"""


def test_listening_sockets_are_read_and_connections_are_not() -> None:
    found = procfs.parse_listeners({"tcp": TCP, "tcp6": TCP6, "udp": UDP}, {60342: [7]})
    assert [(one.protocol, one.address, one.port, one.everywhere) for one in found] == [
        ("tcp", "::", 80, True),
        ("tcp", "127.0.0.1", 81, False),
        ("tcp", "0.0.0.0", 8000, True),
        ("tcp", "127.0.0.1", 9000, False),
        ("udp", "0.0.0.0", 53, True),
    ]
    assert next(one for one in found if one.port == 8000).pids == (7,)


def test_our_own_listening_socket_is_found_with_its_holder() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = procfs.read_listeners(os.getpid(), [os.getpid()])
    mine = next(one for one in found if one.port == port)
    assert mine.pids == (os.getpid(),)
    assert not mine.everywhere


def test_our_own_process_is_read() -> None:
    (mine,) = procfs.read_processes([os.getpid(), 2**22 + 1])
    assert (mine.uid, mine.gid) == (os.geteuid(), os.getegid())
    assert "py" in mine.command


def test_groups_and_capabilities_are_read_from_the_kernel() -> None:
    (mine,) = procfs.read_processes([os.getpid()])
    assert mine.groups == tuple(sorted(os.getgroups()))
    assert mine.capabilities is not None


def test_capabilities_of_every_kind_are_told_by_name() -> None:
    status = {
        "CapInh": ["0000000000000400"],
        "CapPrm": ["0000000000000001"],
        "CapEff": ["0000000000000001"],
        "CapAmb": ["0000008000000000"],
        "CapBnd": ["000001ffffffffff"],
    }
    assert capabilities_of(status) == ("CAP_CHOWN", "CAP_NET_BIND_SERVICE", "CAP_BPF")
    assert capabilities_of({"CapEff": ["0000020000000000"]}) == ("CAP_41",)
    assert capabilities_of({"CapEff": ["0"]}) == ()


def test_a_kernel_that_tells_no_capabilities_is_no_proof_that_there_are_none() -> None:
    assert capabilities_of({"Name": ["x"]}) is None


def test_a_container_of_another_host_has_no_processes_here() -> None:
    assert procfs.pids_of("f" * 64, os.getpid()) is None
    assert procfs.pids_of("f" * 64, 0) is None


def test_users_are_told_as_the_container_sees_them() -> None:
    assert procfs.inside(101001, "0 100000 65536\n") == 1001
    assert procfs.inside(1001, "0 0 4294967295\n") == 1001
    assert procfs.inside(5, "0 100000 65536\n") == 5


def test_what_is_executed_from_outside_is_no_process_of_the_image() -> None:
    def process(pid: int, parent: int) -> ProcessFacts:
        return ProcessFacts(pid=pid, inside_pid=1, parent=parent, uid=0, gid=0, command="x")

    found = procfs.below(10, [process(10, 3), process(40, 3), process(12, 30), process(30, 10)])
    assert [one.pid for one in found] == [10, 12, 30]


def test_the_processes_that_docker_top_tells_are_read() -> None:
    text = "PID PPID UID GID COMMAND\n10 3 1001 1001 python app.py --port 8000\n"
    (one,) = procfs.parse_top(text)
    assert (one.pid, one.uid, one.command) == (10, 1001, "python app.py --port 8000")


@pytest.mark.parametrize(
    ("path", "is_log"),
    [
        ("/tmp/app.log", True),
        ("/var/log/nginx/access", True),
        ("/tmp/logs/today", True),
        ("/tmp/app.log.1", True),
        ("/tmp/catalog", False),
        ("/tmp/nginx.pid", False),
    ],
)
def test_files_that_look_like_logs(path: str, is_log: bool) -> None:
    assert procfs.looks_like_log(path) is is_log


def test_a_log_that_is_open_for_writing_is_found(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    with path.open("w"):
        assert str(path) in procfs.log_files(os.getpid(), [os.getpid()], [])
    assert str(path) not in procfs.log_files(os.getpid(), [os.getpid()], [])


def test_a_child_is_known_with_its_state_until_it_is_reaped() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    end = time.monotonic() + 10
    while (procfs.children_of(os.getpid()) or {}).get(child) != "Z":
        assert time.monotonic() < end
    os.waitpid(child, 0)
    assert child not in (procfs.children_of(os.getpid()) or {})
    assert procfs.state_of(child) is None


def test_a_process_that_is_no_containers_is_not_killed() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        assert not procfs.kill_process(process.pid, "f" * 64)
        assert process.poll() is None
        process.kill()
    assert not procfs.kill_process(process.pid, "f" * 64)

"""Tells whether an address of this machine is free, and who holds it where it is not."""

from __future__ import annotations

import errno
import socket
from typing import Literal

import psutil

Standing = Literal["free", "taken", "not ours"]


def standing(host: str, port: int) -> Standing:
    """Return whether a server could listen on `host:port` now.

    `not ours` is an address that no interface of this machine has.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do it: a connection that is winding down does not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return "not ours" if error.errno == errno.EADDRNOTAVAIL else "taken"
    return "free"


def holder(port: int) -> str | None:
    """Return who listens on TCP `port`, as `name (pid n)`, or None where that cannot be known."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except (psutil.Error, OSError):
        return None
    for connection in connections:
        local = connection.laddr
        if connection.status == psutil.CONN_LISTEN and local and local.port == port:
            return _name(connection.pid)
    return None


def _name(pid: int | None) -> str | None:
    if pid is None:
        return None
    try:
        return f"{psutil.Process(pid).name()} (pid {pid})"
    except psutil.Error:
        return f"pid {pid}"

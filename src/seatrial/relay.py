"""A TCP port of this machine that can be opened and closed; behind it is another server.

Closed, it refuses connections as a machine does where no server runs, and it stays ours.
"""

from __future__ import annotations

import contextlib
import socket
import threading

CONNECT_SECONDS = 5.0
PIECE = 64 * 1024


class Relay:
    """One relay; closed at first.

    Attributes:
        host: The address that it listens on.
        port: Its port.
    """

    def __init__(self, host: str) -> None:
        # Bound and not listening: nobody else gets the port by chance while it is closed.
        self._held = _bound(host, 0)
        self.host: str = host
        self.port: int = self._held.getsockname()[1]
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self._ends: set[socket.socket] = set()
        self._taken = 0

    @property
    def taken(self) -> int:
        """How many connections were taken and handed on."""
        return self._taken

    def open(self, behind: tuple[str, int]) -> None:
        """Take connections from now on and hand them on to `behind`, a host and a port."""
        listener = _bound(self.host, self.port)
        listener.listen(64)
        with self._lock:
            self._listener = listener
        threading.Thread(target=self._serve, args=(listener, behind), daemon=True).start()

    def close(self) -> None:
        """Cut every connection and refuse others, until it is opened again."""
        with self._lock:
            listener, self._listener = self._listener, None
            ends, self._ends = self._ends, set()
        for one in (*ends, *([listener] if listener else [])):
            _cut(one)

    def end(self) -> None:
        """Close it for good and let go of its port."""
        self.close()
        self._held.close()

    def _serve(self, listener: socket.socket, behind: tuple[str, int]) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:  # it was closed
                return
            words = (listener, near, behind)
            threading.Thread(target=self._hand_on, args=words, daemon=True).start()

    def _hand_on(
        self, listener: socket.socket, near: socket.socket, behind: tuple[str, int]
    ) -> None:
        try:
            far = socket.create_connection(behind, CONNECT_SECONDS)
        except OSError:
            _cut(near)
            return
        far.settimeout(None)
        with self._lock:
            is_open = self._listener is listener
            if is_open:
                self._taken += 1
                self._ends |= {near, far}
        if not is_open:
            _cut(near)
            _cut(far)
            return
        threading.Thread(target=_pump, args=(far, near), daemon=True).start()
        _pump(near, far)


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(PIECE):
            target.sendall(piece)
    _cut(source)
    _cut(target)


def _cut(one: socket.socket) -> None:
    # Shut down first: whoever waits in accept or recv is let go by that, not by closing alone.
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()

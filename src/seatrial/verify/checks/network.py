"""Family network: what listens, and from where it is reached."""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model.contract import Contract
from seatrial.model.observation import Listener, Observation
from seatrial.model.report import Finding
from seatrial.verify.checks.health import how_it_came_up, last_words
from seatrial.verify.checks.registry import (
    UnseenError,
    check,
    need,
    need_restricted,
    need_running,
)


@check("network", lambda contract: contract.network.listen is not None)
def listens_as_promised(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """The promised ports are listened on, on every interface, and no others.

    How: the kernel's tables of sockets are read inside the container, so that no port need be
    guessed.
    Why: a port too many is a way in that nobody guards; one on 127.0.0.1 alone serves nobody
    outside.
    Mend: the server's settings, or network.listen.
    """
    running = need(observation.running, observation, "running")
    listeners, start = running.listeners, running.start
    promised = _promised(contract)
    # Where health is promised, its check tells that it did not come up.
    ended = start.exit_code is not None or start.failure is not None
    if ended and promised and contract.health is None:
        yield Finding(
            expected=f"{_named(promised)} is listened on",
            found=how_it_came_up(start),
            hint="read its last words; run it with the contract's environment by hand",
            evidence=last_words(start.logs),
        )
        return
    if listeners is None:
        reason = "nothing could be seen: it ended, or the engine's host hides it"
        raise UnseenError(reason)
    for protocol, port in sorted(promised):
        yield from _missing(protocol, port, listeners)
    for one in listeners:
        if (one.protocol, one.port) not in promised:
            yield Finding(
                expected=f"nothing listens but {_named(promised)}",
                found=f"{one.protocol} {one.address}:{one.port} is listened on{_who(one, running)}",
                hint="close it, or promise it in network.listen",
            )


@check("network", lambda contract: contract.network.listen)
def reachable_from_outside(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Each promised port takes connections through a published port.

    How: each port is published and connected to from the host.
    Why: that is how it is used, whatever the tables inside say.
    Mend: listen on 0.0.0.0 or [::].
    """
    running = need_running(observation)
    for port in contract.network.listen or ():
        if not running.reachable.get(port):
            yield Finding(
                expected=f"port {port} takes connections from outside",
                found="it does not, though the container is healthy",
                hint="listen on 0.0.0.0, not on 127.0.0.1",
            )


def _promised(contract: Contract) -> set[tuple[str, int]]:
    tcp = {("tcp", port) for port in contract.network.listen or ()}
    return tcp | {("udp", port) for port in contract.network.udp}


def _missing(protocol: str, port: int, listeners: tuple[Listener, ...]) -> Iterator[Finding]:
    here = [one for one in listeners if (one.protocol, one.port) == (protocol, port)]
    if not any(one.everywhere for one in here):
        addresses = ", ".join(one.address for one in here)
        yield Finding(
            expected=f"{protocol} port {port} is listened on, on every interface",
            found=f"only on {addresses}" if here else "nothing listens there",
            hint="listen on 0.0.0.0 or [::]",
        )


def _named(promised: set[tuple[str, int]]) -> str:
    return ", ".join(f"{protocol} {port}" for protocol, port in sorted(promised)) or "nothing"


def _who(one: Listener, running: object) -> str:
    processes = getattr(running, "processes", None) or ()
    named = [process.command[:80] for process in processes if process.pid in one.pids]
    return f" by {named[0]}" if named else ""


@check("network", lambda contract: not contract.network.outbound)
def starts_offline(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """It becomes healthy where it can reach nothing outside of itself.

    How: it is started on a network that has no way out; where this machine could not reach it
    there, without any network, and its HEALTHCHECK must succeed.
    Why: what is fetched at the start is neither pinned nor tried, and an outage elsewhere keeps
    it down.
    Mend: fetch it when the image is built.
    """
    start = need_restricted(observation, "offline")
    if start.healthy_after is None:
        yield Finding(
            expected="healthy with no way out",
            found=how_it_came_up(start),
            hint="its last words name what it could not reach; fetch that when the image is built",
            evidence=last_words(start.logs),
        )

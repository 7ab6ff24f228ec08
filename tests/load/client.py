"""The load: `python -m load.client` sends requests as a JSON object on its stdin says.

A process of its own, so that what it costs is not taken for the service's. Bounded in time and in
count; it sends to this machine only. Each connection sends its next request when the last one is
answered. What came back is printed as a JSON object, see `Sent`.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

MOST_REQUESTS = 200_000
MOST_SECONDS = 120
ANSWER_SECONDS = 30


@dataclass(frozen=True)
class Order:
    """What is to be sent.

    Attributes:
        url: Where to; of this machine.
        seconds: How long; a SIGTERM ends it earlier, after the answers that are awaited.
        connections: How many at once.
        method: HTTP's.
        headers: Of each request.
        template: A body, in which each `place` becomes a key that no other request has.
        place: See there.
        keys: What the keys are: `digest` or `run`.
        seed: Keys of another seed are others.
        pause: Seconds that each connection waits between requests.
    """

    url: str
    seconds: float
    connections: int = 8
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    template: str | None = None
    place: str = ""
    keys: str = "digest"
    seed: str = ""
    pause: float = 0.0


@dataclass
class Sent:
    """What came of it.

    Attributes:
        seconds: From the first request to the last answer.
        statuses: How many answers had which status; 0 stands for none at all.
        failures: What happened instead of an answer, and how often.
        latencies: Seconds of each answer, in the order in which they came.
        acknowledged: The key of each record that was answered with 200 or 201.
        moments: Seconds since the start at which each answer came, with its status.
        bodies: Some bodies of answers that were no success.
    """

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    moments: list[tuple[float, int]] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)


def key_of(order: Order, number: int) -> str:
    """Return the key of a record: a digest, or the name of a run."""
    name = f"{order.seed}-{number}"
    if order.keys == "run":
        return name
    return f"sha256:{hashlib.sha256(name.encode()).hexdigest()}"


async def send(order: Order) -> Sent:
    """Send until the time or the count is over."""
    sent, numbers = Sent(), itertools.count()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    began = time.perf_counter()
    end = began + min(order.seconds, MOST_SECONDS)

    def wanted() -> Iterator[int]:
        while time.perf_counter() < end and not stop.is_set():
            if (number := next(numbers)) >= MOST_REQUESTS:
                return
            yield number

    connector = aiohttp.TCPConnector(limit=order.connections)
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, headers=order.headers
    ) as session:

        async def connection() -> None:
            for number in wanted():
                await _send_one(session, order, number, sent, began)
                if order.pause:
                    await asyncio.sleep(order.pause)

        await asyncio.gather(*(connection() for _ in range(order.connections)))
    sent.seconds = time.perf_counter() - began
    return sent


async def _send_one(
    session: aiohttp.ClientSession, order: Order, number: int, sent: Sent, began: float
) -> None:
    key, body = "", None
    if order.template is not None:
        key = key_of(order, number)
        body = order.template.replace(order.place, key).encode()
    headers = {"Content-Type": "application/json"} if body else None
    before = time.perf_counter()
    status = 0
    try:
        async with session.request(order.method, order.url, data=body, headers=headers) as answer:
            text = await answer.read()
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        told = f"{type(error).__name__}: {error}"
        sent.failures[told] = sent.failures.get(told, 0) + 1
    else:
        sent.latencies.append(time.perf_counter() - before)
        if status >= 300 and len(sent.bodies) < 20:
            sent.bodies.append(text.decode(errors="replace")[:300])
    sent.statuses[status] = sent.statuses.get(status, 0) + 1
    sent.moments.append((time.perf_counter() - began, status))
    if key and status in {200, 201}:
        sent.acknowledged.append(key)
    if status not in {200, 201}:
        await asyncio.sleep(0.02)  # a server that is away must not be hammered


def read_order(text: str) -> Order:
    """Read what is to be sent; nothing leaves this machine."""
    given: dict[str, Any] = json.loads(text)
    order = Order(**given)
    if urlsplit(order.url).hostname not in {"127.0.0.1", "localhost"}:
        raise SystemExit(f"{order.url} is not of this machine")
    return order


def main() -> int:
    """Send what stdin says and print what came of it."""
    sent = asyncio.run(send(read_order(sys.stdin.read())))
    json.dump(asdict(sent), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())

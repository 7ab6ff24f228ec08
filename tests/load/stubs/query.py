"""Bare asyncpg: sends one statement again and again. Runs in the backend's environment.

Reads a JSON object on stdin: `dsn`, `sql`, `seconds`, `connections`, and `key`, where the statement
takes a key that no other execution has. Prints how long each execution took, and what all of them
cost this processor, in seconds.
"""

import asyncio
import itertools
import json
import sys
import time
from typing import Any

import asyncpg


async def measure(order: dict[str, Any]) -> dict[str, Any]:
    connections = [await asyncpg.connect(order["dsn"]) for _ in range(order["connections"])]
    numbers, latencies = itertools.count(), []
    began, spent = time.perf_counter(), time.process_time()
    end = began + order["seconds"]

    async def one(connection: asyncpg.Connection) -> None:
        while (before := time.perf_counter()) < end:
            words = [f"{order['key']}-{next(numbers)}"] if order["key"] else []
            await connection.fetch(order["sql"], *words)
            latencies.append(time.perf_counter() - before)

    await asyncio.gather(*map(one, connections))
    seconds, spent = time.perf_counter() - began, time.process_time() - spent
    for connection in connections:
        await connection.close()
    return {"seconds": seconds, "cpu": spent, "latencies": latencies}


json.dump(asyncio.run(measure(json.load(sys.stdin))), sys.stdout)

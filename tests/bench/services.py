"""Measures the API's read and record paths against what they stand on: `nox -s bench_services`.

The limits are a bare FastAPI that says hello in the API's own server, and a bare asyncpg that sends
the one statement that the path cannot do without. Nobody who uses both in one process can be faster
than both in turn: that is the limit of a path, and its share of it is what is judged. Everything is
measured in one run, in turn, for a machine drifts; the median of the rounds counts.

`--json` prints the figures for a program. The exit code is 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
from bench.statements import statements
from load import records
from load.client import Order
from load.cluster import Cluster, running_cluster
from load.services import SECRETS, STUBS, Fleet, Service, backend_python, fleet, request
from load.under_way import begin
from rich.console import Console
from rich.table import Table

ROUNDS = 5
SECONDS = 2.0
CONNECTIONS = 8
BUILDS = 200
NAME = "bench"


@dataclass(frozen=True)
class Figures:
    """What one measurement gave.

    Attributes:
        rate: Requests or statements in a second.
        p99: Seconds that 99 of 100 took at most.
        cpu: Seconds of the server's processor for each; for a statement, the sender's.
    """

    rate: float
    p99: float
    cpu: float


Measure = Callable[[str], Figures]
"""Measures once; the text tells this round from all others."""


@dataclass(frozen=True)
class ApiPath:
    """A path of the API, what it cannot do without, and what is asked of it.

    Attributes:
        name: Method and path.
        query: Which statement belongs to it.
        least_share: Of the limit's requests a second.
        most_wait: Its p99, as a multiple of the limits' together.
    """

    name: str
    query: str
    least_share: float
    most_wait: float


PATHS = (
    ApiPath("GET /builds", "read a page", 0.14, 15.0),
    ApiPath("GET /builds/{id}", "read a row", 0.15, 15.0),
    ApiPath("POST /builds", "insert a build", 0.11, 15.0),
    ApiPath("POST /trials", "insert a trial", 0.09, 25.0),
)
HELLO = "hello"


@dataclass(frozen=True)
class Judged:
    """A path against its limit; each figure is the median of the rounds' ratios."""

    path: str
    share: float
    wait: float
    cpu: float
    least_share: float
    most_wait: float

    @property
    def kept(self) -> bool:
        return self.share >= self.least_share and self.wait <= self.most_wait


def main() -> int:
    """Measure everything, print the tables, return 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description="requests a second and p99 of the API")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each measurement")
    options = parser.parse_args()
    # Postgres waits for the disk here, as where it matters: the limits pay for that as well.
    with (
        tempfile.TemporaryDirectory() as folder,
        running_cluster(fsync=True) as cluster,
        fleet() as processes,
    ):
        measures = prepare(processes, cluster, Path(folder), options.seconds)
        rounds = [in_turn(measures, number, cluster) for number in range(options.rounds)]
    judged = [judge(path, rounds) for path in PATHS]
    show(rounds, judged, as_json=options.json)
    return 0 if all(one.kept for one in judged) else 1


def prepare(processes: Fleet, cluster: Cluster, folder: Path, seconds: float) -> dict[str, Measure]:
    """Start the servers and record something; return what there is to measure."""
    url = cluster.make_database(NAME)
    api = processes.api(folder / "api", url)
    hello = processes.start(
        folder / "hello", {**SECRETS, "DATABASE_URL": url}, str(STUBS / "hello.py")
    )
    api.wait_for("/ready", 200)
    hello.wait_for("/health", 200)
    owner = api.sign_in()
    machine = make_key(api, owner)
    record_some(api, machine)
    requests = {HELLO: (hello, Order(f"{hello.url}/api/v1/health", seconds, CONNECTIONS))}
    requests |= {path: (api, order) for path, order in orders(api, owner, machine, seconds).items()}
    measured: dict[str, Measure] = {
        name: requesting(service, order) for name, (service, order) in requests.items()
    }
    for name, (statement, key) in statements(cluster, NAME, BUILDS // 2).items():
        measured[name] = querying(url, statement, key, seconds)
    return measured


def make_key(api: Service, owner: dict[str, str]) -> dict[str, str]:
    """Return the header of a machine that may record: whoever records has a key."""
    new = {"name": "bench", "scopes": ["read", "record"]}
    status, made = request(api.port, "POST", "/api/v1/keys", new, owner)
    assert status == 201, made
    return {"Authorization": f"Bearer {made['key']}"}


def record_some(api: Service, machine: dict[str, str]) -> None:
    for number in range(BUILDS):
        image = f"load-{number % records.IMAGES}"
        build = records.build(records.digest(str(number)), image)
        status, told = request(api.port, "POST", "/api/v1/builds", build, machine)
        assert status == 201, told
    status, told = request(api.port, "POST", "/api/v1/trials", records.trial("first"), machine)
    assert status == 201, told


def orders(
    api: Service, owner: dict[str, str], machine: dict[str, str], seconds: float
) -> dict[str, Order]:
    """Return what is sent to each path: the page reads as the owner, machines record."""

    def recording(path: str, record: dict[str, Any], keys: str) -> Order:
        template = records.template(record)
        url = f"{api.url}/api/v1{path}"
        return Order(
            url, seconds, CONNECTIONS, "POST", machine, template, records.PLACE, keys, path[1:]
        )

    def reading(path: str) -> Order:
        return Order(f"{api.url}/api/v1{path}", seconds, CONNECTIONS, headers=owner)

    return {
        "GET /builds": reading("/builds"),
        "GET /builds/{id}": reading(f"/builds/{BUILDS // 2}"),
        "POST /builds": recording("/builds", records.build(records.PLACE), "digest"),
        "POST /trials": recording("/trials", records.trial(records.PLACE), "run"),
    }


def requesting(service: Service, order: Order) -> Measure:
    """Return what measures requests to a server."""
    process = psutil.Process(service.popen.pid)

    def measure(round_: str) -> Figures:
        before = sum(process.cpu_times()[:2])
        sent = begin(Order(**{**asdict(order), "seed": f"{order.seed}-{round_}"})).wait()
        spent = sum(process.cpu_times()[:2]) - before
        good = sent.statuses.get(200, 0) + sent.statuses.get(201, 0)
        assert good == len(sent.latencies) > 0, (sent.statuses, sent.failures, sent.bodies)
        return figures(sent.latencies, sent.seconds, spent)

    return measure


def querying(dsn: str, sql: str, key: str, seconds: float) -> Measure:
    """Return what measures a statement."""

    def measure(round_: str) -> Figures:
        order = {"dsn": dsn, "sql": sql, "seconds": seconds, "connections": CONNECTIONS}
        done = subprocess.run(
            [backend_python(), str(STUBS / "query.py")],
            input=json.dumps({**order, "key": f"{key}-{round_}" if key else ""}),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=seconds + 30,
        )
        found = json.loads(done.stdout)
        return figures(found["latencies"], found["seconds"], found["cpu"])

    return measure


def figures(latencies: list[float], seconds: float, cpu: float) -> Figures:
    p99 = statistics.quantiles(latencies, n=100)[98]
    return Figures(len(latencies) / seconds, p99, cpu / len(latencies))


def in_turn(measures: dict[str, Measure], number: int, cluster: Cluster) -> dict[str, Figures]:
    """Measure everything once; every other round goes backwards.

    Postgres looks at its tables before: in a minute they grow here as elsewhere in months, and it
    would plan for what they were.
    """
    with cluster.connect(NAME) as connection:
        connection.execute("VACUUM ANALYZE")
    names = list(measures)
    ordered = names if number % 2 else names[::-1]
    return {name: measures[name](str(number)) for name in ordered}


def judge(path: ApiPath, rounds: list[dict[str, Figures]]) -> Judged:
    """Hold a path against hello and its statement, round by round."""

    def middle(ratio: Callable[[Figures, Figures, Figures], float]) -> float:
        ratios = [ratio(one[path.name], one[HELLO], one[path.query]) for one in rounds]
        return statistics.median(ratios)

    share = middle(lambda api, hello, query: api.rate * (1 / hello.rate + 1 / query.rate))
    wait = middle(lambda api, hello, query: api.p99 / (hello.p99 + query.p99))
    cpu = middle(lambda api, hello, query: api.cpu / (hello.cpu + query.cpu))
    return Judged(path.name, share, wait, cpu, path.least_share, path.most_wait)


def show(rounds: list[dict[str, Figures]], judged: list[Judged], *, as_json: bool) -> None:
    if as_json:
        told = {
            "rounds": [{name: asdict(one) for name, one in found.items()} for found in rounds],
            "paths": [{**asdict(one), "kept": one.kept} for one in judged],
        }
        print(json.dumps(told, indent=2))
        return
    console = Console(width=110)
    console.print(measured_table(rounds))
    console.print(judged_table(judged))


def measured_table(rounds: list[dict[str, Figures]]) -> Table:
    title = f"medians of {len(rounds)} rounds, {CONNECTIONS} connections"
    table = Table("measured", "a second", "p99, ms", "processor, ms", title=title)
    for name in rounds[0]:
        found = [one[name] for one in rounds]
        rate = statistics.median(one.rate for one in found)
        p99 = statistics.median(one.p99 for one in found) * 1_000
        cpu = statistics.median(one.cpu for one in found) * 1_000
        table.add_row(name, f"{rate:,.0f}", f"{p99:.1f}", f"{cpu:.2f}")
    return table


def judged_table(judged: list[Judged]) -> Table:
    table = Table("path", "share of the limit", "bar", "p99 / limits'", "bar", "processor", "")
    for one in judged:
        table.add_row(
            one.path,
            f"{one.share:.2f}",
            f"≥ {one.least_share:.2f}",
            f"{one.wait:.1f}",
            f"≤ {one.most_wait:.1f}",
            f"{one.cpu:.1f} x",
            "kept" if one.kept else "MISSED",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())

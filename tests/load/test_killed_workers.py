"""A thousand jobs, and workers that are killed or held up at random: each is done exactly once."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from load.conftest import Database
from load.services import STUBS, Fleet, Service, eventually

JOBS = 1_000
WORKERS = 3
SEED = 20_261_120
LEASE_SECONDS = 2
SETTINGS = {
    "WORKER_LEASE_SECONDS": str(LEASE_SECONDS),
    "WORKER_POLL_SECONDS": "1",
    "WORKER_FIRST_WAIT_SECONDS": "0",
    "WORKER_MAX_ATTEMPTS": "50",  # here a job's worker may well vanish more than five times
}
LONGEST_SECONDS = 240
STRIKES = 20
LEAST_DEATHS, LEAST_DELAYS = 6, 1
# Of everything that says that something is done, whoever says it and however often.
COUNTING = """
CREATE TABLE effects (what text, id bigint);
CREATE FUNCTION note_effect() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN INSERT INTO effects VALUES (TG_TABLE_NAME, NEW.id); RETURN NEW; END';
CREATE TRIGGER effect AFTER UPDATE ON jobs FOR EACH ROW
  WHEN (NEW.state = 'done' AND NEW.kind = 'ingest_sbom') EXECUTE FUNCTION note_effect();
CREATE TRIGGER effect AFTER UPDATE ON sboms FOR EACH ROW
  WHEN (NEW.state = 'done') EXECUTE FUNCTION note_effect();
"""
DONE = "SELECT count(*) FROM jobs WHERE kind = 'ingest_sbom' AND state = 'done'"
LEFT = "SELECT count(*) FROM jobs WHERE kind = 'ingest_sbom' AND state <> 'done'"
FREE = """SELECT count(*) FROM (
  SELECT 1 FROM jobs WHERE state = 'running' AND worker LIKE '%:{pid}' FOR UPDATE SKIP LOCKED
) AS claimed"""
TRIES = 20
STATES = "SELECT state, count(*) FROM jobs WHERE kind = 'ingest_sbom' GROUP BY state"


@dataclass
class Crew:
    """Workers, of which some die and some are held up.

    Attributes:
        processes: Where they are started.
        database: What they work on.
        folder: Where their output goes.
        chance: What decides who is next.
    """

    processes: Fleet
    database: Database
    folder: Path
    chance: random.Random
    workers: list[Service] = field(default_factory=list)
    deaths: int = 0
    delays: int = 0

    def hire(self) -> Service:
        """Start one more."""
        folder = self.folder / f"worker-{len(self.processes.services)}"
        worker = self.processes.worker(folder, self.database.url, **SETTINGS)
        self.workers.append(worker)
        return worker

    def strike(self, number: int) -> None:
        """Kill one and start another in its place; hold every fifth up for longer than its lease.

        While one is held up, the others do a tenth of all jobs: what is struck is no chance, or
        there might be no death.
        """
        victim = self.chance.choice(self.workers)
        if number % 5 == 0:
            self.hold_up(victim)
            return
        victim.popen.kill()
        assert victim.popen.wait(10) == -signal.SIGKILL, victim.output
        self.workers.remove(victim)
        self.hire()
        self.deaths += 1

    def hold_up(self, victim: Service) -> None:
        """Stop a worker in the middle of a job, between two steps, until its lease is over.

        It takes the job for its own when it goes on, and somebody else has it by then.
        """
        for _ in range(TRIES):
            victim.popen.send_signal(signal.SIGSTOP)
            # A row that is locked is within a step, and nobody else gets it.
            if self.database.value(FREE.format(pid=victim.popen.pid)):
                time.sleep(LEASE_SECONDS + 0.5)
                self.delays += 1
                victim.popen.send_signal(signal.SIGCONT)
                return
            victim.popen.send_signal(signal.SIGCONT)
            time.sleep(self.chance.uniform(0.0, 0.03))


@contextmanager
def migrated(processes: Fleet, database: Database, folder: Path) -> Iterator[None]:
    """Have an API make the tables; it stays while the block runs."""
    api = processes.api(folder / "api", database.url)
    api.wait_for("/ready", 200)
    yield
    assert api.end() == 0


def test_each_of_a_thousand_jobs_is_done_once_though_workers_are_killed_at_random(
    processes: Fleet, database: Database, folder: Path
) -> None:
    with migrated(processes, database, folder), database.cluster.connect(database.name) as client:
        client.execute(COUNTING)
    leaving = processes.start(
        folder / "leaving", {}, str(STUBS / "leave_jobs.py"), database.url, str(JOBS)
    )
    crew = Crew(processes, database, folder, random.Random(SEED))
    for _ in range(WORKERS):
        crew.hire()
    until_all_is_done(crew, leaving)
    check_each_done_once(crew)


def until_all_is_done(crew: Crew, leaving: Service) -> None:
    """Let the workers work, and strike again and again."""
    # After so many jobs, not after some time: a quick machine would be done before anybody dies.
    ahead = sorted(crew.chance.sample(range(JOBS * 9 // 10), STRIKES))
    deadline = time.monotonic() + LONGEST_SECONDS
    while leaving.is_running or crew.database.value(LEFT):
        time.sleep(0.05)
        if ahead and ahead[0] <= crew.database.value(DONE):
            ahead.pop(0)
            crew.strike(STRIKES - len(ahead))
        told = f"{crew.database.rows(STATES)} after {crew.deaths} deaths"
        assert time.monotonic() < deadline, f"{told}\n{crew.workers[0].output[-3000:]}"
    assert leaving.popen.returncode == 0, leaving.output


def check_each_done_once(crew: Crew) -> None:
    database = crew.database
    # A worker that was held up may still be about to say something that it must not.
    time.sleep(LEASE_SECONDS)
    assert dict(database.rows(STATES)) == {"done": JOBS}
    effects = "SELECT what, count(*), count(DISTINCT id) FROM effects GROUP BY what ORDER BY what"
    assert database.rows(effects) == [("jobs", JOBS, JOBS), ("sboms", JOBS, JOBS)]
    assert database.value("SELECT count(*) FROM contents") == 3 * JOBS
    assert database.value("SELECT count(*) FROM packages") == 1 + 50 + JOBS
    wrong = "SELECT count(*) FROM sboms WHERE state <> 'done' OR components <> 3"
    assert database.value(wrong) == 0
    # Otherwise nothing was tried.
    assert crew.deaths >= LEAST_DEATHS
    assert crew.delays >= LEAST_DELAYS
    assert database.value("SELECT count(*) FROM jobs WHERE attempts > 1") >= LEAST_DEATHS // 2
    for worker in crew.workers:
        assert worker.end() == 0, worker.output
    held = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
    eventually(lambda: database.value(held) == 0, 10, lambda: "a transaction is held")

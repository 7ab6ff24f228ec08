"""Family logs: where it says what it does."""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model.contract import Contract
from seatrial.model.observation import Observation
from seatrial.model.report import Finding
from seatrial.verify.checks.registry import UnseenError, check, need_running


@check("logs", lambda c: c.logs and (c.logs.stdout is not None or c.logs.stderr is not None))
def logs_as_promised(contract: Contract, observation: Observation) -> Iterator[Finding]:
    """It says something on each stream that is promised, and nothing on those that are not.

    How: the bytes on each stream are counted, after a start and a few requests.
    Why: the engine keeps what is said on the two streams and nothing else.
    Mend: log to stdout and stderr, unbuffered.
    """
    assert contract.logs is not None  # noqa: S101 - asked for by it
    logs = need_running(observation).logs
    for stream, promised, count in (
        ("stdout", contract.logs.stdout, logs.stdout_bytes),
        ("stderr", contract.logs.stderr, logs.stderr_bytes),
    ):
        if promised is not None and promised != bool(count):
            yield Finding(
                expected=f"{'something' if promised else 'nothing'} on {stream}",
                found=f"{count} bytes after a start and requests",
                hint="log to the promised stream, unbuffered",
            )


@check("logs", lambda contract: contract.logs)
def no_log_files(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """It keeps no log in a file, not even in memory.

    How: the files that the processes hold open and those that changed are searched for logs, in
    the container that serves, on disk and in memory.
    Why: such a log is lost with the container, grows without end, and nobody reads it.
    Mend: log to stdout and stderr, or link the file to /dev/stdout.
    """
    files = need_running(observation).log_files
    if files:
        yield Finding(
            expected="no log files",
            found=", ".join(files[:5]),
            hint="log to stdout and stderr instead",
        )


@check("logs", lambda contract: contract.logs)
def no_colours_in_logs(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """It writes no terminal colours where there is no terminal.

    How: both streams are searched for escape sequences, after a start and a few requests.
    Why: they make logs hard to search.
    Mend: switch colours off, or only on for a terminal.
    """
    if need_running(observation).logs.ansi:
        yield Finding(
            expected="plain text",
            found="terminal escape sequences",
            hint="switch colours off where the stream is no terminal",
        )


@check("logs", lambda contract: contract.logs and contract.logs.format)
def log_lines_as_promised(_contract: Contract, observation: Observation) -> Iterator[Finding]:
    """Every line on stdout is a JSON object.

    How: each line is read, after a start and a few requests.
    Why: what reads the logs takes each line for one; a traceback becomes forty that say nothing.
    Mend: one formatter for all loggers, the server's own and those of warnings included.
    """
    logs = need_running(observation).logs
    if logs.not_json is None:
        reason = "the lines on stdout were not read"
        raise UnseenError(reason)
    if not logs.stdout_bytes:
        reason = "it said nothing on stdout"
        raise UnseenError(reason)
    if logs.not_json:
        yield Finding(
            expected="a JSON object on every line of stdout",
            found=f"a line that is none: {logs.not_json[0][:120] or '(empty)'}",
            hint="give every logger the same formatter, and print nothing",
            evidence=logs.not_json[:6],
        )

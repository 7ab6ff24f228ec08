"""What every verb shares: how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from invoke.context import Context
from invoke.exceptions import Exit
from toys import Toy, make_toy

from seatrial.errors import BuildFailedError
from seatrial.tasks.verb import verb

TASKS = """
import time
from pathlib import Path

from invoke.collection import Collection

from seatrial.errors import DatabaseUnreachableError
from seatrial.tasks import check_usage
from seatrial.tasks.verb import verb


@verb()
def fails(c):
    print("on the way")
    raise DatabaseUnreachableError("the database is away", hint="start it", detail=("a line",))


@verb()
def breaks(c):
    raise RuntimeError("a bug")


@verb(help={"size": "How much."})
def waits(c, size=1):
    try:
        Path("ready").touch()
        time.sleep(60)
    finally:
        print("cleaned up", flush=True)


@verb(help={"size": "How much."})
def needs(c, size):
    print(size)


@verb(name="well-done")
def well_done(c):
    print("done")


namespace = Collection(fails, breaks, waits, needs, well_done)
check_usage(namespace)
"""


@pytest.fixture
def project(tmp_path: Path) -> Toy:
    made = make_toy(tmp_path, "toy")
    made.write("tasks.py", TASKS)
    return made


def test_an_error_of_ours_becomes_its_words_and_its_code() -> None:
    @verb()
    def fails(c: Context) -> None:
        raise BuildFailedError("it failed", found="7")

    with pytest.raises(Exit) as caught:
        fails(Context())
    assert caught.value.code == 4
    assert caught.value.message == "error: it failed\n  found:    7"


def test_a_verb_gives_back_sigterm_as_it_found_it() -> None:
    @verb()
    def works(c: Context) -> str:
        assert signal.getsignal(signal.SIGTERM) is not before
        return "done"

    before = signal.getsignal(signal.SIGTERM)
    assert works(Context()) == "done"
    assert signal.getsignal(signal.SIGTERM) is before


def test_words_go_to_stderr_and_the_code_is_the_process_s(project: Toy) -> None:
    done = project.invoke("fails")
    assert done.returncode == 6
    assert done.stdout == "on the way\n"
    assert done.stderr == "error: the database is away\n  to do:    start it\n  | a line\n"


def test_a_bug_keeps_its_traceback(project: Toy) -> None:
    done = project.invoke("breaks")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert done.stderr.endswith("RuntimeError: a bug\n")


def test_a_verb_that_ends_well_ends_with_0(project: Toy) -> None:
    done = project.invoke("well-done")
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_verb_cleans_up_and_ends_with_130(
    project: Toy, number: signal.Signals
) -> None:
    process = project.start("waits")
    deadline = time.monotonic() + 20
    while not (project.root / "ready").exists():
        assert time.monotonic() < deadline, "the verb never began"
        time.sleep(0.01)
    process.send_signal(number)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert output == "cleaned up\ninterrupted\n"


@pytest.mark.parametrize(
    ("words", "named", "guess"),
    [
        (("wel-done",), "'wel-done'", "did you mean well-done?"),
        (("waits", "--siz", "2"), "'--siz'", "did you mean --size?"),
        (("waits", "--siz=2"), "'--siz'", "did you mean --size?"),
        (("waits", "--size"), "size", "invoke --help waits"),
        (("well-done", "more"), "'more'", "invoke --help well-done"),
        (("--nonsense",), "'--nonsense'", "invoke --list"),
        (("--help", "wait"), "'wait'", "did you mean waits?"),
        (("--help=nonsense",), "'nonsense'", "invoke --list"),
    ],
)
def test_wrong_usage_ends_with_2_and_names_the_nearest(
    project: Toy, words: tuple[str, ...], named: str, guess: str
) -> None:
    done = project.invoke(*words)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("error: ")
    assert named in done.stderr
    assert guess in done.stderr
    assert "Traceback" not in done.stderr


def test_a_verb_that_lacks_a_word_is_not_guessed_at(project: Toy) -> None:
    done = project.invoke("needs")
    assert done.returncode == 2
    assert "'size'" in done.stderr
    assert "did you mean" not in done.stderr
    assert "invoke --help needs shows its options" in done.stderr


@pytest.mark.parametrize("words", [("--list",), ("--help", "waits"), ("waits", "--help"), ()])
def test_asking_for_help_is_right_usage(project: Toy, words: tuple[str, ...]) -> None:
    done = project.invoke(*words)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_tasks_file_can_be_imported_by_anything_else(project: Toy) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import tasks; print(tasks.namespace.task_names)", "no-such-verb"],
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": str(project.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "well-done" in done.stdout


def test_a_reader_that_has_enough_is_no_error(project: Toy) -> None:
    tasks = TASKS.replace('print("done")', 'print("line\\n" * 100_000)')
    project.write("tasks.py", tasks)
    argv = f"{sys.executable} -m invoke well-done"
    done = subprocess.run(
        ["bash", "-c", f"{argv} | head -n 1; exit ${{PIPESTATUS[0]}}"],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (141, "line\n", "")


def test_help_tells_what_each_option_is_for(project: Toy) -> None:
    assert "--size=INT   How much." in project.invoke("--help", "waits").stdout

"""Faults around a trial: each ends soon, in words, in little memory, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from dock import Dock, assert_clear, docker, make_dock, verify
from faults import Ended

from seatrial.engine.client import Engine

pytestmark = pytest.mark.engine
# Long lines, as fast as a pipe takes them, beside a server that serves.
LOUD = """\
#!/bin/sh
: "${SHOP_TOKEN:?it is not set}"
(yes "$(head -c 8000 /dev/zero | tr '\\0' x)" | head -c 1000000000) &
exec /open.sh "$@"
"""
ODD = r"""
RUN mkfifo /fifo && mknod /null c 1 3 && mknod /loop b 7 0 && ln -s / /root-again && ln -s a /a
RUN touch "$(printf '/not-\377\376-utf-8')" "$(printf '/two\nlines')" && chmod 0 /null
RUN mkdir /many && cd /many && seq 100000 | xargs touch
RUN truncate -s 2G /zeros
USER 65532:65532
"""
PORTS = 45  # the engine tries ten before it gives up


@pytest.fixture(scope="module")
def dock(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dock]:
    with make_dock(engine, tmp_path_factory.mktemp("dock")) as made:
        yield made


@pytest.fixture(autouse=True)
def nothing_left(dock: Dock) -> Iterator[None]:
    yield
    dock.clear()


def test_an_image_that_prints_a_gigabyte_is_tried_as_any_other(dock: Dock) -> None:
    recipe = 'COPY --chmod=755 loud /loud\nUSER 65532:65532\nENTRYPOINT ["/loud"]\n'
    ended = dock.start(dock.build("loud", recipe, loud=LOUD)).end(within=60)
    assert ended.code == 0, ended.told
    assert_clear(ended, dock)
    logs = dock.observation()["running"]["logs"]
    # The engine keeps two megabytes of it, the evidence a little.
    assert 100_000 < logs["stdout_bytes"] < 3_000_000
    assert len(logs["stdout"]) <= 16 * 1024


def test_a_hundred_thousand_files_two_gigabytes_devices_and_odd_names_are_read(
    dock: Dock, tmp_path: Path
) -> None:
    image = dock.build("odd", ODD)
    ended = dock.start(image, XDG_CACHE_HOME=str(tmp_path)).end(within=120)
    assert ended.code == 0, ended.told
    assert_clear(ended, dock)
    assert dock.observation()["layers"]["files"] >= 100_000
    again = dock.start(image, XDG_CACHE_HOME=str(tmp_path)).end(within=30)
    assert again.code == 0, again.told
    assert_clear(again, dock)


def test_a_disk_that_is_full_of_results_is_told_and_nothing_is_half_written(dock: Dock) -> None:
    ended = on_a_full_disk(dock, "dist")
    assert ended.code == 2, ended.told
    assert "cannot be written: No space left on device" in ended.told
    assert "left: []" in ended.told
    assert_clear(ended, dock)


def test_a_cache_on_a_full_disk_costs_time_and_nothing_else(dock: Dock) -> None:
    ended = on_a_full_disk(dock, "cache", XDG_CACHE_HOME=str(dock.folder / "cache"))
    assert ended.code == 0, ended.told
    assert "contract kept" in ended.told
    assert "left: []" in ended.told
    assert_clear(ended, dock)


def on_a_full_disk(dock: Dock, place: str, **environ: str) -> Ended:
    """Try the image where a folder of the project is on a disk without a free byte."""
    folder = dock.folder / place
    folder.mkdir(exist_ok=True)
    script = """
        mount -t tmpfs -o size=4k none "$1" && head -c 4096 /dev/zero >"$1/full"
        folder=$1; shift; "$@"; code=$?
        echo "left: [$(find "$folder" -type f ! -name full)]"
        exit $code"""
    own = ("unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"]))
    words = (*own, "bash", "-c", script, "disk", str(folder), *verify(dock.image))
    return dock.command(*words, **environ).end(within=60)


def test_ports_that_are_taken_are_passed_over(dock: Dock) -> None:
    name = f"{dock.image}-port"
    run = ("run", "--detach", "--name", name, "--env", "SHOP_TOKEN=x")
    docker(dock.engine, *run, "--publish", "127.0.0.1::8080", dock.image)
    first = int(docker(dock.engine, "port", name, "8080").rpartition(":")[2])
    docker(dock.engine, "rm", "--force", name)
    with ExitStack() as taken:
        # The engine gives ports in their order.
        for port in range(first, first + PORTS):
            one = taken.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                one.bind(("127.0.0.1", port))
                one.listen()
        ended = dock.start().end(within=60)
    assert ended.code == 0, ended.told
    assert_clear(ended, dock)


def test_two_trials_at_once_leave_one_whole_set_of_results(dock: Dock) -> None:
    both = [dock.start() for _ in range(2)]
    ended = [command.end(within=60) for command in both]
    assert [one.code for one in ended] == [0, 0], ended
    for one in ended:
        assert_clear(one, dock)
    assert dock.observation()["run"]
    assert not list((dock.folder / "dist").rglob(".*"))


def test_a_contract_of_a_megabyte_is_refused_before_anything_is_asked(dock: Dock) -> None:
    path = dock.folder / "large.toml"
    path.write_text('image = "shop"\n' + "# promises nothing\n" * (1024 * 1024 // 19))
    words = (*verify(dock.image)[:-1], path.name)
    ended = dock.command(*words, DOCKER_HOST="unix:///nowhere.sock").end(within=10)
    assert ended.code == 2
    assert "large.toml is too large for a contract" in ended.told
    assert_clear(ended, dock)

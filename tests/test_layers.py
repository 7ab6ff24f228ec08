"""The floors of the house: imports run downward, the engine has one door, files keep measure."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from committed import committed_files

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "seatrial"
FLOORS = {
    "model": 0,
    "errors": 0,
    "build": 2,
    "verify": 2,
    "compose": 2,
    "dev": 2,
    "doctor": 2,
    "logbook": 2,
    "report": 2,
    "tasks": 3,
    "trial_build": 4,
    "trial_database": 3,
    "trial_logbook": 3,
    "trial_reports": 3,
}
MODULES = sorted(SOURCE.rglob("*.py"))
PYTHON_FILES = [path for path in committed_files(ROOT) if path.suffix == ".py"]


def part_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def floor_of(part: str) -> int:
    return FLOORS.get(part, 1)


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write imports in full"
            module = node.module or ""
            yield module
            if module == "seatrial":
                yield from (f"seatrial.{alias.name}" for alias in node.names)


def project_parts(path: Path) -> set[str]:
    names = (name.split(".") for name in imports_of(path))
    return {parts[1] for parts in names if parts[0] == "seatrial" and len(parts) > 1}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_run_downward_and_siblings_leave_each_other_alone(path: Path) -> None:
    own = part_of(path)
    wrong = {
        other
        for other in project_parts(path) - {own}
        if floor_of(other) > floor_of(own)
        or (floor_of(other) == floor_of(own) and floor_of(own) == 2)
    }
    assert not wrong, f"{name_of(path)} (floor {floor_of(own)}) imports {sorted(wrong)}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_engine_imports_python_on_whales(path: Path) -> None:
    uses = {name.split(".")[0] for name in imports_of(path)}
    assert "python_on_whales" not in uses or part_of(path) == "engine"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_but_the_readers_of_floor_1_starts_processes(path: Path) -> None:
    uses = {name.split(".")[0] for name in imports_of(path)}
    assert "subprocess" not in uses or floor_of(part_of(path)) == 1


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_model_does_no_input_or_output(path: Path) -> None:
    if floor_of(part_of(path)) == 0:
        outside = {"os", "pathlib", "subprocess", "socket", "shutil", "tempfile"}
        assert not outside & {name.split(".")[0] for name in imports_of(path)}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_library_knows_no_service_of_this_repository(path: Path) -> None:
    text = path.read_text().lower()
    words = ["logbook-backend", "logbook-frontend", "mcp-server", "services/", "/api/v1"]
    if path == SOURCE / "logbook" / "client.py":
        # The API that it records into is a protocol with a version, whoever serves it.
        words.remove("/api/v1")
    for word in words:
        assert word not in text, f"{name_of(path)} knows {word}"


@pytest.mark.parametrize("path", PYTHON_FILES, ids=name_of)
def test_files_and_functions_keep_the_measures(path: Path) -> None:
    text = path.read_text()
    lines = text.count("\n")
    assert lines <= 300, f"{name_of(path)}: {lines} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = node.end_lineno - body[0].lineno + 1 if body else 1
            assert length <= 50, f"{name_of(path)}:{node.lineno} {node.name}: {length} lines"


def test_the_verbs_file_imports_nothing_heavy() -> None:
    for path in (ROOT / "tasks.py", *sorted((SOURCE / "tasks").glob("*.py"))):
        heavy = {"pydantic", "rich", "python_on_whales", "pytest"}
        tops = ast.parse(path.read_text()).body
        names = [n for t in tops if isinstance(t, ast.Import | ast.ImportFrom) for n in imported(t)]
        assert not heavy & {name.split(".")[0] for name in names}, name_of(path)


def test_the_gates_import_no_project_code() -> None:
    names = {name.split(".")[0] for name in imports_of(ROOT / "noxfile.py")}
    assert "seatrial" not in names


def imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names]

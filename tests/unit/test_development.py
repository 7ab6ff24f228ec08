"""Servers for developers: told by their command line, their watches, their marks, a touch."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import seen
from seen_alive import FIRST, WORKER

from seatrial import sources
from seatrial.verify.development import development_server
from seatrial.verify.judge import judge

WATCHER = """\
import ctypes, sys, time
libc = ctypes.CDLL(None)
held = libc.inotify_init()
libc.inotify_add_watch(held, sys.argv[1].encode(), 2)
print("watching", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(
    "command",
    [
        "/app/.venv/bin/python3 /app/.venv/bin/uvicorn app:app --host 0.0.0.0 --reload",
        "gunicorn --reload app:app",
        "/usr/bin/python3 -m flask run --host=0.0.0.0",
        "flask --app app run --debug",
        "fastapi dev main.py",
        "python manage.py runserver 0.0.0.0:8000",
        "python3 -m http.server 8000",
        "python -u -m http.server",
        "node /app/node_modules/.bin/vite --host",
        "node /app/node_modules/vite/bin/vite.js",
        "node /app/node_modules/.bin/next dev",
        "npm run dev",
        "yarn dev",
        "pnpm run dev:server",
        "node /usr/lib/node_modules/npm/bin/npm-cli.js run dev",
        "nodemon server.js",
        "node --watch server.js",
        "bun --hot run server.ts",
        "php -S 0.0.0.0:8000 -t public",
        "php artisan serve",
        "webpack-dev-server --port 80",
        "sh -c nodemon server.js",
        "tini -- uvicorn app:app --reload",
        "air -c .air.toml",
        "dotnet watch run",
    ],
)
def test_a_server_for_developers_is_told_by_its_command(command: str) -> None:
    assert development_server(command)


@pytest.mark.parametrize(
    "command",
    [
        "python -m logbook.api",
        "uvicorn app:app --host 0.0.0.0 --workers 2",
        "gunicorn --reload=false app:app",
        "python app.py --no-reload",
        "nginx: master process nginx -g daemon off;",
        "node server.js --watch",
        "node dist/server.js dev",
        "npm run start",
        "npm start",
        "vite-plugin-server",
        "vite build",
        "python serve.py vite",
        "php-fpm: master process (/etc/php-fpm.conf)",
        "/usr/bin/server run --name air",
        "java -jar app.jar serve",
        "dotnet app.dll watch",
        "python worker.py watch",
        "",
    ],
)
def test_a_server_for_production_is_none_for_developers(command: str) -> None:
    assert development_server(command) is None


@contextmanager
def running(*words: str, cwd: Path, **environ: str) -> Iterator[int]:
    with subprocess.Popen(
        [sys.executable, "-c", *words],
        cwd=cwd,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.kill()


def test_a_watch_on_a_source_file_is_found_however_it_was_set(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1\n")
    with running(WATCHER, "app.py", cwd=tmp_path) as pid:
        assert sources.watches_of(pid) == (str(tmp_path / "app.py"),)


def test_a_watch_on_the_folder_of_the_source_is_found(tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "app.py").write_text("x = 1\n")
    with running(WATCHER, "pkg", cwd=tmp_path) as pid:
        assert sources.watches_of(pid) == (str(tmp_path / "pkg"),)


def test_a_watch_on_anything_else_is_nobodys_concern(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{}")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "app.js").write_text("")
    with running(WATCHER, ".", cwd=tmp_path) as pid:
        assert sources.watches_of(pid) == ()
    with running(WATCHER, "pages", cwd=tmp_path) as pid:
        assert sources.watches_of(pid) == ()


def test_the_mark_of_a_reloader_is_found_and_other_variables_are_not(tmp_path: Path) -> None:
    sleeper = "import time; print(flush=True); time.sleep(60)"
    with running(sleeper, cwd=tmp_path, WERKZEUG_RUN_MAIN="true", RUN_MAIN="false") as pid:
        assert sources.marks_of(pid) == ("WERKZEUG_RUN_MAIN=true",)


def test_touching_changes_the_time_of_source_files_and_nothing_in_them(tmp_path: Path) -> None:
    source, other, package = (
        tmp_path / "app.py",
        tmp_path / "notes.txt",
        tmp_path / "node_modules" / "a.py",
    )
    package.parent.mkdir()
    for path in (source, other, package):
        path.write_text("x = 1\n")
        os.utime(path, (1, 1))
    with running("import time; print(flush=True); time.sleep(60)", cwd=tmp_path) as pid:
        assert sources.touch_sources(pid) == (str(source),)
    assert source.read_text() == "x = 1\n"
    assert time.time() - source.stat().st_mtime < 60
    assert other.stat().st_mtime == package.stat().st_mtime == 1


def test_a_mark_that_the_image_gives_to_all_is_no_reloaders() -> None:
    marks = {"marks": ("RUN_MAIN=true",)}
    all_of_them = tuple(one.model_copy(update=marks) for one in (FIRST, WORKER))
    (told,) = [
        one
        for one in judge(seen.CONTRACT, seen.running(processes=all_of_them)).results
        if one.name == "no-development-server"
    ]
    assert told.outcome == "pass"

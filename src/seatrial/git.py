"""Reads git: which commit this is, and whether the tree differs from it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from seatrial.errors import ConfigurationError

if TYPE_CHECKING:
    from seatrial.model.stamp import GitFacts
from seatrial.surroundings import surroundings

Answers = dict[str, tuple[int, str, str]]

_QUESTIONS: dict[str, tuple[str, ...]] = {
    "commit": ("log", "-1", "--format=%H %h %ct"),
    # Whoever told git to hide unknown files builds from them all the same.
    "status": ("status", "--porcelain", "--untracked-files=normal"),
    "describe": ("describe", "--tags", "--always", "--dirty"),
    "tags": ("tag", "--points-at", "HEAD"),
    "origin": ("remote", "get-url", "origin"),
}


def read_git(root: Path, answers: Answers | None = None) -> GitFacts:
    """Return what git says of the work tree at `root`.

    Args:
        root: The work tree.
        answers: What `ask_git` returned a moment ago, when it was asked already.

    Raises:
        ConfigurationError: When git is missing, this is no work tree, or it has no commit yet.
    """
    from seatrial.model.stamp import GitFacts

    answers = ask_git(root) if answers is None else answers
    for name in ("commit", "status", "describe"):
        code, _, complaint = answers[name]
        if code != 0:
            raise ConfigurationError(
                f"git cannot tell which commit {root} is at",
                found=complaint.strip() or f"git {name} ended with {code}",
                hint="build from a git work tree that has at least one commit",
            )
    sha, short_sha, committed_at = answers["commit"][1].split()
    dirty = bool(answers["status"][1].strip())
    described = answers["describe"][1].strip()
    return GitFacts(
        sha=sha,
        short_sha=short_sha,
        # git does not count files that it does not know; the stamp does.
        describe=described if described.endswith("-dirty") or not dirty else f"{described}-dirty",
        dirty=dirty,
        committed_at=int(committed_at),
        release_tags=tuple(sorted(answers["tags"][1].split())),
        origin=_without_credentials(answers["origin"][1].strip()),
    )


def ask_git(root: Path) -> Answers:
    """Ask git all at once; return exit code, output and complaint of each question.

    Raises:
        ConfigurationError: When git is missing.
    """
    try:
        running = {
            name: subprocess.Popen(
                ["git", "--no-optional-locks", "-C", str(root), *question],
                env=surroundings(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
            )
            for name, question in _QUESTIONS.items()
        }
    except FileNotFoundError as error:
        raise ConfigurationError(
            "git is not installed", hint="install git; the stamp comes from it"
        ) from error
    answers: Answers = {}
    for name, process in running.items():
        out, err = process.communicate()
        answers[name] = (process.returncode, out, err)
    return answers


def committed_at(root: Path, sha: str) -> int | None:
    """Return when a commit was made, in seconds since the epoch; None: git knows no such."""
    told = _told(root, "log", "-1", "--format=%ct", f"{sha}^{{commit}}", "--") or ""
    return int(told) if told.strip().isdecimal() else None


def text_at(root: Path, sha: str, path: str) -> str | None:
    """Return a file's text as it was in a commit, its path relative to `root`; None: there is none.

    Line ends are those of the commit, whatever git makes of them in the work tree.
    """
    return _told(root, "cat-file", "blob", f"{sha}:./{path}")


def _told(root: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *words],
            env=surroundings(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


def _without_credentials(address: str) -> str | None:
    """Return a remote's address fit for a public label, or None where it has none."""
    from urllib.parse import urlsplit, urlunsplit

    try:
        parts = urlsplit(address)
        has_port = parts.port is not None
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    host = f"{name}:{parts.port}" if has_port else name
    return urlunsplit((parts.scheme, host, parts.path.removesuffix(".git"), "", ""))

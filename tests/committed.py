"""The files of this repository: what is committed, and what is about to be."""

from __future__ import annotations

import subprocess
from pathlib import Path


def committed_files(root: Path) -> list[Path]:
    """Return the files below `root` that git does not ignore, by name."""
    argv = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(argv, cwd=root, check=True, capture_output=True, text=True).stdout
    return [path for name in sorted(listed.split("\0")) if name and (path := root / name).is_file()]

"""What installed Python distributions say is theirs: RECORD and its older kin. Pure."""

from __future__ import annotations

import csv

# An environment's own: uv and virtualenv put them there, and no package claims them.
_OF_THE_ENVIRONMENT = frozenset({"_virtualenv", "_virtualenv.pth"})
_TELLING = frozenset({"RECORD", "direct_url.json", "top_level.txt", "installed-files.txt"})


def module_of(path: str) -> str | None:
    """Return the top-level module that a path in site-packages belongs to; None where to none."""
    first, slash, _ = path.partition("/")
    if first.endswith(("-info", ".egg")) or first == "__pycache__":
        return None
    # `x.cpython-314-x86_64-linux-gnu.so` and `x.py` are both module x; a .pth is code as well.
    name = first if slash or first.endswith(".pth") else first.partition(".")[0]
    return None if name in _OF_THE_ENVIRONMENT else name


class Claims:
    """What the distributions of one layer say is theirs."""

    def __init__(self) -> None:
        self._modules: dict[str, set[str]] = {}
        self._hashes: dict[str, dict[str, str]] = {}
        self._local: set[str] = set()

    @staticmethod
    def wants(path: str) -> bool:
        """Return whether a file tells what is a distribution's."""
        folder, _, name = path.rpartition("/")
        if not folder.endswith(("dist-info", "egg-info")):
            return False
        return name in _TELLING

    def read(self, path: str, content: bytes) -> None:
        """Read such a file."""
        if not self.wants(path):
            return
        metadata, _, name = path.rpartition("/")
        text = content.decode("utf-8", "replace")
        modules = self._modules.setdefault(metadata, set())
        if name == "RECORD":
            self._read_record(metadata, text, modules)
        elif name == "top_level.txt":
            modules.update(line.strip() for line in text.splitlines() if line.strip())
        elif name == "installed-files.txt":
            inside = (line.removeprefix("../") for line in text.splitlines())
            modules.update(filter(None, map(module_of, inside)))
        else:
            self._local.add(metadata)

    def modules(self) -> dict[str, tuple[str, ...]]:
        """Return the top-level modules of each distribution, by the path of its metadata."""
        return {path: tuple(sorted(names)) for path, names in self._modules.items() if names}

    def is_claimed(self, path: str, digest: str) -> bool:
        """Return whether a file is as a package index gave it.

        Args:
            path: The file.
            digest: SHA-256 of its contents, as RECORD writes it.
        """
        return any(
            told.get(path) == digest
            for metadata, told in self._hashes.items()
            # direct_url.json: it came from a folder or a repository, so it is somebody's own.
            if metadata not in self._local
        )

    def _read_record(self, metadata: str, text: str, modules: set[str]) -> None:
        site = metadata.rpartition("/")[0]
        hashes = self._hashes.setdefault(metadata, {})
        for row in _rows(text):
            path, digest = [*row, "", ""][:2]
            if path and not path.startswith(("../", "/")):
                if name := module_of(path):
                    modules.add(name)
                if digest.startswith("sha256="):
                    hashes[f"{site}/{path}".lstrip("/")] = digest.removeprefix("sha256=")


def _rows(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(text.splitlines()))
    except csv.Error:
        return []  # no RECORD that an installer wrote

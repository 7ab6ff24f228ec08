"""Makes small wheels: the same bytes at each run, for their digests are in a lock."""

from __future__ import annotations

import zipfile
from pathlib import Path


def make_wheel(folder: Path, name: str) -> Path:
    """Write `NAME-1.0-py3-none-any.whl`, a package that knows its own name."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}/__init__.py": f'NAME = "{name}"\n',
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_STORED) as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path, date_time=(1980, 1, 1, 0, 0, 0)), text)
    return wheel

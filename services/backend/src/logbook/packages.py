"""Packages: what SBOMs name, each version kept once for all images."""

import hashlib

LONGEST = 255
"""Characters of a name or a version that are kept: both are in an index."""


def key_of(kind: str, name: str, version: str, purl: str) -> str:
    """Return what tells one package from all others; an index over the texts could be too long."""
    return hashlib.sha256(f"{kind}\x00{name}\x00{version}\x00{purl}".encode()).hexdigest()

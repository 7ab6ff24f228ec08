"""Reading a CycloneDX document as it streams by: it is never in memory as a whole."""

import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import ijson

from logbook.work.task import HopelessError

DEEPEST = 64
"""Components within components, and whatever else: more is no document of anybody's."""

_READ_BYTES = 4_096
"""Taken apart before any of it is seen here: few enough, however deep they go."""
_OPENING, _CLOSING = ("start_map", "start_array"), ("end_map", "end_array")
_TEXTS = ("type", "name", "version", "purl")
_LICENSES = ("licenses.item.license.id", "licenses.item.license.name", "licenses.item.expression")


@dataclass(slots=True)
class Component:
    """One component, as the document tells it; what it does not tell is empty."""

    type: str = ""
    name: str = ""
    version: str = ""
    purl: str = ""
    licenses: list[str] = field(default_factory=list)


def read_components(document: bytes) -> Iterator[Component]:
    """Yield the components of a gzip'ed document, those within others before these.

    Raises `HopelessError` where it is no CycloneDX document, which may be found out late.
    """
    with gzip.open(io.BytesIO(document)) as stream:
        try:
            yield from _read(stream)
        except (ijson.JSONError, UnicodeDecodeError) as error:
            raise HopelessError(f"the SBOM is no JSON: {_first_line(error)}") from error
        except (EOFError, OSError) as error:
            raise HopelessError(f"the SBOM cannot be unpacked: {error}") from error


def _read(stream: gzip.GzipFile) -> Iterator[Component]:
    is_cyclonedx = False
    opened: list[tuple[str, Component]] = []
    for prefix, event, value in _events(stream):
        place = opened[-1][0] if opened else ""
        if event == "string":
            if prefix == "bomFormat":
                is_cyclonedx = value == "CycloneDX"
            elif opened and prefix.startswith(place):
                _note(opened[-1][1], prefix[len(place) + 1 :], value)
        elif event == "start_map" and prefix == f"{place}.components.item".lstrip("."):
            opened.append((prefix, Component()))
        elif event == "end_map" and opened and prefix == place:
            yield opened.pop()[1]
    if not is_cyclonedx:
        raise HopelessError("the SBOM is no CycloneDX document: its bomFormat is another")


def _events(stream: gzip.GzipFile) -> Iterator[tuple[str, str, Any]]:
    """Yield where something is, what it is, and its value; the place grows with the depth."""
    depth = 0
    for where, event, value in ijson.parse(stream, buf_size=_READ_BYTES, use_float=True):
        if event in _OPENING:
            depth += 1
            if depth > DEEPEST:
                raise HopelessError(f"the SBOM is nested deeper than {DEEPEST} levels")
        elif event in _CLOSING:
            depth -= 1
        yield where, event, value


def _note(component: Component, name: str, value: str) -> None:
    if name in _TEXTS:
        setattr(component, name, value)
    elif name in _LICENSES and len(component.licenses) < DEEPEST:
        component.licenses.append(value)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__

"""Two builds beside each other: what changed from one to the other."""

from pydantic import AliasChoices, Field

from logbook_mcp.builds import Build
from logbook_mcp.record import Record

MOST_PACKAGES = 200
"""Packages of each kind of change that an answer names; a new base changes thousands."""


class SizeChange(Record):
    """Sizes of two builds, in bytes."""

    from_bytes: int | None = Field(
        default=None, validation_alias=AliasChoices("from_bytes", "from")
    )
    to_bytes: int | None = Field(default=None, validation_alias=AliasChoices("to_bytes", "to"))
    difference_bytes: int | None = Field(
        default=None, validation_alias=AliasChoices("difference_bytes", "difference")
    )


class Package(Record):
    """A package that one of the builds has and the other has not."""

    name: str
    version: str | None = None
    type: str | None = None


class ChangedPackage(Record):
    """A package that both builds have in different versions."""

    name: str
    type: str | None = None
    from_version: str | None = Field(
        default=None, validation_alias=AliasChoices("from_version", "from")
    )
    to_version: str | None = Field(default=None, validation_alias=AliasChoices("to_version", "to"))


class PackageChanges(Record):
    """What changed among the packages."""

    added: list[Package]
    removed: list[Package]
    changed: list[ChangedPackage]
    truncated: bool = Field(default=False, description="Whether there are more than are told")


class CheckFinding(Record):
    """One finding of one check, in one build and not in the other."""

    check: str
    expected: str = ""
    found: str = ""
    hint: str = ""


class FindingChanges(Record):
    """What changed among the findings of the builds' last trials."""

    new: list[CheckFinding] = Field(description="In the later build only")
    gone: list[CheckFinding] = Field(description="In the earlier build only")


class RecordedComparison(Record):
    """A comparison as the backend gives it."""

    from_build: Build = Field(validation_alias=AliasChoices("from_build", "from"))
    to_build: Build = Field(validation_alias=AliasChoices("to_build", "to"))
    size: SizeChange
    packages: PackageChanges | None = Field(
        default=None, description="null where one of the builds has no SBOM"
    )
    findings: FindingChanges | None = Field(
        default=None, description="null where one of the builds has no trial"
    )


class Comparison(RecordedComparison):
    """What changed from one build to another: size, packages, findings."""

    notes: list[str] = Field(description="What this answer leaves out, and what to do about it")


def shown(recorded: RecordedComparison) -> Comparison:
    """A comparison that fits an answer, and notes on what is missing."""
    packages, cut = _cut(recorded.packages)
    notes = [cut] if cut else []
    if recorded.packages is None:
        notes.append(
            "packages cannot be compared: one of the builds has no SBOM yet. `invoke sbom` records "
            "one; get_build tells which build has none"
        )
    if recorded.findings is None:
        notes.append(
            "findings cannot be compared: one of the builds has no recorded trial. "
            "`nox -s verify_prod` records one; list_trials tells which builds have one"
        )
    # By its fields, not by model_dump: what was validated once need not be again.
    parts = {name: getattr(recorded, name) for name in RecordedComparison.model_fields}
    return Comparison.model_construct(**{**parts, "packages": packages, "notes": notes})


def _cut(packages: PackageChanges | None) -> tuple[PackageChanges | None, str]:
    """At most so many of each kind, and a note of how many there are where some are left out."""
    if packages is None:
        return None, ""
    kinds = ("added", "removed", "changed")
    counts = {kind: len(getattr(packages, kind)) for kind in kinds}
    if max(counts.values()) <= MOST_PACKAGES and not packages.truncated:
        return packages, ""
    kept: dict[str, object] = {kind: getattr(packages, kind)[:MOST_PACKAGES] for kind in kinds}
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    return packages.model_copy(update=kept | {"truncated": True}), (
        f"packages names at most {MOST_PACKAGES} of each kind; in all there are "
        f"{told}{' and more' if packages.truncated else ''}"
    )

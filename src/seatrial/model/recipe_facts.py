"""Facts of an image's Dockerfile: what it stands on, and what hadolint says of it."""

from __future__ import annotations

import re
from typing import Literal

from seatrial.model.base import Model
from seatrial.model.plan import ResolvedPolicy

BaseKind = Literal["image", "stage", "scratch", "context"]
Severity = Literal["error", "warning", "info", "style"]
_DIGEST = re.compile(r"@[a-z0-9]+:[0-9a-f]{32,}$")


def ends_in_digest(reference: str) -> bool:
    """Return whether an image's name ends in a digest."""
    return _DIGEST.search(reference.strip("\"'")) is not None


class BaseUse(Model):
    """A place in a Dockerfile that names what is built on, or copied or mounted from.

    Attributes:
        line: Line in it, from 1.
        instruction: `FROM`, `COPY --from`, `ADD --from` or `RUN --mount`.
        written: The name as it stands there.
        reference: The name with arguments filled in; those that nothing is known of stay.
        kind: What it names.
        argument: Build argument that chooses it, or None.
    """

    line: int
    instruction: str
    written: str
    reference: str
    kind: BaseKind
    argument: str | None = None

    @property
    def has_digest(self) -> bool:
        """Whether the name ends in a digest, which alone tells what is built on."""
        return ends_in_digest(self.reference)


class BasesFacts(Model):
    """What an image stands on.

    Attributes:
        dockerfile: The Dockerfile, as people know it.
        uses: Every place in it that names a base, a stage or a named context.
        policy: Where the build record says that the bases came from; None without a record.
    """

    dockerfile: str
    uses: tuple[BaseUse, ...] = ()
    policy: ResolvedPolicy | None = None


class LintFinding(Model):
    """One finding of hadolint.

    Attributes:
        rule: Its rule: `DL3002`, `SC2086`.
        line: Line in the Dockerfile, from 1.
        level: How severe hadolint thinks it is.
        message: In its words.
        instruction: What stands on that line.
    """

    rule: str
    line: int
    level: Severity
    message: str
    instruction: str = ""


class RecipeFacts(Model):
    """What hadolint says of a Dockerfile; a bounded number of findings."""

    dockerfile: str
    findings: tuple[LintFinding, ...] = ()

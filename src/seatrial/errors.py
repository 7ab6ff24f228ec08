"""The one tree of errors. Each kind has one exit code, the process's."""

from __future__ import annotations

from typing import ClassVar


class SeatrialError(Exception):
    """What went wrong, in words that a person can act on.

    Args:
        message: What failed, one sentence.
        at: The instruction or line it failed at, or None.
        expected: What was expected, or None.
        found: What was found instead, or None.
        hint: What to do about it, or None.
        detail: Lines of evidence (a log's tail), printed as they are.
    """

    exit_code: ClassVar[int] = 2

    def __init__(
        self,
        message: str,
        *,
        at: str | None = None,
        expected: str | None = None,
        found: str | None = None,
        hint: str | None = None,
        detail: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.expected = expected
        self.found = found
        self.hint = hint
        self.detail = detail

    def lines(self) -> list[str]:
        """Return the error as the lines that are printed on stderr."""
        labelled = (
            ("at", self.at),
            ("expected", self.expected),
            ("found", self.found),
            ("to do", self.hint),
        )
        return [
            f"error: {self.message}",
            *(f"  {label + ':':<10}{text}" for label, text in labelled if text),
            *(f"  | {line}" for line in self.detail),
        ]


class ContractBrokenError(SeatrialError):
    """An image does not keep its contract."""

    exit_code = 1


class ConfigurationError(SeatrialError):
    """Usage or configuration: a wrong option, a missing or malformed file."""

    exit_code = 2


class InvalidContractError(ConfigurationError):
    """A contract is malformed, which is not the same as broken."""


class NoEngineError(SeatrialError):
    """No engine answers, or it lacks what is needed."""

    exit_code = 3


class BuildFailedError(SeatrialError):
    """BuildKit could not build an image."""

    exit_code = 4


class ComposeFailedError(SeatrialError):
    """Compose could not bring the stack up or down."""

    exit_code = 5


class DevFailedError(SeatrialError):
    """A process of `invoke dev` ended by itself, or could not be started."""

    exit_code = 5


class DatabaseUnreachableError(SeatrialError):
    """The database cannot be reached."""

    exit_code = 6


class MigrationError(SeatrialError):
    """The database cannot be migrated."""

    exit_code = 6


class LogbookError(SeatrialError):
    """The logbook did not take all that it was told."""

    exit_code = 7


class StoppedError(SeatrialError):
    """Ctrl-C or SIGTERM ended the work; everything of ours was cleaned up."""

    exit_code = 130

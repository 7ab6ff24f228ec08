"""The kinds of values that a contract is written in, besides durations and sizes.

Strict where TOML tells kinds apart: `user = "1001"` is a mistake, not another way to write 1001.
"""

from __future__ import annotations

import re
import signal
from typing import Annotated

from pydantic import Field

Flag = Annotated[bool, Field(strict=True)]
Port = Annotated[int, Field(strict=True, ge=1, le=65535)]
Id = Annotated[int, Field(strict=True, ge=0, lt=2**32)]
ExitCode = Annotated[int, Field(strict=True, ge=0, le=255)]
Count = Annotated[int, Field(strict=True, ge=1, le=10**6)]
HttpStatus = Annotated[int, Field(strict=True, ge=100, le=599)]
HttpMethod = Annotated[str, Field(pattern=r"^[A-Z]+$")]
AbsolutePath = Annotated[str, Field(pattern=r"^/[^\s]*$")]
Glob = Annotated[str, Field(min_length=1)]
LabelName = Annotated[str, Field(min_length=1)]
Mount = Annotated[str, Field(pattern=r"^/[^:]+(:.+)?$")]
SignalName = Annotated[str, Field(pattern=r"^SIG[A-Z0-9+-]+$")]
VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
CapabilityName = Annotated[str, Field(pattern=r"^CAP_[A-Z_]+$")]
GroupName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
HadolintRule = Annotated[str, Field(pattern=r"^(DL|SC)\d{4}$")]
_SIGNAL = re.compile(r"SIG[A-Z0-9+-]+")
_FIRST_REALTIME, _LAST_REALTIME = 34, 64


def signal_name(written: str) -> str | None:
    """Return a signal's name as SIG…, however an image writes it; None for what is none."""
    if written.isdecimal():
        known = {str(number.value): number.name for number in signal.Signals}
        if written not in known and _FIRST_REALTIME < int(written) < _LAST_REALTIME:
            return f"SIGRTMIN+{int(written) - _FIRST_REALTIME}"
        return known.get(written)
    name = written.upper() if written.upper().startswith("SIG") else f"SIG{written.upper()}"
    return name if _SIGNAL.fullmatch(name) else None

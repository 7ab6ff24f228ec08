"""Makes any text fit to be shown: names and logs of an image are anybody's words."""

from __future__ import annotations

import re

# Control characters, lone surrogates and what is no character; characters that turn text around,
# for with them a line can look like another.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\ufffe\uffff]"
)
# What means something within a line; `://` makes a link of what stands around it.
_MEANS = re.compile(r"([\\`*_{}\[\]()#+!|~<>&$@^=]|:(?=//))")


def visible(text: str) -> str:
    r"""Return a text in which every character can be seen, others as `\x1b` or `\u202e`.

    What is returned is valid in UTF-8 and in XML 1.0; line breaks and tabs are kept.
    """
    return _UNSEEN.sub(_named, text.replace("\r\n", "\n"))


def in_markdown(text: str) -> str:
    """Return a text as Markdown shows it as it is, within a line and in a table as well."""
    return _MEANS.sub(r"\\\1", " ".join(visible(text).split()))


def as_code(text: str) -> str:
    """Return a text as a code span of Markdown, not for tables; no @name in it calls anybody."""
    line = " ".join(visible(text).split())
    fence = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}" if line else ""


def _named(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"

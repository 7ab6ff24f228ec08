"""Where settings come from: a variable, a file that a variable names, or a file of its own.

Nothing but the standard library, and little of that: a start that lacks a setting ends here, in a
fifth of the time that a library for settings takes to be imported.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    Network = IPv4Network | IPv6Network

FOLDER = Path("/etc/logbook")
"""A file of a setting's lower-case name in here is that setting."""
MOST_BYTES = 65_536
"""No setting is longer; a file that is was named by mistake."""
_ABSENT = "is missing or empty"


class SettingsError(Exception):
    """The environment cannot be used. The text names each setting and never tells a value."""


class Secret:
    """A text that does not show when it is printed."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text."""
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret(…)"


class Environment:
    """Reads settings one by one and keeps what is wrong with them until all are read.

    A method returns something of its type also where it found a fault; `check` then raises.
    """

    def __init__(self, variables: Mapping[str, str], folder: Path = FOLDER) -> None:
        self._variables = variables
        self._folder = folder
        self._faults: list[str] = []

    def check(self) -> None:
        """Raise `SettingsError`, which names every wrong setting at once, where there is one."""
        if self._faults:
            lines = [f"  {fault}" for fault in self._faults]
            raise SettingsError("\n".join(["cannot start, the settings are not right:", *lines]))

    def blame(self, name: str, reason: str) -> None:
        """Note that the setting `name` is wrong; `reason` tells nothing of its value."""
        self._faults.append(f"{name} {reason}")

    def required(self, name: str) -> str:
        """Read a text that must be there and is not blank."""
        text = self._read(name)
        if text is None:
            return ""
        if not text:
            self.blame(name, _ABSENT)
        elif not text.strip():
            self.blame(name, "is blank")
        return text

    def secret(self, name: str, least_bytes: int = 1) -> Secret:
        """Read a secret that must be there, of `least_bytes` or more in UTF-8."""
        text = self.required(name)
        if text.strip() and len(text.encode()) < least_bytes:
            self.blame(name, f"is shorter than {least_bytes} bytes")
        return Secret(text)

    def text(self, name: str, default: str) -> str:
        """Read a text that may be absent."""
        return self._read(name) or default

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """Read one of a few words."""
        text = self._read(name) or default
        if text not in choices:
            self.blame(name, f"must be one of {', '.join(choices)}")
        return text

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """Read a whole number in decimal digits, from `least` to `most`."""
        text = self._read(name) or str(default)
        if text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most:
            return int(text)
        self.blame(name, f"must be a whole number from {least} to {most}")
        return default

    def own_number(self, name: str, default: int, least: int, most: int) -> int:
        """Read a number that is this process's alone: a file may be shared, so it is refused."""
        if self._variables.get(f"{name}_FILE") or (self._folder / name.lower()).exists():
            self.blame(name, "must be a variable of this process: a file may be another's as well")
            return default
        return self.number(name, default, least, most)

    def networks(self, name: str) -> "tuple[Network, ...]":
        """Read addresses and networks (10.0.0.0/8) with commas between them; none by default."""
        if not (text := self._read(name)):
            return ()
        from ipaddress import ip_network  # noqa: PLC0415 - few set it

        try:
            found = tuple(ip_network(part.strip()) for part in text.split(","))
        except ValueError:
            wanted = "addresses or networks such as 10.0.0.0/8, with commas between them"
            self.blame(name, f"must be {wanted}")
            return ()
        if any(network.prefixlen == 0 for network in found):
            self.blame(name, "must not hold every address")
        return found

    def _read(self, name: str) -> str | None:
        """Return the text of a setting, "" where it has none, or nothing after a fault."""
        try:
            return self._find(name)
        except ValueError as error:
            self.blame(name, str(error))
            return None

    def _find(self, name: str) -> str:
        variable, own = self._variables.get(name, ""), self._folder / name.lower()
        named = self._variables.get(f"{name}_FILE", "")
        given = [name] if variable else []
        given += [f"{name}_FILE"] if named else []
        given += [str(own)] if _is_there(own) else []
        if len(given) > 1:
            raise ValueError(f"is given more than once, by {' and '.join(given)}")
        if variable:
            return _decoded(os.fsencode(variable))
        return _content(Path(named) if named else own) if given else ""


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise ValueError(f"may be in {path}, which cannot be read: {error.strerror}") from None
    return True


def _content(path: Path) -> str:
    """Return what a file holds, without one line end at its end."""
    where = f"is given by the file {path}, which"
    try:
        # Where nobody writes to a pipe, opening it must not wait.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a path cannot be opened so
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ValueError(f"{where} is no file that can be read")
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ValueError(f"{where} cannot be read: {error.strerror}") from None
    if len(content) > MOST_BYTES:
        raise ValueError(f"{where} is larger than {MOST_BYTES} bytes")
    try:
        text = _decoded(content.removesuffix(b"\n").removesuffix(b"\r"))
    except ValueError as error:
        raise ValueError(f"{where} {error}") from None
    if not text:
        raise ValueError(f"{where} is empty")
    return text


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise ValueError("holds a NUL")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None

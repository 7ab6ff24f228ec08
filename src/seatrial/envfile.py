"""The stack's variables: `.env.example` declares them, `.env` holds them.

A declaration is a line `NAME=default`. A comment `# generate: RECIPE` above it says how a value
is made where there is none: `token BYTES` (random, from the system's source),
`postgres-url [SCHEME]` (the address of the project's Postgres, with a new password) or
`postgres-role ROLE [SCHEME]` (the same database as another role, with a password of its own).
"""

from __future__ import annotations

import io
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dotenv.parser import parse_stream

from seatrial.errors import ConfigurationError
from seatrial.files import write_atomic
from seatrial.model.settings import PostgresSettings

POSTGRES_URL = "postgres-url"
POSTGRES_ROLE = "postgres-role"
TOKEN = "token"  # noqa: S105 - a word, no secret
PRIVATE = 0o600
PASSWORD_BYTES = 24

_MARKER = re.compile(r"\s*#\s*generate:\s*(?P<recipe>.*\S)\s*$")
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=")


@dataclass(frozen=True)
class Variable:
    """A variable that the stack needs.

    Attributes:
        name: Its name.
        default: Its value in `.env.example`, empty where it has none.
        recipe: How a value is generated, as words; empty where a person must choose it.
        where: File and line of its declaration.
    """

    name: str
    default: str = ""
    recipe: tuple[str, ...] = ()
    where: str = ""

    @property
    def kind(self) -> str:
        """The first word of its recipe, or an empty one."""
        return self.recipe[0] if self.recipe else ""


@dataclass(frozen=True)
class Variables:
    """What a stack needs and what it was given.

    Attributes:
        example: The `.env.example`.
        path: The `.env`, which need not exist.
        declared: What the example declares, in its order.
        values: What the `.env` holds.
    """

    example: Path
    path: Path
    declared: tuple[Variable, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)

    def effective(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Return the values as Compose sees them: a variable of the shell outranks the file."""
        names = {variable.name for variable in self.declared} | set(self.values)
        shell = {name: environ[name] for name in names if name in environ}
        return {**self.values, **shell}

    def missing(self, environ: Mapping[str, str]) -> tuple[Variable, ...]:
        """Return the declared variables that are absent or empty."""
        values = self.effective(environ)
        return tuple(v for v in self.declared if not values.get(v.name, "").strip())

    def of_kind(self, kind: str) -> tuple[Variable, ...]:
        """Return the declared variables whose recipe is of `kind`."""
        return tuple(variable for variable in self.declared if variable.kind == kind)

    def roles_are_elsewhere(self, postgres: PostgresSettings, values: Mapping[str, str]) -> bool:
        """Return whether `values` name a database of somebody's own: its roles are not ours."""
        mains = [values.get(variable.name, "").strip() for variable in self.of_kind(POSTGRES_URL)]
        ours = f"@{postgres.host}:{postgres.port}/"
        return any(url and ours not in url for url in mains)


def read_variables(folder: Path) -> Variables:
    """Read `.env.example` and `.env` in `folder`; either may be absent.

    Raises:
        ConfigurationError: When one cannot be read or parsed.
    """
    example, path = folder / ".env.example", folder / ".env"
    defaults = _values(example)
    recipes = _recipes(example)
    declared = tuple(
        Variable(name, value, *recipes.get(name, ((), str(example))))
        for name, value in defaults.items()
    )
    return Variables(example, path, declared, _values(path))


def complete(
    variables: Variables, postgres: PostgresSettings, kinds: Iterable[str]
) -> tuple[Variables, tuple[str, ...]]:
    """Give what is missing in `.env` its default or a generated value, and write it.

    What is there stays as it is. A new file begins as a copy of the example. No role is made up in
    a database of somebody's own.

    Args:
        variables: As they are.
        postgres: What a generated address points to.
        kinds: Kinds of recipes that may be used now.

    Returns:
        The variables as they are now, and the names of those that were generated.

    Raises:
        ConfigurationError: When a recipe is malformed or the file cannot be written.
    """
    allowed = set(kinds)
    if variables.roles_are_elsewhere(postgres, variables.values):
        allowed -= {POSTGRES_ROLE}
    missing = [v for v in variables.declared if not variables.values.get(v.name, "").strip()]
    generated = {v.name: generate(v, postgres) for v in missing if v.kind in allowed}
    defaults = {v.name: v.default for v in missing if v.default.strip() and not v.recipe}
    if not generated and not defaults:
        return variables, ()
    text = _text(variables.path) if variables.path.exists() else _text(variables.example)
    # A link is followed: the file that it points to is the one that is written.
    write_atomic(
        variables.path.resolve(), with_values(text, {**defaults, **generated}), mode=PRIVATE
    )
    return read_variables(variables.path.parent), tuple(generated)


def generate(variable: Variable, postgres: PostgresSettings) -> str:
    """Make a value by the variable's recipe.

    Raises:
        ConfigurationError: When there is no such recipe.
    """
    match variable.recipe:
        case ("token", size) if size.isdigit() and 16 <= int(size) <= 1024:
            return secrets.token_urlsafe(int(size))
        case ("postgres-url", *rest) if len(rest) <= 1:
            return _address(postgres, postgres.user, rest)
        case ("postgres-role", role, *rest) if len(rest) <= 1:
            return _address(postgres, role, rest)
    raise ConfigurationError(
        f"{variable.where}: {variable.name} cannot be generated",
        expected='"token BYTES" (16 to 1024), "postgres-url [SCHEME]" or '
        '"postgres-role ROLE [SCHEME]"',
        found=" ".join(variable.recipe),
    )


def _address(postgres: PostgresSettings, role: str, scheme: Sequence[str]) -> str:
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    address = f"{postgres.host}:{postgres.port}/{postgres.database}"
    return f"{scheme[0] if scheme else 'postgresql'}://{role}:{password}@{address}"


def with_values(text: str, values: Mapping[str, str]) -> str:
    """Return the text of an env file with `values` set; a name's line is replaced in place."""
    left = dict(values)
    lines = []
    for line in text.splitlines():
        match = _ASSIGNMENT.match(line)
        value = left.pop(match["name"], None) if match else None
        lines.append(line if match is None or value is None else f"{match['name']}={value}")
    lines += [f"{name}={value}" for name, value in left.items()]
    return "\n".join(lines) + "\n"


def _values(path: Path) -> dict[str, str]:
    values: dict[str, str] = {}
    for binding in parse_stream(io.StringIO(_text(path))):
        if binding.error:
            raise ConfigurationError(
                f"{path}:{binding.original.line} is not a line of an env file",
                expected="NAME=value, or a comment that begins with #",
            )
        if binding.key is not None:
            values[binding.key] = binding.value or ""
    return values


def _recipes(path: Path) -> dict[str, tuple[tuple[str, ...], str]]:
    recipes: dict[str, tuple[tuple[str, ...], str]] = {}
    pending: tuple[str, ...] = ()
    for number, line in enumerate(_text(path).splitlines(), 1):
        if marker := _MARKER.match(line):
            pending = tuple(marker["recipe"].split())
        elif match := _ASSIGNMENT.match(line):
            recipes[match["name"]] = (pending, f"{path}:{number}")
            pending = ()
    return recipes


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigurationError(f"{path} cannot be read: {reason}") from error

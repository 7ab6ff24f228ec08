"""Tells the command line of a server for developers from that of any other."""

from __future__ import annotations

import re

# Programs that are nothing else, by their names.
_ALWAYS = {
    "air", "browser-sync", "entr", "live-server", "nodemon", "react-scripts", "reflex",
    "ts-node-dev", "tsx-watch", "watchexec", "watchfiles", "watchmedo", "webpack-dev-server",
}  # fmt: skip
# Programs that are one with a certain word after them.
_WITH = {
    "artisan": {"serve"},
    "astro": {"dev"},
    "bun": {"--watch", "--hot"},
    "cargo": {"watch"},
    "deno": {"--watch"},
    "django-admin": {"runserver"},
    "dotnet": {"watch"},
    "fastapi": {"dev"},
    "flask": {"run"},
    "gatsby": {"develop"},
    "hugo": {"server", "serve"},
    "jekyll": {"serve"},
    "manage.py": {"runserver"},
    "mkdocs": {"serve"},
    "nest": {"--watch"},
    "next": {"dev"},
    "ng": {"serve"},
    "node": {"--watch"},
    "nuxt": {"dev"},
    "nuxi": {"dev"},
    "parcel": {"serve", "watch"},
    "php": {"-S"},
    "tsx": {"watch"},
    "vite": {"", "dev", "serve", "preview"},
    "vue-cli-service": {"serve"},
    "webpack": {"serve", "--watch"},
}
_MODULES = {"http.server", "SimpleHTTPServer", "wsgiref.simple_server", "watchfiles"}
_RUNNERS = {"npm", "npm-cli", "yarn", "pnpm", "bun"}
# Their word may follow options with values.
_ANYWHERE = {"flask", "manage", "django-admin"}
_SCRIPT = re.compile(r"(start:|serve:)?(dev|develop|watch)(:\S*)?")
_RELOAD = re.compile(
    r"--(reload|auto-reload|autoreload|use-reloader)(=(true|1|yes|on))?", re.IGNORECASE
)
_ENDINGS = re.compile(r"(\.(js|mjs|cjs|py|cmd))$")


def development_server(command: str) -> str | None:
    """Return the words by which a command line is that of a server for developers, or None."""
    words = command.split()
    names = [_name(word) for word in words]
    for at, word in enumerate(words):
        rest = words[at + 1 :]
        if _RELOAD.fullmatch(word):
            return word
        # A program, its interpreter and what runs it come first; then it is only an argument.
        if at > 3 or (at and not _may_be_program(words[:at])):
            continue
        found = _as_program(word, names[at], rest)
        if found:
            return found
    return None


def _as_program(word: str, name: str, rest: list[str]) -> str | None:
    if word == "-m":
        return f"-m {rest[0]}" if rest and rest[0] in _MODULES else None
    if name in _ALWAYS:
        return name
    if name in _RUNNERS and (script := _script(rest)):
        return f"{name} … {script}"
    wanted = _WITH.get(name) or _WITH.get(word.rsplit("/", 1)[-1])
    found = _wanted(name, wanted, rest) if wanted else None
    return f"{name} {found}".strip() if found is not None else None


def _wanted(name: str, wanted: set[str], rest: list[str]) -> str | None:
    if name in _ANYWHERE:
        return next((one for one in rest if one in wanted), None)
    first = next((one for one in rest if not one.startswith("-")), "")
    if first in wanted:
        return first
    # Options stand before the script that a program runs: after it they are the script's.
    own = rest[: rest.index(first)] if first else rest
    return next((one for one in own if one in wanted), None)


def _script(rest: list[str]) -> str | None:
    named = [one for one in rest if not one.startswith("-") and one not in {"run", "run-script"}]
    return named[0] if named and _SCRIPT.fullmatch(named[0]) else None


def _may_be_program(before: list[str]) -> bool:
    """Return whether the word after these can be a program, a script or a module."""
    interpreters = re.compile(
        r"(python[\d.]*|node|bun|deno|php|ruby|sh|bash|ash|dash|tini|env|exec|uv|uvx|npx|bunx|run"
        r"|dumb-init|poetry|pipenv|bundle)"
    )
    return all(one.startswith("-") or interpreters.fullmatch(_name(one)) for one in before)


def _name(word: str) -> str:
    return _ENDINGS.sub("", word.rsplit("/", 1)[-1])

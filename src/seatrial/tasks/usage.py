"""Wrong usage of `invoke` ends with 2, as every wrong usage of ours does."""

from __future__ import annotations

from invoke.collection import Collection
from invoke.exceptions import Exit, ParseError
from invoke.parser import Parser
from invoke.parser.context import ParserContext


def check_usage(verbs: Collection) -> None:
    """Read the command line that `invoke` was called with; to be called at the end of a `tasks.py`.

    Invoke parses it as well, a moment later, but would end with 1: to it, wrong usage is a failure
    as any other. Does nothing where a `tasks.py` is imported by anything but Invoke's program.

    Args:
        verbs: The namespace, complete.

    Raises:
        Exit: With 2, when a verb or an option is unknown or lacks its value; a verb that help was
            asked for is one, too.
    """
    # Imported already where it runs: it is what imports tasks.py.
    from invoke.main import program

    words = list(program.core.unparsed) if program.argv else []
    asked = program.args.help.value if program.argv else None
    if not (words or isinstance(asked, str)) or program.args.complete.value:
        return
    contexts = _contexts(verbs)
    if isinstance(asked, str):
        _check_name(asked, contexts)
    try:
        Parser(contexts, initial=program.initial_context).parse_argv(words)
    except ParseError as error:
        flags = (
            [flag for flag in error.context.flags if error.context.name] if error.context else []
        )
        known = [context.name for context in contexts if context.name] + flags
        raise Exit("\n".join(_explained(error, words, known)), code=2) from None


def _contexts(verbs: Collection) -> list[ParserContext]:
    """Return what the parser needs of the verbs.

    Making it takes the options' help out of them, and Invoke makes it once more to show them.
    """
    kept = {task: dict(task.help) for task in verbs.tasks.values()}
    contexts: list[ParserContext] = verbs.to_contexts()
    for task, texts in kept.items():
        task.help = texts
    return contexts


def _check_name(asked: str, contexts: list[ParserContext]) -> None:
    """Look for a verb that help was asked for: Invoke itself would end with 1."""
    known = [name for one in contexts for name in (one.name, *one.aliases) if name]
    if asked not in known:
        unknown = ParseError(f"No idea what {asked!r} is!")
        raise Exit("\n".join(_explained(unknown, [asked], known)), code=2)


def _explained(error: ParseError, words: list[str], known: list[str]) -> list[str]:
    import difflib

    from seatrial.errors import ConfigurationError

    # The parser says which word it stumbled over, in words only.
    stumbled = (word for word in words if f"{word.partition('=')[0]!r}" in str(error))
    near = [
        difflib.get_close_matches(name, known, n=1)
        for name in (word.partition("=")[0] for word in stumbled)
        # A word that is known is not misspelt: something is missing beside it.
        if name not in known
    ]
    guess = next((found[0] for found in near if found), None)
    verb = error.context.name if error.context else None
    hint = f"invoke --help {verb} shows its options" if verb else "invoke --list shows the verbs"
    told = f"did you mean {guess}? {hint}" if guess else hint
    return ConfigurationError(str(error), hint=told).lines()

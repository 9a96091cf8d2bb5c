"""The part of a command that decides its answer, not where it runs or where the answer goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from auditor.cli.types import Scoped

ELSEWHERE = frozenset(
    "--output --force --format --workers --scheduler --cache-dir --offline --quiet --verbose --progress "
    "--color".split()
)
"""Options that change no number, by their first long name."""
_WHERE_IT_RUNS = frozenset({"workers", "scheduler"})
"""Options of analyses that change no number."""


def asking(words: Sequence[str], ctx: click.Context | None) -> list[str]:
    """Return the words of a command line without the options that cannot change the answer.

    Parameters
    ----------
    words
        What follows the name of the program.
    ctx
        The context of the command, whose options (and those of its parents) are known; None for none.
    """
    options = _options(ctx)
    return [word for part in _parts(words, options) if not _elsewhere(part, options) for word in part]


def _options(ctx: click.Context | None) -> dict[str, click.Option]:
    found: dict[str, click.Option] = {}
    while ctx is not None:
        for param in ctx.command.params:
            if isinstance(param, click.Option):
                found |= dict.fromkeys((*param.opts, *param.secondary_opts), param)
        ctx = ctx.parent
    return found


def _parts(words: Sequence[str], options: dict[str, click.Option]) -> Iterator[list[str]]:
    """Yield options with their values, and the other words one by one."""
    rest = iter(words)
    for word in rest:
        if word == "--":
            yield [word, *rest]  # no options any more
            return
        option = options.get(word)
        if option is None or option.is_flag or option.count:
            yield [word]
        else:
            yield [word, *(value for _, value in zip(range(option.nargs), rest, strict=False))]


def _elsewhere(part: Sequence[str], options: dict[str, click.Option]) -> bool:
    """Return whether an option, as it was typed, changes no number."""
    name, _, value = part[0].partition("=")
    option = options.get(name) or (options.get(name[:2]) if name[:1] == "-" != name[1:2] else None)
    if option is None:
        return False
    if "--analysis-option" in option.opts:
        return _says_where(part[1] if len(part) > 1 else value)
    return not ELSEWHERE.isdisjoint(option.opts)


def _says_where(typed: str) -> bool:
    """Return whether an option of an analysis, read as the command reads it, only says where to run."""
    try:
        _, name, _ = Scoped().convert(typed, None, None)
    except click.UsageError:
        return False
    return name in _WHERE_IT_RUNS

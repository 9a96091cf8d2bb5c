"""Names for the shell to complete, from the registry; no component is imported for it."""

from __future__ import annotations

from collections.abc import Callable

import click
from click.shell_completion import CompletionItem

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def registered(kind: str, *, or_file: bool = False) -> Completer:
    """Return a completer of the names of a kind, with what each is; else of files."""

    def complete(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from auditor.plugin.loading import load_registry

        items = [
            CompletionItem(component.name, help=component.summary)
            for component in load_registry().all(kind)
            if component.name.startswith(incomplete)
        ]
        return items or ([CompletionItem(incomplete, type="file")] if or_file else [])

    return complete


def component_options_of(kind: str) -> Completer:
    """Return a completer of COMPONENT. for options of the form COMPONENT.NAME=VALUE."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        names = registered(kind)(ctx, param, incomplete)
        return [CompletionItem(f"{item.value}.", help=item.help) for item in names]

    return complete

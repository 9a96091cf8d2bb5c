"""The options that choose an encoder and estimators, alike in every command that trains."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from auditor.cli.completing import component_options_of, registered
from auditor.cli.types import Pairs, Scoped

F = TypeVar("F", bound=Callable[..., object])


def encoder_options(function: F) -> F:
    """Give a command ``--encoder`` and ``--encoder-option``."""
    named = click.option(
        "--encoder",
        show_default="gcn; with --features mlp",
        shell_complete=registered("encoder"),
        help="See 'mtl-audit list encoders'.",
    )
    set_up = click.option(
        "--encoder-option",
        "encoder_options",
        type=Pairs(),
        multiple=True,
        metavar="NAME=VALUE",
        help="An option of the encoder, e.g. heads=2 for gat; repeatable.",
    )
    return named(set_up(function))


def affinity_options(*, default: tuple[str, ...], about: str) -> Callable[[F], F]:
    """Give a command ``--affinity``, with its own default and meaning, and ``--affinity-option``."""

    def decorate(function: F) -> F:
        named = click.option(
            "--affinity",
            "affinities",
            multiple=True,
            default=default,
            show_default=True,
            shell_complete=registered("affinity"),
            help=about,
        )
        set_up = click.option(
            "--affinity-option",
            "affinity_options",
            type=Scoped(),
            multiple=True,
            metavar="ESTIMATOR.NAME=VALUE",
            shell_complete=component_options_of("affinity"),
            help="An option of an estimator, e.g. chemical-correlation.kernel=tanimoto; repeatable.",
        )
        return named(set_up(function))

    return decorate

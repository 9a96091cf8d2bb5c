"""The options that say how to train, alike in every command that trains."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

F = TypeVar("F", bound=Callable[..., object])
OVERRIDES = ("epochs", "batch_size", "lr", "weight_decay", "patience")
"""Those that replace one value of the training preset."""


def training_options(*, seeds: int, about: str, epochs: str = "", batch: str = "") -> Callable[[F], F]:
    """Give a command the options of its trainings.

    Parameters
    ----------
    seeds, about
        How many seeds by default, and what a seed is for.
    epochs, batch
        The defaults of the preset, as the help shows them.
    """

    def decorate(function: F) -> F:
        for decorator in reversed(_options(seeds=seeds, about=about, epochs=epochs, batch=batch)):
            function = decorator(function)
        return function

    return decorate


def _options(*, seeds: int, about: str, epochs: str, batch: str) -> tuple[Callable[[F], F], ...]:
    split = click.Choice(["scaffold", "random"])
    device = click.Choice(["auto", "cpu", "cuda"])
    positive = click.FloatRange(0, min_open=True)
    patience = "Epochs without improvement before stopping."
    return (
        click.option("--split", type=split, show_default="scaffold; with --features random"),
        click.option("--epochs", type=click.IntRange(1), help=f"At most so many epochs{epochs}."),
        click.option("--batch-size", type=click.IntRange(2), help=f"Compounds per batch{batch}."),
        click.option("--lr", type=positive, help="Learning rate of AdamW."),
        click.option("--weight-decay", type=click.FloatRange(0), help="Weight decay of AdamW."),
        click.option("--patience", type=click.IntRange(1), help=patience),
        click.option("--seeds", type=click.IntRange(1), default=seeds, show_default=True, help=about),
        click.option(
            "--seed", type=click.IntRange(0), default=0, show_default=True, help="The first of them."
        ),
        click.option("--device", type=device, default="auto", show_default=True),
        click.option(
            "--threads",
            type=click.IntRange(1),
            help="Threads of torch [default: OMP_NUM_THREADS, else 1]; more help only on an idle machine.",
        ),
    )

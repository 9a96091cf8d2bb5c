"""How a benchmark is trained on, and what one training leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import DataError
from auditor.training.config import TrainingConfig
from auditor.training.identity import code_identity, data_identity

if TYPE_CHECKING:
    from auditor.benchmark.benchmark import Benchmark
    from auditor.training.encoder import EncoderFactory, Packed
    from auditor.training.splits import Split
    from auditor.training.trainer import Trainer


def steps_per_epoch(split: Split, config: TrainingConfig) -> int:
    """Return the number of optimiser steps in an epoch."""
    whole, rest = divmod(len(split.train), config.batch_size)
    return whole + (rest > 1)


def train(
    benchmark: Benchmark,
    split: Split,
    factory: EncoderFactory,
    config: TrainingConfig,
    *,
    seed: int,
    device: str = "cpu",
    checkpoint: Path | None = None,
    packed: Packed | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> Trainer:
    """Train one encoder with a head per task, and log the tasks' gradients on the way.

    On a CPU, the same seed gives the same bytes on the same machine with the same number of
    threads, whether or not the training was interrupted and taken up again.

    Parameters
    ----------
    factory
        Builds the encoder from a seed; its options are bound already.
    seed
        Of the initial parameters, the order of the compounds and the dropout masks.
    checkpoint
        A file that takes the state after an epoch, and from which an interrupted training goes on.
    packed
        What `pack_features` gave for all compounds of the benchmark; computed here if None.
    advance
        Called with the number of steps done: ``epochs * steps_per_epoch`` in all.

    Returns
    -------
    The finished trainer: ``trace()`` is what was logged, ``best`` the network's state after the
    epoch of the lowest validation loss.

    Raises
    ------
    DataError
        There are fewer than two training compounds, or the loss is no longer a number.
    """
    from auditor.training.checkpoint import CheckpointFile, digest_of
    from auditor.training.content import digest_of_content
    from auditor.training.features import pack_features
    from auditor.training.network import Network
    from auditor.training.trainer import Trainer

    if len(split.train) < 2:
        raise DataError(
            f"{benchmark.name}: {len(split.train)} training compounds",
            hint="training needs at least two",
        )
    network = Network(factory, benchmark.t, seed=seed).to(device)
    if packed is None:
        packed = pack_features(network.encoder, benchmark.inputs)
    parts = {
        "seed": seed,
        "device": device,
        **code_identity(factory),
        **data_identity(benchmark, split, config),
        "network": digest_of(network),
        "features": digest_of_content(packed),
    }
    key = {name: repr(part) for name, part in parts.items()}
    trainer = Trainer(network, packed, benchmark, split, config, seed=seed, device=device)
    file = CheckpointFile(checkpoint, key)
    saved = file.load()
    if saved is not None:
        trainer.restore(saved)
    advance(trainer.progress.step)
    while not trainer.finished():
        trainer.epoch(advance)
        file.save(trainer.state)
    advance(config.epochs * steps_per_epoch(split, config) - trainer.progress.step)
    return trainer

"""Small trained networks, made without the command line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

from auditor.benchmark.benchmark import Benchmark
from auditor.training.config import TrainingConfig
from auditor.training.encoder import Packed
from auditor.training.features import pack_features
from auditor.training.network import Network
from auditor.training.trace import Trace
from auditor.training.trained import Trained
from auditor.training.trainer import Trainer
from tests.networks import SMALL, benchmark_of, random_table, split_of


def trained_network(
    name: str = "ecfp", benchmark: Benchmark | None = None, *, epochs: int = 1, seed: int = 0
) -> Trained:
    """Return a small encoder and its heads after a few epochs."""
    benchmark = benchmark or benchmark_of(random_table(24, 4, seed=0))
    split = split_of(benchmark)
    network = Network(SMALL[name], benchmark.t, seed=seed)
    packed = pack_features(network.encoder, benchmark.smiles)
    config = TrainingConfig(epochs=epochs)
    trainer = Trainer(network, packed, benchmark, split, config, seed=seed, device="cpu")
    for _ in range(epochs):
        trainer.epoch(lambda _: None)
    return Trained(network.eval(), packed, trainer.targets, benchmark, split, seed)


class WithoutKinks(TorchFunctionMode):
    """Put a smooth activation for every ReLU, so that a first order exists wherever training ended.

    How near a kink a compound lies depends on the rounding of the processor that trained.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Call a function of torch, or softplus for a ReLU."""
        if getattr(func, "__name__", "") in ("relu", "relu_", "leaky_relu"):
            return torch.nn.functional.softplus(args[0])
        return func(*args, **(kwargs or {}))


def in_double_precision(trained: Trained) -> Trained:
    """Return a network, itself turned to double precision, with features to match."""
    return replace(trained, network=trained.network.double(), packed=Doubled(trained.packed))


def trace_in_double_precision(benchmark: Benchmark, name: str, config: TrainingConfig) -> Trace:
    """Return what a training in double precision logs.

    In single precision a gradient that is zero but for rounding moves its parameter by a whole step of
    Adam, so that two orders of the same sums, or two processors, soon train different networks.
    """
    network = Network(SMALL[name], benchmark.t, seed=0).double()
    packed = Doubled(pack_features(network.encoder, benchmark.smiles))
    trainer = Trainer(network, packed, benchmark, split_of(benchmark), config, seed=0, device="cpu")
    trainer.targets = replace(trainer.targets, values=trainer.targets.values.double())
    for _ in range(config.epochs):
        trainer.epoch(lambda _: None)
    return trainer.trace()


@dataclass(frozen=True)
class Doubled:
    """Features in double precision."""

    packed: Packed

    def batch(self, compounds: torch.Tensor) -> Any:
        """Return a batch, whose tensors may be the fields of a dataclass."""
        found: Any = self.packed.batch(compounds)
        if isinstance(found, torch.Tensor):
            return found.double()
        parts = {name: part.double() for name, part in vars(found).items() if part.is_floating_point()}
        return replace(found, **parts)


@dataclass(frozen=True)
class Asked:
    """Where intermediate results go."""

    cache: Path


class Given:
    """A context of networks that are trained already."""

    def __init__(self, cache: Path, *networks: Trained, seed: int = 0) -> None:
        self.request, self.networks, self.seed = Asked(cache), networks, seed

    @property
    def benchmark(self) -> Any:
        """The benchmark of the networks."""
        return self.networks[0].benchmark

    def trained(self) -> tuple[Trained, ...]:
        """Return the networks."""
        return self.networks


def table_of(columns: Any) -> Any:
    """Return labels (n, t) of columns."""
    return np.array(columns, dtype=float).T

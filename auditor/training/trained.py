"""A trained network with the compounds and labels that it saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.benchmark.benchmark import Benchmark
    from auditor.training.encoder import Packed
    from auditor.training.loss import TargetTable
    from auditor.training.network import Network
    from auditor.training.splits import Split


@dataclass(frozen=True)
class Trained:
    """The network of one training, as it was at the end of its best epoch, in evaluation mode.

    Parameters
    ----------
    network
        Encoder (the shared parameters) and heads.
    packed
        The features of all compounds.
    targets
        The labels of all compounds, regression labels standardised by the training compounds.
    benchmark, split
        What was trained on.
    seed
        Of the training.
    """

    network: Network
    packed: Packed
    targets: TargetTable
    benchmark: Benchmark
    split: Split
    seed: int

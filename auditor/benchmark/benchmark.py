"""A benchmark after joining: compounds by identity, labels sparse, every exclusion counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.benchmark.labels import Labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.source.rows import Task


@dataclass(frozen=True)
class Benchmark:
    """Compounds, tasks and labels, joined at one identity level.

    Parameters
    ----------
    name
        As the user named it.
    tasks
        (t,) in the order of reports.
    compounds
        Compound names at the identity level (n,).
    smiles
        The first published SMILES of each compound (n,): what an encoder sees.
    labels
        Measured labels (n, t), sparse.
    identity
        Name of the identity level.
    truth
        Designed correlation (t, t) of a generated benchmark, else None.
    notes, stamps
        Known defects, and sentences that every rendering must show beside its title.
    provenance
        JSON-able facts about files, counts in and out, licence, citation.
    features
        Of examples that are no molecules (n, p); ``smiles`` then holds their keys. Else None.
    """

    name: str
    tasks: tuple[Task, ...]
    compounds: tuple[str, ...]
    smiles: tuple[str, ...]
    labels: Labels
    identity: str
    truth: NDArray[np.float64] | None = None
    notes: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    features: NDArray[np.float64] | None = None

    @property
    def n(self) -> int:
        """Number of compounds."""
        return self.labels.n

    @property
    def t(self) -> int:
        """Number of tasks."""
        return self.labels.t

    @property
    def inputs(self) -> Sequence[str] | NDArray[np.float64]:
        """What an encoder reads: the SMILES (n,), or the features (n, p) of examples that have none."""
        return self.smiles if self.features is None else self.features

    def bytes_of_inputs(self) -> bytes:
        """Return what an encoder reads as bytes, by which trainings are told apart."""
        told = "\n".join(self.smiles).encode()
        return told if self.features is None else told + b"|" + self.features.astype("<f8").tobytes()

    @property
    def task_names(self) -> tuple[str, ...]:
        """Names of the tasks (t,)."""
        return tuple(task.name for task in self.tasks)

"""What a source hands over: raw published rows, one table per task.

Joining, compound identity, duplicates, disagreeing replicates and overlap are the core's, done once
for every source; otherwise overlap would compare adapters instead of data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.source.account import Account
    from auditor.source.files import SourceFiles

Kind = Literal["classification", "regression"]

LARGEST = 1e100
"""Beyond it, or below its inverse, squares of numbers are none any more: nothing measured is there."""


def out_of_reach(numbers: NDArray[np.float64]) -> str:
    """Return which values no statistic can be made of, "" where there are none.

    Parameters
    ----------
    numbers : shape (rows,)
        Labels of a task; NaN where nothing was measured.
    """
    sizes = np.abs(numbers[np.isfinite(numbers)])
    most = float(sizes.max(initial=0.0))
    if most > LARGEST:
        return f"a value of size {most:g}, and none beyond {LARGEST:g} can be computed with"
    return f"values that are all closer to 0 than {1 / LARGEST:g}" if 0 < most < 1 / LARGEST else ""


@dataclass(frozen=True)
class Task:
    """One measured quantity.

    ``unit`` is the source's own text; ``low`` and ``high`` bound what is physically plausible in it.
    ``assay`` names the assay that the labels were read from, where several tasks may share one;
    ``domain`` names the source, where a panel joins several.
    """

    name: str
    kind: Kind
    unit: str = ""
    description: str = ""
    low: float = -np.inf
    high: float = np.inf
    assay: str = ""
    domain: str = ""


@dataclass(frozen=True)
class TaskTable:
    """The published rows of one task: SMILES and values (m,), duplicates kept, NaN left out.

    ``limits`` (m,) is 1 or -1 where only a limit of the value is known, above or below it. Such a row
    counts as measured and gives no label. None: every value is exact. ``rows`` (m,) is the row of the
    file that each value stands in, from 1 below the header; None where the source does not say.
    """

    task: Task
    smiles: Sequence[str]
    values: NDArray[np.float64]
    limits: NDArray[np.int8] | None = None
    rows: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        if len(self.smiles) != len(self.values):
            raise ValueError(
                f"task '{self.task.name}' has {len(self.smiles)} SMILES and {len(self.values)} values"
            )


@dataclass(frozen=True)
class Features:
    """The features of examples that are no molecules.

    Parameters
    ----------
    names
        Of the features (p,).
    keys
        What each example is called (m,), all different: the texts of `TaskTable.smiles`.
    values
        Finite numbers (m, p): each feature with mean 0 and variance 1, or 0 throughout where it is
        constant, so that no unit matters. A network that normalises by its training examples learns
        nothing of the others by that.
    """

    names: tuple[str, ...]
    keys: tuple[str, ...]
    values: NDArray[np.float64]


@dataclass(frozen=True)
class SourceData:
    """All tables of a benchmark, with what is known of the truth and of the data's defects.

    Parameters
    ----------
    tables
        One per task, in the order of reports.
    truth
        Designed correlation between tasks (t, t), for generated benchmarks only.
    notes
        Known defects of the data, one sentence each, for the report's section on data problems.
    stamps
        Sentences that every rendering must show beside its title (this is a subset).
    licence, citation
        As the publisher states them.
    account
        How one's own table was read; None for a source, which publishes rows and no table.
    features
        Of examples that are no molecules; their tables hold keys in the place of SMILES. Else None.
    """

    tables: tuple[TaskTable, ...]
    truth: NDArray[np.float64] | None = None
    notes: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()
    licence: str = ""
    citation: str = ""
    account: Account | None = None
    features: Features | None = None


class DatasetSource(Protocol):
    """A function that reads a benchmark; its keyword-only arguments are the dataset's options."""

    def __call__(self, files: SourceFiles) -> SourceData:
        """Return the published rows."""

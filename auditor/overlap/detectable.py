"""Which correlation the shared compounds of a pair show in four of five samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.overlap.class_tables import class_tables, of_classes
from auditor.statistics.power import detectable_of_class, detectable_of_values, detectable_phi

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.labels import Labels

FEWEST = 7
"""Shared compounds below which no correlation is stated."""


@dataclass(frozen=True)
class Reach:
    """The smallest |r| found with at least 80 % power by the test of E, each (t, t); NaN where none is.

    Parameters
    ----------
    above
        Of a positive correlation.
    below
        Of a negative one, as |r|: with rare classes there is often none.
    """

    above: NDArray[np.float64]
    below: NDArray[np.float64]


def detectable(labels: Labels, support: NDArray[np.int64], constant: NDArray[np.bool_]) -> Reach:
    """Return what every pair can show: of classes by their positives, else by the number of compounds."""
    above, below = (np.full(support.shape, np.nan) for _ in range(2))
    classes = of_classes(labels)
    rows, columns = np.triu_indices(len(support), 1)
    known = (support >= FEWEST)[rows, columns] & ~(constant | constant.T)[rows, columns]
    i, j = rows[known], columns[known]
    if not len(i):
        return Reach(above, below)
    tables = class_tables(labels, i, j)
    binary = classes[i] & classes[j]
    of_classes_only = detectable_phi(
        *(part[binary] for part in (tables.first, tables.second, tables.total))
    )
    above[i[binary], j[binary]] = of_classes_only.above
    below[i[binary], j[binary]] = -of_classes_only.below
    mixed = classes[i] ^ classes[j]
    positive = np.where(classes[i], tables.first, tables.second)[mixed]
    of_values = detectable_of_values(tables.total)
    of_values[mixed] = detectable_of_class(positive, tables.total[mixed])
    for matrix in (above, below):
        matrix[i[~binary], j[~binary]] = of_values[~binary]
        matrix[columns, rows] = matrix[rows, columns]
    return Reach(above, below)

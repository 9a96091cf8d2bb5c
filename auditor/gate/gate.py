"""The gate: which pairs of tasks share enough compounds, and whether the benchmark does.

The thresholds are the paper's claim, not a law; they are options, and beside every verdict stands
the correlation that the shared compounds can detect at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

import numpy as np

from auditor.gate.reliable_subset import largest_clique

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.labels import Labels
    from auditor.overlap.label_correlation import Empirical
    from auditor.overlap.overlap import Overlap

Status = Literal["pass", "partial", "fail"]
MIN_RELIABLE_PAIRS = 3


class Pair(IntEnum):
    """What the gate says of a pair of tasks."""

    NOT_ESTIMABLE = 0
    UNRELIABLE = 1
    BORDERLINE = 2
    RELIABLE = 3

    @property
    def text(self) -> str:
        """The verdict in words."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True)
class Thresholds:
    """Where the gate draws its lines.

    Parameters
    ----------
    measure
        Which overlap is compared: ``"jaccard"`` is the paper's equation 4.
    reliable, borderline
        Fractions at or above which a pair is reliable or borderline.
    min_support
        Shared compounds below which nothing is estimated.
    """

    measure: str = "jaccard"
    reliable: float = 0.40
    borderline: float = 0.30
    min_support: int = 20


@dataclass(frozen=True)
class Gate:
    """The verdict on a benchmark.

    Parameters
    ----------
    status
        ``"pass"``: every pair is reliable. ``"fail"``: fewer than three pairs are reliable, or the
        typical (median) pair is below the borderline. ``"partial"``: anything between.
    pairs
        `Pair` codes (t, t), symmetric; the diagonal is meaningless.
    counts
        Number of pairs per code.
    subset
        The largest set of tasks found whose pairs are all reliable, as indices; of several such
        sets the one with the most compounds measured in all its tasks, where labels were given.
    subset_bound
        No such set has more tasks than this; the size of ``subset`` where that is proven to be the
        largest.
    subset_compounds
        Compounds measured in every task of the subset; None where no labels were given.
    """

    status: Status
    thresholds: Thresholds
    pairs: NDArray[np.int8]
    counts: dict[str, int]
    subset: tuple[int, ...]
    subset_bound: int = 0
    subset_compounds: int | None = None

    @property
    def subset_exact(self) -> bool:
        """Whether no larger set of tasks has only reliable pairs; else the subset is a lower bound."""
        return len(self.subset) == self.subset_bound

    @property
    def reliable(self) -> NDArray[np.bool_]:
        """Which pairs are reliable (t, t)."""
        reliable: NDArray[np.bool_] = self.pairs == Pair.RELIABLE
        return reliable


def judge(
    overlap: Overlap,
    empirical: Empirical,
    thresholds: Thresholds,
    *,
    labels: Labels | None = None,
) -> Gate:
    """Return the gate's verdict on every pair and on the benchmark.

    ``labels`` settle which of several largest reliable subsets is named: the one with the most
    compounds measured in all its tasks.
    """
    fraction = overlap.measure(thresholds.measure)
    pairs = np.full(fraction.shape, Pair.UNRELIABLE, dtype=np.int8)
    pairs[fraction >= thresholds.borderline] = Pair.BORDERLINE
    pairs[fraction >= thresholds.reliable] = Pair.RELIABLE
    support = np.minimum(overlap.support, empirical.support)
    unknown = (support < thresholds.min_support) | empirical.constant | empirical.constant.T
    pairs[unknown] = Pair.NOT_ESTIMABLE
    codes = pairs[np.triu_indices(len(pairs), 1)]
    counts = {code.text: int((codes == code).sum()) for code in Pair}
    found = largest_clique(pairs == Pair.RELIABLE, labels=labels)
    return Gate(
        status=_status(codes),
        thresholds=thresholds,
        pairs=pairs,
        counts=counts,
        subset=found.tasks,
        subset_bound=found.bound,
        subset_compounds=found.compounds,
    )


def _status(codes: NDArray[np.int8]) -> Status:
    reliable = int((codes == Pair.RELIABLE).sum())
    if len(codes) and reliable == len(codes):
        return "pass"
    if reliable < MIN_RELIABLE_PAIRS or np.median(codes) <= Pair.UNRELIABLE:
        return "fail"
    return "partial"

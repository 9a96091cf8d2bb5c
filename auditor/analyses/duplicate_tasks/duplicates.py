"""Tasks that are one task under two names, and tasks that were read from one assay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from auditor.benchmark.equality import same_value
from auditor.benchmark.labels import from_columns
from auditor.overlap.label_correlation import empirical_correlation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.labels import Labels
    from auditor.overlap.label_correlation import Empirical
    from auditor.source.rows import Kind, Task

SAME = 0.999
"""|E| above which two tasks are one."""
ALIKE = 0.8
"""|E|, or its like for ranks, above which two tasks' labels are compared one by one."""
SURELY = 0.7
"""|E| beyond which its whole interval lies where two classification tasks are called nearly the same."""
RANKED = 0.95
"""Rank correlation below which an |E| near 1 is the work of a few values far from all others."""
COPIED = 0.5
"""Share of close values from which one regression task is called a partial copy of another."""
CLOSE = 0.01
"""Difference, in standard deviations (`_spread`), up to which two values are close: no new assay."""
VARIED = 10
"""Shared compounds in the rarer class, or distinct shared values, below which likeness is chance."""
MOST = 5_000
"""Pairs compared label by label; the most correlated go first."""
Verdict = Literal[
    "identical",
    "same up to sign or scale",
    "same ranking, other scale",
    "partly copied",
    "nearly the same",
    "nearly opposite",
]


@dataclass(frozen=True)
class Twins:
    """Two tasks with the same labels.

    Parameters
    ----------
    first, second
        Task indices, the smaller first.
    verdict
        How much is the same.
    correlation, spearman
        E over the shared compounds, and the correlation of ranks.
    shared
        Compounds with a label for both.
    equal, close
        Shared compounds whose two labels are equal, and those where they differ by at most 1 % of
        the standard deviation.
    containment
        Shared compounds as a fraction of the smaller task.
    """

    first: int
    second: int
    verdict: Verdict
    correlation: float
    spearman: float
    shared: int
    equal: int
    close: int
    containment: float


def twins(labels: Labels, tasks: Sequence[Task], empirical: Empirical) -> list[Twins]:
    """Return the pairs of tasks that carry the same labels, the most alike first.

    A pair is compared only where E is estimable and the shared labels vary enough for their likeness
    to be no accident: ten compounds in the rarer class, or ten distinct values. "Nearly the same"
    and "nearly opposite" is said of two classification tasks whose 95 % interval of E lies beyond
    0.7, "partly copied" of two regression tasks with at least half of the values close. "Same ranking,
    other scale" are two regression tasks of one order, such as nM and its -log10.
    """
    correlation = np.abs(np.where(np.isfinite(empirical.values), empirical.values, 0.0))
    correlation = np.maximum(correlation, _of_ranks(labels, tasks))
    firsts, seconds = np.nonzero(np.triu(correlation > ALIKE, 1))
    interval = empirical.intervals
    sure = np.minimum(np.abs(interval.low), np.abs(interval.high)) > SURELY
    order = np.argsort(-correlation[firsts, seconds], kind="stable")[:MOST]
    found = [
        _compare(labels, tasks, int(i), int(j), float(empirical.values[i, j]), bool(sure[i, j]))
        for i, j in zip(firsts[order], seconds[order], strict=True)
    ]
    return [pair for pair in found if pair is not None]


def _of_ranks(labels: Labels, tasks: Sequence[Task]) -> NDArray[np.float64]:
    """Return |r| of the ranks that labels have within their own task (t, t); 0 for tasks of classes.

    On the shared compounds it is near, not equal, to Spearman's: it only tells which pairs to visit.
    """
    from scipy.stats import rankdata

    found = np.zeros((len(tasks), len(tasks)))
    places = [place for place, task in enumerate(tasks) if task.kind == "regression"]
    if len(places) > 1:
        columns = [labels.column(place) for place in places]
        ranks = from_columns(labels.n, [(rows, rankdata(values)) for rows, values in columns])
        found[np.ix_(places, places)] = np.nan_to_num(np.abs(empirical_correlation(ranks).values))
    return found


def _compare(
    labels: Labels, tasks: Sequence[Task], i: int, j: int, correlation: float, sure: bool
) -> Twins | None:
    (rows_i, values_i), (rows_j, values_j) = labels.column(i), labels.column(j)
    shared, at_i, at_j = np.intersect1d(rows_i, rows_j, assume_unique=True, return_indices=True)
    mine, other = values_i[at_i], values_j[at_j]
    equal = int(same_value(mine, other).sum())
    close = int((np.abs(mine - other) <= CLOSE * _spread(mine)).sum())
    kinds = {tasks[i].kind, tasks[j].kind}
    spearman = _spearman(mine, other)
    verdict = _verdict(kinds, correlation, spearman, equal == len(shared), close / len(shared), sure)
    if verdict is None or min(_variety(mine), _variety(other)) < VARIED:
        return None
    smaller = min(len(rows_i), len(rows_j))
    return Twins(i, j, verdict, correlation, spearman, len(shared), equal, close, len(shared) / smaller)


def _spread(values: NDArray[np.float64]) -> float:
    """Return the standard deviation, or that of the middle half where a few far values make it larger."""
    low, high = np.percentile(values, (25, 75))
    middle = float(high - low) / 1.349
    return min(float(values.std()), middle) if middle > 0 else float(values.std())


def _spearman(mine: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    from scipy.stats import rankdata

    return float(np.corrcoef(rankdata(mine), rankdata(other))[0, 1])


def _variety(values: NDArray[np.float64]) -> int:
    """Return the size of the rarer class where there are two, else the number of distinct values."""
    counts = np.unique(values, return_counts=True)[1]
    return int(counts.min()) if len(counts) == 2 else len(counts)


def _verdict(
    kinds: set[Kind], correlation: float, spearman: float, equal: bool, close: float, sure: bool
) -> Verdict | None:
    if equal:
        return "identical"
    if abs(correlation) > SAME and abs(spearman) > RANKED:
        return "same up to sign or scale"
    if kinds == {"regression"} and abs(spearman) > SAME:
        return "same ranking, other scale"
    if kinds == {"classification"} and sure:
        return "nearly the same" if correlation > 0 else "nearly opposite"
    return "partly copied" if kinds == {"regression"} and close >= COPIED else None


@dataclass(frozen=True)
class ReadOuts:
    """Tasks that were read from one assay.

    ``certain`` where the source names the assay, which ``by`` then holds; otherwise the names of the
    tasks differ only in the words that ``by`` holds.
    """

    tasks: tuple[int, ...]
    certain: bool
    by: str


_SIGNS = (
    "up", "dn", "down", "pos", "neg", "positive", "negative", "agonist", "antagonist", "activation",
    "inhibition", "gain", "loss", "ratio", "ch1", "ch2", "viability", "lbd",
)  # fmt: skip
_SIGN = re.compile(rf"({'|'.join(_SIGNS)}|\d+(h|hr|hrs|hpf|d|min))", re.IGNORECASE)


def readouts(tasks: Sequence[Task]) -> list[ReadOuts]:
    """Return groups of tasks that share an assay by the source's word, and those perhaps by name."""
    stated = _groups([(task.domain, task.assay) if task.assay else None for task in tasks])
    known = {frozenset(group) for group in stated.values()}
    found = [ReadOuts(tuple(group), True, key[1]) for key, group in stated.items()]
    split = [_stem(task.name) for task in tasks]
    alike = _groups([(tasks[place].domain, stem) for place, (stem, _) in enumerate(split)])
    for group in alike.values():
        if any(known_group.issuperset(group) for known_group in known):
            continue
        told = sorted({word for i in group for word in split[i][1]}, key=str.lower)
        found.append(ReadOuts(tuple(group), False, ", ".join(told)))
    return found


def _stem(name: str) -> tuple[str, tuple[str, ...]]:
    """Split a name into what is measured and the words for direction, channel, time or domain."""
    words = [word for word in re.split(r"[_\W]+", name) if word]
    signs = tuple(word for word in words if _SIGN.fullmatch(word))
    stem = " ".join(word.lower() for word in words if word not in signs)
    return (stem, signs) if stem else (name, ())


def _groups(keys: Sequence[tuple[str, str] | None]) -> dict[tuple[str, str], list[int]]:
    groups: dict[tuple[str, str], list[int]] = {}
    for place, key in enumerate(keys):
        if key is not None:
            groups.setdefault(key, []).append(place)
    return {key: group for key, group in groups.items() if len(group) > 1}


def median_correlation(empirical: Empirical, group: Sequence[int]) -> float:
    """Return the median |E| of the pairs of a group; NaN where no pair is estimable."""
    part: NDArray[np.float64] = np.abs(empirical.values[np.ix_(group, group)])
    values = part[np.triu_indices(len(group), 1)]
    return float(np.nanmedian(values)) if np.isfinite(values).any() else float("nan")

"""What measured gains say: how large, how sure, how repeatable, and which affinity foretold them."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.benefit.result import Beyond, Foretold, GroupRow, Size, TaskRow, View
from auditor.analyses.benefit.transfer_rule import rule_of
from auditor.statistics.association import Association, associate, correlation
from auditor.statistics.directed import FEWEST_TASKS, associate_directed, by_recipient
from auditor.statistics.pairs import upper
from auditor.statistics.replication import mean_over_seeds, spearman_brown
from auditor.statistics.student import reach
from auditor.transfer.measured.gains import Gains
from auditor.transfer.measured.matrices import directed, member_mean, pair_error, pair_reach, total_error

if TYPE_CHECKING:
    from numpy.typing import NDArray


def pair_benefit(found: Gains) -> NDArray[np.float64]:
    """Return the benefit of every pair and seed (s, t, t), symmetric: the mean gain of its two tasks."""
    one_way = directed(found.gains, found.members)
    both: NDArray[np.float64] = (one_way + np.swapaxes(one_way, -1, -2)) / 2
    return both


def size_of_benefit(found: Gains) -> Size:
    """Return the mean benefit of pairs with its interval over tasks, and how many pairs gain."""
    pairs = found.members.sum(axis=1) == 2
    mean = mean_over_seeds(member_mean(found.gains, found.members)[:, pairs])
    error, reach = pair_error(found)[pairs], pair_reach(found)[pairs]
    known = np.isfinite(mean)
    rows, columns = _tasks_of_pairs(found.members[pairs][known])
    low, high = _mean_interval(mean[known], rows, columns)
    return Size(
        pairs=int(known.sum()),
        mean=float(mean[known].mean()) if known.any() else np.nan,
        low=low,
        high=high,
        share_positive=float((mean[known] > 0).mean()) if known.any() else np.nan,
        beyond=Beyond(
            gain=int((mean[known] > reach[known]).sum()),
            loss=int((mean[known] < -reach[known]).sum()),
        ),
        median_standard_error=float(np.nanmedian(error)) if np.isfinite(error).any() else np.nan,
    )


def _mean_interval(
    values: NDArray[np.float64], rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> tuple[float, float]:
    """Return the 95 % interval of the mean over pairs (p,), by leaving out each task in turn.

    NaN below five tasks. Where tasks do not matter it is too wide: the variance is taken to be theirs.

    Reference: Arvesen 1969, Ann. Math. Statist. 40:2076 (the jackknife of U-statistics, with Student's t).
    """
    tasks = np.union1d(rows, columns)
    if len(tasks) < FEWEST_TASKS:
        return np.nan, np.nan
    rest = (rows != tasks[:, None]) & (columns != tasks[:, None])
    count = rest.sum(axis=1)
    if not count.all():
        return np.nan, np.nan
    left_out, n = rest @ values / count, len(tasks)
    error = np.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum())
    far = float(reach(np.array(n - 1)) * error)
    return float(values.mean()) - far, float(values.mean()) + far


def reliability(found: Gains, *, per_recipient: bool = False, ordered: bool = False) -> float:
    """Return how repeatable the mean over seeds is: the correlation with another such mean.

    From the mean correlation between two seeds, by Spearman-Brown. It bounds what an estimate can
    be correlated with. The test compounds are the same for all seeds, so that their choice does not
    lower it. NaN with one seed.
    """
    matrices = directed(found.gains, found.members) if ordered or per_recipient else pair_benefit(found)
    if per_recipient:
        matrices = np.array([by_recipient(matrix) for matrix in matrices])
    flat = [m[~np.eye(len(m), dtype=bool)] if ordered or per_recipient else upper(m) for m in matrices]
    between = []
    for a, b in combinations(flat, 2):
        keep = np.isfinite(a) & np.isfinite(b)
        between.append(correlation(a[keep], b[keep]))
    if not between or not np.isfinite(between).all():
        return float("nan")
    return spearman_brown(float(np.mean(between)), len(flat))


def foretold(
    found: Gains,
    values: NDArray[np.float64],
    *,
    symmetric: bool,
    own_reliability: float,
    seed: int,
) -> Foretold:
    """Return how an affinity (t, t) goes with the measured gains, in three views.

    ``pairs`` holds it against the benefit of a pair, ``pooled`` against the gain of each recipient,
    ``per_recipient`` within each recipient's column. Each with its noise ceiling, the correlation
    that a perfect estimate with the same noise would reach, and r divided by it.
    """
    one_way = mean_over_seeds(directed(found.gains, found.members))
    both_ways = mean_over_seeds(pair_benefit(found))
    mutual = (values + values.T) / 2
    pairs = associate(mutual, both_ways, seed=seed)
    pooled = associate_directed(values, one_way, seed=seed)
    within = associate_directed(values, one_way, seed=seed, per_recipient=True)
    return Foretold(
        pairs=_with_ceiling(pairs, reliability(found), own_reliability),
        pooled=_with_ceiling(pooled, reliability(found, ordered=True), own_reliability),
        per_recipient=_with_ceiling(within, reliability(found, per_recipient=True), own_reliability),
        symmetric=symmetric,
        rule=rule_of(mutual, both_ways, seed=seed),
        rule_by_recipient=rule_of(values, one_way, seed=seed, ordered=True),
    )


def group_rows(found: Gains) -> list[GroupRow]:
    """Return mean gain and standard error of every group of more than two tasks, and of each member."""
    mean, own = mean_over_seeds(found.gains), mean_over_seeds(found.own_gains)
    error, pooled = total_error(found), pair_error(found)
    rows = []
    for place in np.flatnonzero(found.members.sum(axis=1) > 2):
        inside = found.members[place]
        rows.append(
            GroupRow(
                tasks=[name for name, member in zip(found.tasks, inside, strict=True) if member],
                mean=_mean(mean[place, inside]),
                standard_error=float(pooled[place]),
                mean_own_epochs=_mean(own[place, inside]),
                gaining=int((mean[place, inside] > 0).sum()),
                gains=mean[place, inside],
                gains_standard_error=error[place, inside],
                gains_own_epochs=own[place, inside],
            )
        )
    return rows


def single_rows(found: Gains) -> list[TaskRow]:
    """Return of every task its metric alone and how it fared in pairs."""
    one_way = mean_over_seeds(directed(found.gains, found.members))
    values = mean_over_seeds(found.values)
    alone = found.members.sum(axis=1) == 1
    rows = []
    for task, name in enumerate(found.tasks):
        place = np.flatnonzero(alone & found.members[:, task])
        score = float(values[place[0], task]) if len(place) else float("nan")
        gains = one_way[:, task]
        known = gains[np.isfinite(gains)]
        rows.append(
            TaskRow(
                task=name,
                metric=found.metrics[task],
                alone=score,
                test_labels=int(found.test_labels[task]),
                partners=len(known),
                mean_gain=_mean(known),
                helpful_partners=int((known > 0).sum()),
            )
        )
    return rows


def _with_ceiling(found: Association, repeated: float, own: float) -> View:
    product = repeated * (own if np.isfinite(own) else 1.0)
    ceiling = float(np.sqrt(product)) if product > 0 else float("nan")
    return View(
        **vars(found),
        reliability_of_benefit=repeated,
        reliability_of_affinity=own,
        ceiling=ceiling,
        disattenuated=found.pearson / ceiling if ceiling > 0 else float("nan"),
    )


def _tasks_of_pairs(members: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    places = np.nonzero(members)[1].reshape(-1, 2)
    return places[:, 0], places[:, 1]


def _mean(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")

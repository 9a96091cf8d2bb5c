"""What a recipient gains from all donors together: one Gaussian over the labels of many tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from auditor.transfer.kernel.gain import (
    CROSSED,
    FEWEST_TARGETS,
    Gain,
    Scale,
    Target,
    Task,
    prior_variance,
    weigh,
)
from auditor.transfer.kernel.held_out import Left

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.transfer.kernel.panel import Panel

LABELS = 2_400
"""Labels of donors that take part at most: whole donors, the best first, and a part of the last."""
_SMALLEST = 1e-3


@dataclass(frozen=True)
class Relations:
    """How the tasks of a panel relate, for one recipient.

    Parameters
    ----------
    r, rho
        Of every pair (t, t), 1 on the diagonal; NaN everywhere for a task that takes no part.
    without
        r of the recipient with each donor, from all labels but those of a fold (folds, t).
    doubt
        By target, the standard error of the predicted gain in R².
    """

    r: NDArray[np.float64]
    rho: NDArray[np.float64]
    without: NDArray[np.float64]
    doubt: Mapping[Target, float]

    @property
    def taking_part(self) -> NDArray[np.bool_]:
        """Which tasks take part (t,)."""
        return np.isfinite(np.diag(self.r))


@dataclass(frozen=True)
class FromAll:
    """What a recipient gains from its donors together.

    Parameters
    ----------
    gains
        By target; a target with too few compounds has none.
    donors, labels
        How many donors, and how many labels of theirs, took part at most in the prediction of a fold.
    """

    gains: dict[Target, Gain]
    donors: int
    labels: int


@dataclass(frozen=True)
class Pool:
    """Labels of several tasks: compounds, labels and the task's place, all (m,)."""

    rows: NDArray[np.int64]
    z: NDArray[np.float64]
    task: NDArray[np.int64]


def gain_from_all(
    panel: Panel, tasks: Sequence[Task | None], recipient: int, relations: Relations
) -> FromAll:
    """Return what a recipient gains from all its donors at once.

    Each fold is predicted from the other labels, with the correlations that do not know it. The
    donors' labels of the fold are left out for the target ``new`` and known for ``measured``; they come
    last in the covariance, so that one Cholesky factor serves both.

    Parameters
    ----------
    tasks
        Of the panel (t,); None where a task takes no part.
    """
    task = tasks[recipient]
    assert task is not None
    rows, folds = task.column.rows, panel.folds
    error = {target: np.full(len(rows), np.nan) for target in CROSSED}
    variance = {target: np.full(len(rows), np.nan) for target in CROSSED}
    known = np.zeros(len(rows), dtype=bool)
    donors = labels = 0
    for fold in np.unique(folds[rows]):
        pool = pooled(tasks, recipient, relations.without[fold])
        held = np.flatnonzero(folds[rows] == fold)
        for target, left in _predicted(panel, tasks, recipient, pool, int(fold), relations).items():
            error[target][held], variance[target][held] = left.error, left.variance
        known[held] = np.isin(rows[held], pool.rows)
        donors, labels = max(donors, len(np.unique(pool.task))), max(labels, len(pool.rows))
    gains: dict[Target, Gain] = {}
    for target in CROSSED:
        targets = known if target == "measured" else np.ones(len(rows), dtype=bool)
        if targets.sum() >= FEWEST_TARGETS:
            fall = float((task.alone.variance - variance[target])[targets].mean())
            reduction = (fall / prior_variance(task, targets), relations.doubt[target])
            gains[target] = of_target(weigh(task, panel.groups[rows], targets, error[target], reduction))
    return FromAll(gains, donors, labels)


def of_target(gain: Gain) -> Gain:
    """Return a gain from all donors with the doubt that its prediction deserves."""
    auroc = None if gain.auroc is None else _doubted(gain.auroc)
    return replace(gain, r2=_doubted(gain.r2), auroc=auroc)


def _doubted(gain: Scale) -> Scale:
    """Return a gain whose prediction may be as far off as it lies from the measured gain.

    It takes every r as the truth, so that what the posteriors of single pairs leave open is too little.
    """
    apart = abs(gain.predicted - gain.measured.value)
    return replace(gain, predicted_error=max(gain.predicted_error, apart))


def _predicted(
    panel: Panel,
    tasks: Sequence[Task | None],
    recipient: int,
    pool: Pool,
    fold: int,
    relations: Relations,
) -> dict[Target, Left]:
    """Return the recipient's labels of a fold, predicted from its others and a pool of donors' labels."""
    task = tasks[recipient]
    assert task is not None
    rows, z, folds = task.column.rows, task.column.z, panel.folds
    r, rho = _correlations(relations, recipient, fold)
    own, held = np.flatnonzero(folds[rows] != fold), np.flatnonzero(folds[rows] == fold)
    inside = folds[pool.rows] == fold
    order = np.argsort(inside, kind="stable")
    used = Pool(
        np.concatenate([rows[own], pool.rows[order]]),
        np.concatenate([z[own], pool.z[order]]),
        np.concatenate([np.full(len(own), recipient), pool.task[order]]),
    )
    target = Pool(rows[held], z[held], np.full(len(held), recipient))
    root = cholesky(_covariance(panel, tasks, used, used, r, rho), lower=True, check_finite=False)
    half = solve_triangular(root, used.z, lower=True)
    reach = solve_triangular(root, _covariance(panel, tasks, used, target, r, rho), lower=True)
    prior = task.share.signal * np.diag(task.kernel)[held] + task.share.noise
    ends: dict[Target, int] = {"new": len(used.rows) - int(inside.sum()), "measured": len(used.rows)}
    return {
        name: Left(z[held] - reach[:end].T @ half[:end], prior - (reach[:end] ** 2).sum(axis=0))
        for name, end in ends.items()
    }


def joined(
    panel: Panel,
    tasks: Sequence[Task | None],
    recipient: int,
    pool: Pool,
    targets: NDArray[np.int64],
    relations: Relations,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the covariance of a recipient's and its donors' labels, and theirs with labels of targets."""
    task = tasks[recipient]
    assert task is not None
    rows, z = task.column.rows, task.column.z
    used = Pool(
        np.concatenate([rows, pool.rows]),
        np.concatenate([z, pool.z]),
        np.concatenate([np.full(len(rows), recipient), pool.task]),
    )
    wanted = Pool(targets, np.zeros(len(targets)), np.full(len(targets), recipient))
    r, rho = definite(relations.r), definite(relations.rho)
    return _covariance(panel, tasks, used, used, r, rho), _covariance(panel, tasks, used, wanted, r, rho)


def pooled(tasks: Sequence[Task | None], recipient: int, r: NDArray[np.float64]) -> Pool:
    """Return the labels of donors, best first by |r| √h, up to `LABELS`."""
    merit = {
        place: abs(r[place]) * np.sqrt(task.share.h)
        for place, task in enumerate(tasks)
        if task is not None and place != recipient and np.isfinite(r[place])
    }
    left, parts = LABELS, []
    for place in sorted(merit, key=lambda one: -merit[one]):
        task = tasks[place]
        assert task is not None
        m = len(task.column.rows)
        taken = np.arange(m) if m <= left else np.linspace(0, m - 1, left).astype(np.int64)
        parts.append((task.column.rows[taken], task.column.z[taken], np.full(len(taken), place)))
        left -= len(taken)
        if left <= 0:
            break
    rows, z, task_of = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Pool(rows, z, task_of)


def _correlations(
    relations: Relations, recipient: int, fold: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return r and ρ of all tasks, without a fold of the recipient's labels, positive definite."""
    r = relations.r.copy()
    r[recipient], r[:, recipient] = relations.without[fold], relations.without[fold]
    return definite(r), definite(relations.rho)


def definite(correlation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the positive definite correlation matrix near to a symmetric one (t, t); NaN is taken as 0.

    Eigenvalues below 0.001 are raised to it, and the diagonal is made 1 again.

    Reference: Rebonato & Jäckel 2000, J. Risk 2:17.
    """
    filled = np.nan_to_num(correlation)
    np.fill_diagonal(filled, 1)
    d, vectors = np.linalg.eigh((filled + filled.T) / 2)
    raised = (vectors * np.maximum(d, _SMALLEST)) @ vectors.T
    scale = np.sqrt(np.diag(raised))
    found: NDArray[np.float64] = raised / np.outer(scale, scale)
    return found


def _covariance(
    panel: Panel,
    tasks: Sequence[Task | None],
    left: Pool,
    right: Pool,
    r: NDArray[np.float64],
    rho: NDArray[np.float64],
) -> NDArray[np.float64]:
    signal = np.sqrt([0.0 if task is None else task.share.signal for task in tasks])
    noise = np.sqrt([0.0 if task is None else task.share.noise for task in tasks])
    by_task = (r * np.outer(signal, signal))[np.ix_(left.task, right.task)]
    found: NDArray[np.float64] = panel.similarity.block(left.rows, right.rows)
    found *= by_task
    place, across = np.nonzero(left.rows[:, None] == right.rows)
    i, j = left.task[place], right.task[across]
    found[place, across] += (rho * np.outer(noise, noise))[i, j]
    return found

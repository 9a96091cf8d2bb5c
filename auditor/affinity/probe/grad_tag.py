"""Grad-TAG: what tasks gain from one another in a network made linear around its training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from auditor import console
from auditor.affinity.probe.per_sample import Cells, cells_of
from auditor.affinity.probe.projected_store import projected_gradients
from auditor.affinity.probe.projection import projection_error
from auditor.affinity.probe.refits import Metric, Plan, gains
from auditor.audit.results import AffinityMatrix
from auditor.errors import DataError, UsageError
from auditor.seeding import derive
from auditor.statistics.replication import between_seeds, pooled, reliability, resampled_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.audit.context import AuditContext
    from auditor.training.trained import Trained

NAME = "grad-tag"
MOST_TASKS_IN_PAIRS = 40
"""Tasks up to which every pair is refitted unless subsets are asked for."""
SUBSETS = 2_500
MEANING = (
    "What the recipient's predictions of held-out compounds gain when the source's labels are fitted "
    "beside its own, in a network made linear around its training on all tasks. Positive: the source "
    "helps."
)
POOLS = {
    "training": "The held-out compounds were among those that this training saw.",
    "unseen": "All compounds are test compounds, which this training did not see.",
}


def estimate(
    context: AuditContext,
    *,
    projections: int = 200,
    compounds: int = 2_000,
    pool: Literal["training", "unseen"] = "training",
    metric: Metric = "log-likelihood",
    splits: int = 10,
    held_out: float = 0.2,
    ridge: float = 100.0,
    subsets: int | None = None,
    size: int = 6,
    route: Literal["auto", "labels", "directions"] = "auto",
) -> AffinityMatrix:
    """Return what every task gains from every other by linear refits; trains if nobody has.

    The gradients are those of the outputs by the shared parameters, in evaluation mode: a head is the
    task's own and stays as trained.

    Parameters
    ----------
    projections
        Random directions k in which the network is made linear.
    compounds
        At most so many, drawn at random.
    pool
        The compounds that refits are fitted to and judged on: of the training side, where f0 has met
        every label already; or those that the training did not see, the test compounds.
    metric
        ``log-likelihood``: mean per held-out label. ``auroc``: NaN where the recipient is a regression.
    splits, held_out
        Random splits of these compounds, and the fraction that a refit does not see.
    ridge
        Factor of |d|^2 / 2 beside the summed loss; scikit-learn's 1 / C.
    subsets, size
        Refits on so many random sets of tasks of this size, in place of all pairs: the affinity is the
        mean over the sets that hold both. By default 0, all pairs, up to 40 tasks, and 2,500 beyond.
    route
        How gradients are projected, see `auditor.affinity.probe.projection`; no matter to the result.

    Raises
    ------
    UsageError
        An option out of its range, or an audit without training.

    Reference
    ---------
    Li, Sharma & Zhang 2024, KDD. Departures from its released code, after its text: the offset f0 is
    kept, splits are random over compounds, dropout is off, and only shared parameters move.
    """
    chosen = _subsets(context.benchmark.t, subsets)
    plan = Plan(splits, held_out, chosen, size, ridge, metric)
    _check(plan, projections, compounds)
    networks = context.trained()
    if not networks:
        raise UsageError(f"{NAME} needs trained networks", hint="mtl-audit analyze trains them")
    cells = sampled(networks[0], pool, compounds, seed=derive(context.seed, NAME, "compounds"))
    made = [_one(context, trained, cells, plan, projections, route) for trained in networks]
    means = np.array([_mean(found) for found, _ in made])
    errors = np.array([resampled_error(found, held_out) for found, _ in made])
    values, error = pooled(means, errors)
    reach = float(np.nanmax(np.abs(values), initial=0.0)) or 1.0
    return AffinityMatrix(
        estimator=NAME,
        tasks=context.benchmark.task_names,
        values=values,
        standard_error=error,
        count=np.sum([np.isfinite(found).sum(axis=0) for found, _ in made], axis=0),
        orientation="source-to-recipient",
        value_range=(-1.0, 1.0) if metric == "auroc" else (-reach, reach),
        meaning=f"{MEANING} {POOLS[pool]}",
        about={
            "seeds": len(networks),
            "observations": "random splits",
            "compounds": len(np.unique(cells.compounds)),
            "labels": len(cells),
            "pool": pool,
            "metric": metric,
            "ridge": ridge,
            "projections": projections,
            "projection_error": float(np.mean([lost for _, lost in made])),
            "refits": plan.refits(context.benchmark.t) * len(networks),
            "sets": f"{chosen:,} random sets of {size} tasks" if chosen else "all pairs",
            "interval": "standard error over random splits, corrected for what they share, and over seeds",
            "reliability": reliability(values, error),
            "between_seeds": between_seeds((means + means.transpose(0, 2, 1)) / 2),
            "gains_above_two_errors": int((values > 2 * error).sum()),
            "losses_below_two_errors": int((values < -2 * error).sum()),
        },
    )


def sampled(trained: Trained, pool: str, compounds: int, *, seed: int) -> Cells:
    """Return the labels of at most so many compounds of a pool, drawn at random.

    Raises
    ------
    DataError
        The pool has no label.
    """
    split = trained.split
    side = split.train if pool == "training" else split.test
    cells = cells_of(trained, side)
    if len(cells) == 0:
        raise DataError(f"{NAME}: no label among the {pool} compounds", hint="choose the other pool")
    names = np.random.default_rng(seed).permutation(np.unique(cells.compounds))
    return cells.take(np.isin(cells.compounds, names[:compounds]))


def _one(
    context: AuditContext,
    trained: Trained,
    cells: Cells,
    plan: Plan,
    projections: int,
    route: Literal["auto", "labels", "directions"],
) -> tuple[NDArray[np.float64], float]:
    """Return the gains on one network's splits (r, t, t), and the error of the projection."""
    projected = projected_gradients(
        trained,
        cells,
        directions=projections,
        purpose=NAME,
        route=route,
        cache=context.request.cache,
    )
    seed = derive(context.seed, NAME, trained.seed)
    kinds = trained.targets.classification.cpu().numpy()
    with console.progress(
        f"linear refits, seed {trained.seed}", plan.refits(context.benchmark.t)
    ) as advance:
        found = gains(cells, projected, kinds, plan, seed=seed, advance=advance)
    return found, projection_error(trained, cells, projected, seed=seed)


def _mean(found: NDArray[np.float64]) -> NDArray[np.float64]:
    count = np.isfinite(found).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: NDArray[np.float64] = np.nansum(found, axis=0) / count
    return mean


def _subsets(tasks: int, asked: int | None) -> int:
    if asked is not None:
        return asked
    return 0 if tasks <= MOST_TASKS_IN_PAIRS else SUBSETS


def _check(plan: Plan, projections: int, compounds: int) -> None:
    if min(projections, compounds, plan.splits) < 1 or plan.subsets < 0 or plan.size < 2:
        raise UsageError(
            f"{NAME} with {projections} projections, {compounds} compounds, {plan.splits} splits and "
            f"{plan.subsets} subsets of {plan.size}",
            hint="at least 1 of the first three, 0 subsets, and sets of 2",
        )
    if not 0 < plan.held_out < 1 or not plan.ridge > 0:
        raise UsageError(
            f"{NAME} with held_out={plan.held_out} and ridge={plan.ridge}",
            hint="a fraction between 0 and 1, and a positive ridge",
        )

"""Task2Vec: tasks whose labels are informative about the same shared parameters are near."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from auditor import console
from auditor.affinity.probe.fisher import RowFishers, row_fishers, squared_errors
from auditor.affinity.probe.fisher_products import FisherProducts, fisher_products
from auditor.affinity.probe.per_sample import Cells, cell_gradients, outputs_of, training_cells
from auditor.affinity.probe.projected_store import projected_gradients
from auditor.audit.results import AffinityMatrix
from auditor.errors import UsageError
from auditor.seeding import derive
from auditor.statistics.replication import between_seeds, jackknife_error, pooled, reliability

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from auditor.audit.context import AuditContext
    from auditor.training.trained import Trained

    Products = Callable[[NDArray[np.int64]], NDArray[np.float64]]

NAME = "task2vec"
LEAST = 20
"""Labels that a task needs."""
GROUPS = 20
"""Of compounds, left out in turn for the errors."""
EXACT_BYTES = 1 << 31
"""Memory that exact gradients for full Fisher matrices may take; beyond it they are projected."""
MEANING = (
    "Likeness of two tasks' Fisher information on the shared parameters of one trained encoder: 1 where "
    "the same parameters matter as much to both. It has no sign: tasks with opposite labels are as near "
    "as tasks with equal ones."
)


def estimate(
    context: AuditContext,
    *,
    fisher: Literal["diagonal", "full"] = "diagonal",
    compounds: int = 200,
    draws: int = 0,
    projections: int = 512,
) -> AffinityMatrix:
    """Return the affinity of the tasks' Fisher information; trains if nobody has.

    The probe is the encoder of the training of all tasks, and each task's head is as that training left
    it. Labels are those that the model would draw, not the data's, for compounds measured for the task
    on the training side. A task with fewer than 20 of them has none.

    Parameters
    ----------
    fisher
        ``diagonal``: mean squared gradients of single compounds, averaged over each row of a weight;
        the affinity is one minus Task2Vec's distance. ``full``: the cosine of the full matrices,
        pairs of labels of one compound left out.
    compounds
        At most so many per task, drawn for each task apart.
    draws
        Labels drawn per compound; 0 for the expectation over them, which has no noise of drawing.
    projections
        Of the gradients for full matrices, where they do not fit into 2 GiB: in two independent halves,
        so that a product of both is free of bias.

    Raises
    ------
    UsageError
        Too few compounds, draws or projections, or an audit without training.

    Reference
    ---------
    Achille et al. 2019, arXiv 1902.03545. Departures: its probe is trained on other data and the head
    refitted; its released code squares the gradients of batches, here of single compounds; two tasks'
    diagonals may rest on some of the same compounds, whose noise they then share.
    """
    _check(compounds, draws, projections)
    networks = context.trained()
    if not networks:
        raise UsageError(f"{NAME} needs trained networks", hint="mtl-audit analyze trains them")
    cells = sampled(training_cells(networks[0]), context, compounds)
    exact = fisher == "diagonal" or all(_fits(trained, cells) for trained in networks)
    found = [
        _measured(context, trained, cells, fisher, draws, 0 if exact else projections // 2)
        for trained in networks
    ]
    per_seed = np.array([one.affinity() for one in found])
    errors = [jackknife_error(np.array(list(one.replicates()))) for one in found]
    values, error = pooled(per_seed, np.array(errors))
    labels = np.bincount(cells.tasks, minlength=context.benchmark.t)
    return AffinityMatrix(
        estimator=NAME,
        tasks=context.benchmark.task_names,
        values=values,
        standard_error=error,
        count=np.add.outer(labels, labels) - np.diag(labels),
        value_range=_range(values),
        meaning=MEANING,
        about={
            "fisher": fisher,
            "seeds": len(networks),
            "observations": "labels of either task in the sample",
            "compounds_per_task": compounds,
            "draws": draws,
            "head": "as trained",
            "probe": "the encoder of the training of all tasks",
            "interval": f"standard error by a jackknife over {GROUPS} groups of compounds, and over seeds",
            "reliability": reliability(values, error),
            "between_seeds": between_seeds(per_seed),
            "gradients": "exact" if exact else f"in 2 x {projections // 2} directions",
        },
    )


def sampled(cells: Cells, context: AuditContext, compounds: int) -> Cells:
    """Return at most so many labels of each task, and none of a task with too few."""
    kept = []
    for task, name in enumerate(context.benchmark.task_names):
        own = np.flatnonzero(cells.tasks == task)
        if len(own) >= LEAST:
            rng = np.random.default_rng(derive(context.seed, NAME, "compounds", name))
            kept.append(rng.permutation(own)[:compounds])
    return cells.take(np.concatenate(kept) if kept else np.zeros(0, dtype=np.int64))


def _measured(
    context: AuditContext,
    trained: Trained,
    cells: Cells,
    fisher: str,
    draws: int,
    directions: int,
) -> RowFishers | FisherProducts:
    """Return the Fisher information of one network; 0 directions for exact gradients."""
    groups = np.random.default_rng(derive(context.seed, NAME, "groups")).integers(
        0, GROUPS, size=context.benchmark.n
    )[cells.compounds]
    kinds = trained.targets.classification.cpu().numpy()[cells.tasks]
    seed = derive(context.seed, NAME, "labels", trained.seed)
    weights = squared_errors(outputs_of(trained, cells), kinds, draws=draws, seed=seed)
    if fisher == "diagonal":
        label = f"Fisher information of {len(cells):,} labels, seed {trained.seed}"
        with console.progress(label, len(np.unique(cells.compounds))) as advance:
            return row_fishers(trained, cells, groups, weights, advance)
    cache = context.request.cache
    products = _projected(trained, cells, directions, cache) if directions else _exact(trained, cells)
    with console.progress("products of Fisher matrices", GROUPS) as advance:
        return fisher_products(cells, groups, weights, products, tasks=context.benchmark.t, advance=advance)


def _fits(trained: Trained, cells: Cells) -> bool:
    length = sum(parameter.numel() for parameter in trained.network.shared)
    return bool(4 * length * len(cells) <= EXACT_BYTES)


def _exact(trained: Trained, cells: Cells) -> Products:
    """Return the squared inner products of exact gradients, all held in memory."""
    import torch

    label = f"gradients of {len(cells):,} labels, seed {trained.seed}"
    with console.progress(label, len(np.unique(cells.compounds))) as advance:
        rows = torch.cat([part.clone() for _, part in cell_gradients(trained, cells, advance)])

    def products(own: NDArray[np.int64]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = (rows[torch.from_numpy(own)] @ rows.T).square().double().cpu().numpy()
        return found

    return products


def _projected(trained: Trained, cells: Cells, directions: int, cache: Path) -> Products:
    """Return estimates of squared inner products, from two independent projections."""
    one, other = (
        projected_gradients(
            trained, cells, directions=directions, purpose=f"{NAME}, {half} half", cache=cache
        ).gradients
        for half in ("one", "other")
    )

    def products(own: NDArray[np.int64]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = (one[own] @ one.T).astype(np.float64) * (other[own] @ other.T)
        return found

    return products


def _range(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return 0 to 1, wider where noise carries a value beyond."""
    return float(np.nanmin(values, initial=0.0)), float(np.nanmax(values, initial=1.0))


def _check(compounds: int, draws: int, projections: int) -> None:
    if compounds < LEAST or draws < 0 or projections < 2:
        raise UsageError(
            f"{NAME} with {compounds} compounds, {draws} draws and {projections} projections",
            hint=f"at least {LEAST} compounds, 0 draws and 2 projections",
        )

"""What measured groups advise: the grouping of most predicted gain, and how far to believe it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.transfer_gain.ranking import expected_gains
from auditor.errors import AuditError
from auditor.transfer.group_gains import GroupGains, group_gains
from auditor.transfer.grouping.chance import Chance, against_chance
from auditor.transfer.grouping.choose import group_by_gain
from auditor.transfer.grouping.grouping import Grouping, masks, value_of
from auditor.transfer.predicted.candidates import held_out_accuracy, held_out_choice
from auditor.transfer.predicted.choose import Chosen, choose
from auditor.transfer.predicted.crossed import Accuracy
from auditor.transfer.predicted.interval import conformal_half_width
from auditor.transfer.predictor import Predict, checked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.audit.context import AuditContext
    from auditor.transfer.predictor import Fit

_CELLS = 10_000
"""Cells that are predicted at once: the random effects compare each with every training cell."""


@dataclass(frozen=True)
class Advice:
    """The recommended grouping of some tasks and what is expected of it; groups are by place.

    Parameters
    ----------
    grouping
        Of most predicted gain; ``value`` is the expected gain per task.
    gains
        Expected gain of each task (t,): exactly 0 for a task alone.
    chosen
        The predictor.
    accuracy
        Of predictions made without the group, the seeds and the test compounds that judge them, choice of
        the predictor included.
    cell_half, group_half
        How far a measured gain of one task, and the mean gain of a group, may lie from its prediction
        (`auditor.transfer.predicted.interval.LEVEL`); infinite where too few groups were measured to say.
    together
        Expected gain per task of all tasks at once; NaN where not estimable.
    random
        Random groups of the same sizes, by the same predictions; None where they cannot be predicted.
    """

    grouping: Grouping
    gains: NDArray[np.float64]
    chosen: Chosen
    accuracy: Accuracy
    cell_half: float
    group_half: float
    together: float
    random: Chance | None


def advise(
    table: GroupGains,
    candidates: Mapping[str, Fit],
    *,
    most: int,
    affinity: NDArray[np.float64] | None,
    seed: int,
) -> Advice:
    """Return the grouping of most predicted gain, by the predictor that cross-validation chooses.

    Parameters
    ----------
    table
        Measured groups of two tasks or more.
    candidates
        Predictors by name.
    most
        Groups of the grouping, tasks alone counted.
    affinity
        Gives the search its first guesses (t, t).

    Raises
    ------
    DataError
        No grouping into so few groups has gains that can be predicted.
    """
    held_out = held_out_choice(candidates, table, seed)
    best = choose(candidates, table, seed=seed)
    predict = in_parts(best.predict)
    found = group_by_gain(predict, table.t, most=most, affinity=affinity, seed=seed)
    return Advice(
        grouping=found,
        gains=np.nanmax(checked(predict, masks(found.groups, table.t)), axis=0),
        chosen=best,
        accuracy=held_out_accuracy(candidates, table, seed),
        cell_half=conformal_half_width(held_out, table),
        group_half=_group_half(held_out, table),
        together=value_of([range(table.t)], predict, table.t),
        random=_random(found, predict, table.t, seed),
    )


def priors_of(context: AuditContext) -> dict[str, NDArray[np.float64]]:
    """Return E, every affinity and expected gains of an audit (t, t), NaN where unknown; none all NaN.

    Rows are sources, columns recipients.
    """
    apart = ~np.eye(context.benchmark.t, dtype=np.bool_)
    found = {**context.usable_estimates(), **expected_gains(context)}
    return {name: matrix for name, matrix in found.items() if np.isfinite(matrix[apart]).any()}


def in_parts(predict: Predict) -> Predict:
    """Return the same prediction, made for so many groups at once as memory is sure to hold."""

    def parts(members: NDArray[np.bool_]) -> NDArray[np.float64]:
        part = np.cumsum(members.sum(axis=1)) // _CELLS
        cuts = np.flatnonzero(np.diff(part)) + 1
        found = [predict(rows) for rows in np.split(members, cuts)]
        joined: NDArray[np.float64] = np.concatenate(found)
        return joined

    return parts


def _group_half(predicted: NDArray[np.float64], table: GroupGains) -> float:
    """Return `conformal_half_width` of the mean gain of a group's members."""
    cells = table.measured & np.isfinite(predicted)
    kept = cells.any(axis=1)
    count = cells[kept].sum(axis=1)
    means = [np.where(cells, v, 0.0)[kept].sum(axis=1) / count for v in (table.gains, predicted)]
    whole = np.ones((len(count), 1), dtype=np.bool_)
    return conformal_half_width(means[1][:, None], group_gains(("group",), whole, means[0][:, None]))


def _random(found: Grouping, predict: Predict, t: int, seed: int) -> Chance | None:
    try:
        return against_chance(found, predict, t, seed=seed)
    except AuditError:
        return None

"""The numbers of a recommendation, as its document holds them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.statistics.replication import mean_over_seeds
from auditor.transfer.measured.matrices import member_mean, pair_error, pair_reach
from auditor.transfer.predicted.crossed import measurements
from auditor.transfer.predicted.interval import LEVEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from auditor.analyses.recommendation.advice import Advice
    from auditor.transfer.group_gains import GroupGains
    from auditor.transfer.measured.gains import Gains


@dataclass(frozen=True)
class Spread:
    """What an expected gain may be off by.

    Parameters
    ----------
    cell, group
        Half an interval for the gain of one task, and for the mean gain of a group: what predictions
        missed, and the choice of test compounds (root mean square over the measured groups).
    alone
        Standard error over seeds of the metric alone of each task (m,), in units of gain.
    seeds
        Number of seeds.
    """

    cell: float
    group: float
    alone: NDArray[np.float64]
    seeds: int


def data_of(
    advice: Advice, table: GroupGains, gains: Gains, alone_error: NDArray[np.float64]
) -> dict[str, Any]:
    """Return what a recommendation says, JSON-able but for NaN and infinity.

    Parameters
    ----------
    advice
        On the tasks of ``table``.
    table
        The measured groups from which it was made.
    gains
        Of all that was trained, for what was measured of the recommended groups themselves.
    alone_error
        Standard error of the metric alone of each task of ``table`` (m,), in units of gain.
    """
    joined = any(len(group) > 1 for group in advice.grouping.groups)
    spread = _spread(advice, gains, alone_error)
    expected = _expected(advice, spread, range(table.t))
    return {
        "groups": _group_rows(advice, table, gains, spread),
        "tasks": _task_rows(advice, table, gains, spread),
        "not_measurable": [name for name in gains.tasks if name not in table.tasks],
        "expected": expected,
        "joins_tasks": joined,
        "proved_best_prediction": advice.grouping.exact,
        "method": advice.grouping.method,
        "alone": 0.0,
        "together": {"expected": advice.together, **_measured(table.tasks, gains)},
        "random": None if advice.random is None else asdict(advice.random),
        "level": LEVEL,
        "half_width_of_a_task": spread.cell,
        "half_width_of_a_group": spread.group,
        "predictor": advice.chosen.name,
        "predictors": dict(advice.chosen.errors),
        "accuracy": asdict(advice.accuracy),
        "measurements": measurements(table),
        "told_apart": advice.accuracy.told_apart,
        "better_than_alone": advice.accuracy.told_apart and joined and bool(expected["low"] > 0),
        "measured_groups": table.g,
    }


def _group_rows(advice: Advice, table: GroupGains, gains: Gains, spread: Spread) -> list[dict[str, Any]]:
    rows = []
    for group in advice.grouping.groups:
        names = [table.tasks[task] for task in group]
        rows.append(
            {
                "tasks": names,
                **_expected(advice, spread, group, key="expected"),
                **_measured(names, gains),
            }
        )
    return rows


def _task_rows(advice: Advice, table: GroupGains, gains: Gains, spread: Spread) -> list[dict[str, Any]]:
    values = mean_over_seeds(gains.values)
    rows = {}
    for number, group in enumerate(advice.grouping.groups, start=1):
        for task in group:
            expected, place = float(advice.gains[task]), gains.tasks.index(table.tasks[task])
            alone = gains.members[:, place] & (gains.members.sum(axis=1) == 1)
            half = _half(spread.cell, spread, [task], 1) if len(group) > 1 else 0.0
            rows[task] = {
                "task": table.tasks[task],
                "group": number,
                "metric": gains.metrics[place],
                "metric_alone": float(values[alone, place][0]),
                "error_alone": float(spread.alone[task]),
                "expected": expected,
                "low": expected - half,
                "high": expected + half,
            }
    return [rows[task] for task in sorted(rows)]


def _spread(advice: Advice, gains: Gains, alone_error: NDArray[np.float64]) -> Spread:
    from scipy.stats import norm

    rows = gains.members.sum(axis=1) > 1
    cells, groups = gains.sampling_error[rows], gains.mean_sampling_error[rows]
    z = float(norm.ppf(0.5 + LEVEL / 2))
    halves = [
        float(np.hypot(missed, z * np.sqrt(np.mean(errors[np.isfinite(errors)] ** 2))))
        for missed, errors in ((advice.cell_half, cells), (advice.group_half, groups))
    ]
    return Spread(halves[0], halves[1], alone_error, len(gains.seeds))


def _expected(
    advice: Advice, spread: Spread, tasks: Sequence[int], *, key: str = "value"
) -> dict[str, float]:
    """Return the expected gain per task of some whole groups, with its interval.

    Groups count as off in the same direction; a task alone has exactly 0.
    """
    joined = [task for group in advice.grouping.groups if len(group) > 1 for task in group if task in tasks]
    mean = float(advice.gains[list(tasks)].mean())
    half = _half(spread.group * len(joined) / len(tasks), spread, joined, len(tasks)) if joined else 0.0
    return {key: mean, "low": mean - half, "high": mean + half}


def _half(off: float, spread: Spread, joined: Sequence[int], count: int) -> float:
    """Return half an interval of a mean gain over ``count`` tasks, of which some are in groups.

    The metrics alone of these add their spread between seeds, with Welch's and Satterthwaite's degrees
    of freedom. Infinite where an error is not known.
    """
    from scipy.stats import t as student

    squares = spread.alone[list(joined)] ** 2
    if not np.isfinite(squares).all():
        return float("inf")
    if not squares.any():
        return off
    freedom = (spread.seeds - 1) * squares.sum() ** 2 / (squares**2).sum()
    alone = float(student.ppf(0.5 + LEVEL / 2, freedom)) * float(np.sqrt(squares.sum())) / count
    return float(np.hypot(off, alone))


def _measured(names: Sequence[str], gains: Gains) -> dict[str, float]:
    """Return the mean gain that was measured of a group, its standard error and the reach of its interval.

    NaN where it was not measured.
    """
    inside = np.isin(gains.tasks, list(names))
    place = np.flatnonzero((gains.members == inside).all(axis=1))
    if not len(place) or inside.sum() == 1:
        return {"measured": float("nan"), "standard_error": float("nan"), "reach": float("nan")}
    mean = member_mean(mean_over_seeds(gains.gains)[place], gains.members[place])
    errors = {"standard_error": pair_error(gains), "reach": pair_reach(gains)}
    return {"measured": float(mean[0]), **{name: float(each[place[0]]) for name, each in errors.items()}}

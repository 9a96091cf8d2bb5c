"""Figures of an analysis, a point per pair of tasks, with the intervals that their bars show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.document.blocks import Chart, Curve, to_json
from auditor.statistics.association import correlation
from auditor.statistics.student import freedom, reach

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Matrix = NDArray[np.float64]

FEWEST = 3
"""Points below which a figure would show nothing."""

MOST_BARS = 200
"""Points up to which each has its interval drawn, and the names of its two tasks."""

OWN = "95 % intervals"
STUDENT = "95 % intervals by Student's t, which are the wider the fewer observations there are"


def figures_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of an analysis from the rest of its document's data.

    They are of every affinity against E, by its name, and of a measured benefit against E and every
    symmetric affinity. A figure of too few points is left out.
    """
    charts = {name: affinity_chart(data, name) for name in data["affinity"]}
    return {
        "affinity": {name: to_json(chart) for name, chart in charts.items() if chart},
        "benefit": [
            to_json(chart)
            for found in data["findings"]
            if found["name"] == "benefit" and found["status"] == "ok"
            for chart in benefit_charts(found, data)
        ],
    }


def with_figures(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of a document; to an older analysis, which holds no figures, they are added."""
    data: Mapping[str, Any] = document["data"]
    if document["kind"] != "analysis" or "figures" in data:
        return data
    return {**data, "figures": figures_of(data)}


def affinity_chart(data: Mapping[str, Any], name: str) -> Chart | None:
    """Return an affinity against E, a point per pair with the affinity's interval; None for too few."""
    about, values = data["affinity_about"][name], _matrix(data["affinity"][name])
    own = about.get("low") is not None and about.get("high") is not None
    ends = (_matrix(about["low"]), _matrix(about["high"])) if own else _by_student(data, name)
    return _chart(
        ("E, correlation of the labels", _matrix(data["label_correlation"]["correlation"])),
        (name, values),
        f"{name} against E",
        ends,
        bars=OWN if own else STUDENT,
        ordered=not _is_symmetric(data, name),
        tasks=[task["name"] for task in data["tasks"]],
    )


def benefit_charts(finding: Mapping[str, Any], data: Mapping[str, Any]) -> list[Chart]:
    """Return the benefit of training two tasks together against E and every symmetric affinity."""
    benefit = finding["data"].get("pair_benefit")
    if benefit is None or not len(benefit):
        return []
    against = {"E": data["label_correlation"]["correlation"]}
    against |= {name: a for name, a in data["affinity"].items() if _is_symmetric(data, name)}
    up = ("benefit of the pair", _matrix(benefit))
    tasks = [task["name"] for task in data["tasks"]]
    charts = (
        _chart((name, _matrix(x)), up, f"Benefit against {name}", tasks=tasks)
        for name, x in against.items()
    )
    return [chart for chart in charts if chart]


def _is_symmetric(data: Mapping[str, Any], name: str) -> bool:
    return bool(data["affinity_about"][name].get("orientation", "symmetric") == "symmetric")


def _matrix(rows: ArrayLike) -> Matrix:
    """Return a matrix (t, t) of a document that is being made or has been read: None becomes NaN."""
    return np.asarray(rows, dtype=np.float64)


def _by_student(data: Mapping[str, Any], name: str) -> tuple[Matrix, Matrix]:
    """Return the ends (t, t) as many standard errors away as Student's t asks of the observations."""
    counts = np.asarray(data["affinity_count"][name], dtype=np.int64)
    length = reach(freedom(counts, data["affinity_about"][name]))
    length = length * _matrix(data["affinity_standard_error"][name])
    values = _matrix(data["affinity"][name])
    return values - length, values + length


def _chart(
    across: tuple[str, Matrix],
    up: tuple[str, Matrix],
    caption: str,
    ends: tuple[Matrix, Matrix] | None = None,
    *,
    bars: str = "",
    ordered: bool = False,
    tasks: Sequence[str],
) -> Chart | None:
    """Return the points of every pair where both could be estimated, each axis with its label."""
    (x_label, x), (y_label, y) = across, up
    pairs = ~np.eye(len(x), dtype=bool) if ordered else np.triu(np.ones(x.shape, dtype=bool), 1)
    known = pairs & np.isfinite(x) & np.isfinite(y)
    count = int(known.sum())
    if count < FEWEST:
        return None
    low, high = ([_cells(end[known]) for end in ends]) if ends and count <= MOST_BARS else ((), ())
    barred = any(end is not None for end in low)
    bounds = (low, high) if barred else ((), ())
    names = _names(known, tasks, ordered=ordered) if count <= MOST_BARS else ()
    curve = Curve("", _cells(x[known]), _cells(y[known]), *bounds, line=False, names=names)
    said = f"{caption}, a point per pair of tasks{f'; bars are {bars}' if barred else ''}"
    kind = "ordered pairs" if ordered else "pairs"
    return Chart((curve,), x_label, y_label, said, f"{count:,} {kind}{_correlation(x[known], y[known])}.")


def _names(known: NDArray[np.bool_], tasks: Sequence[str], *, ordered: bool) -> tuple[str, ...]:
    between = "to" if ordered else "and"
    return tuple(f"{tasks[i]} {between} {tasks[j]}" for i, j in np.argwhere(known))


def _cells(values: Matrix) -> tuple[Any, ...]:
    return tuple(None if np.isnan(value) else float(value) for value in values)


def _correlation(x: Matrix, y: Matrix) -> str:
    """Return Pearson's r in words, nothing where it is not defined."""
    constant = min(np.ptp(x), np.ptp(y)) < 1e-12
    return "" if constant else f", r = {correlation(x, y):.2f}"

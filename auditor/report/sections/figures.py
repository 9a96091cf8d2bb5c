"""Figures that a report draws from the numbers of its document, a point per pair of tasks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from auditor.document.blocks import Chart, Curve
from auditor.statistics.student import freedom, reach

Numbers = Sequence[Sequence[float | None]]
"""A (t, t) matrix as the document holds it; None is not estimable."""
Point = tuple[float, float, float | None, float | None]
"""x, y, and the ends of y's interval."""

FEWEST = 3
"""Points below which a figure would show nothing."""

MOST_BARS = 200
"""Points up to which each has its interval drawn."""

OWN = "95 % intervals"
STUDENT = "95 % intervals by Student's t, which are the wider the fewer observations there are"


def affinity_chart(data: Mapping[str, Any], name: str) -> Chart | None:
    """Return an affinity against E, a point per pair with the affinity's interval; None for too few."""
    ordered = not _is_symmetric(data, name)
    labels = data["label_correlation"]["correlation"]
    own, ends = _interval(data, name)
    points = _pairs(labels, data["affinity"][name], ends, ordered=ordered)
    said = f"{name} against E"
    return _chart(
        points, "E, correlation of the labels", name, said, bars=OWN if own else STUDENT, ordered=ordered
    )


def benefit_charts(finding: Mapping[str, Any], data: Mapping[str, Any]) -> list[Chart]:
    """Return the benefit of training two tasks together against E and every symmetric affinity."""
    benefit = finding["data"].get("pair_benefit")
    if not benefit:
        return []
    against = {"E": data["label_correlation"]["correlation"]}
    against |= {name: a for name, a in data.get("affinity", {}).items() if _is_symmetric(data, name)}
    charts = (
        _chart(_pairs(x, benefit), name, "benefit of the pair", f"Benefit against {name}")
        for name, x in against.items()
    )
    return [chart for chart in charts if chart]


def _is_symmetric(data: Mapping[str, Any], name: str) -> bool:
    return bool(data["affinity_about"][name].get("orientation", "symmetric") == "symmetric")


def _interval(data: Mapping[str, Any], name: str) -> tuple[bool, tuple[Numbers, Numbers]]:
    """Return the ends of an affinity's interval, and whether they are the estimator's own.

    Else they are as many standard errors away as Student's t asks of so many observations.
    """
    about, values = data["affinity_about"][name], data["affinity"][name]
    if about.get("low") is not None and about.get("high") is not None:
        return True, (about["low"], about["high"])
    lengths = [
        [_length(e, freedom(n, about)) for e, n in zip(spread, counts, strict=True)]
        for spread, counts in zip(
            data["affinity_standard_error"][name], data["affinity_count"][name], strict=True
        )
    ]
    return False, (_shifted(values, lengths, -1), _shifted(values, lengths, 1))


def _length(error: float | None, free: int) -> float | None:
    """Return how far a bar reaches to either side; None where a single observation tells nothing."""
    return None if error is None or free < 1 else reach(free) * error


def _shifted(values: Numbers, lengths: Numbers, sign: int) -> Numbers:
    return [
        [None if v is None or e is None else v + sign * e for v, e in zip(row, spread, strict=True)]
        for row, spread in zip(values, lengths, strict=True)
    ]


def _pairs(
    x: Numbers, y: Numbers, ends: tuple[Numbers, Numbers] | None = None, *, ordered: bool = False
) -> list[Point]:
    """Return the points of every pair of tasks where x and y could be estimated."""
    points: list[Point] = []
    for i, (across, up) in enumerate(zip(x, y, strict=True)):
        for j, (this, that) in enumerate(zip(across, up, strict=True)):
            if (i < j or (ordered and i != j)) and this is not None and that is not None:
                low, high = (ends[0][i][j], ends[1][i][j]) if ends else (None, None)
                points.append((this, that, low, high))
    return points


def _chart(
    points: Sequence[Point], x: str, y: str, caption: str, *, bars: str = "", ordered: bool = False
) -> Chart | None:
    if len(points) < FEWEST:
        return None
    across, up = tuple(point[0] for point in points), tuple(point[1] for point in points)
    low, high = tuple(point[2] for point in points), tuple(point[3] for point in points)
    barred = len(points) <= MOST_BARS and any(end is not None for end in low)
    curve = Curve("", across, up, low if barred else (), high if barred else (), line=False)
    said = f"{caption}, a point per pair of tasks{f'; bars are {bars}' if barred else ''}"
    pairs = "ordered pairs" if ordered else "pairs"
    return Chart((curve,), x, y, said, f"{len(points):,} {pairs}{_correlation(across, up)}.")


def _correlation(x: Sequence[float], y: Sequence[float]) -> str:
    """Return Pearson's r in words, nothing where it is not defined."""
    mean_x, mean_y = math.fsum(x) / len(x), math.fsum(y) / len(y)
    dx, dy = [a - mean_x for a in x], [b - mean_y for b in y]
    size = math.sqrt(math.fsum(a * a for a in dx) * math.fsum(b * b for b in dy))
    if size < 1e-12:
        return ""
    return f", r = {math.fsum(a * b for a, b in zip(dx, dy, strict=True)) / size:.2f}"

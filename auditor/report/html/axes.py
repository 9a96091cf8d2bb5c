"""Axes of a chart: the range that its points span and round numbers to label it with."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.document.blocks import Chart, Curve
from auditor.report.wording import missing


@dataclass(frozen=True)
class Axis:
    """A range with its round numbers and how they are written."""

    low: float
    high: float
    ticks: tuple[float, ...]
    digits: int

    def share(self, value: float) -> float:
        """Return where a value lies, 0 at ``low`` and 1 at ``high``."""
        return (value - self.low) / (self.high - self.low)

    def label(self, value: float) -> str:
        """Return a tick as text."""
        text = f"{value:,.{self.digits}f}"
        return text if float(value) else text.lstrip("-")


def axis(values: Iterable[float | None], *, count: int = 6) -> Axis:
    """Return an axis that covers the finite values and ends on round numbers."""
    finite = [float(v) for v in values if v is not None and math.isfinite(v)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 1.0)
    if high - low < 1e-12 * max(1.0, abs(high)):
        low, high = low - 0.5, high + 0.5
    size = _round_step((high - low) / count)
    first, last = math.floor(low / size + 1e-9), math.ceil(high / size - 1e-9)
    ticks = tuple(number * size for number in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks, max(0, -math.floor(math.log10(size) + 1e-9)))


def axes(chart: Chart) -> tuple[Axis, Axis]:
    """Return the x and y axis of a chart, intervals included."""
    x = axis(value for curve in chart.curves for value in curve.x)
    y = axis(
        value for curve in chart.curves for series in (curve.y, curve.low, curve.high) for value in series
    )
    return x, y


def points(curve: Curve) -> list[tuple[float, float]]:
    """Return the points of a curve that could be estimated."""
    pairs = zip(curve.x, curve.y, strict=True)
    return [(float(x), float(y)) for x, y in pairs if y is not None and not missing(y)]


def intervals(curve: Curve) -> list[tuple[float, float, float]]:
    """Return (x, low, high) of every point whose interval could be estimated."""
    if not curve.low or not curve.high:
        return []
    triples = zip(curve.x, curve.low, curve.high, strict=True)
    return [
        (float(x), float(low), float(high))
        for x, low, high in triples
        if low is not None and high is not None and not missing(low) and not missing(high)
    ]


def stretches(curve: Curve) -> list[list[tuple[float, float]]]:
    """Return the runs of points between which a line may be drawn: none across a gap."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(curve.x, curve.y, strict=True):
        if y is None or missing(y):
            runs.append([])
        else:
            runs[-1].append((float(x), float(y)))
    return [run for run in runs if run]


def _round_step(size: float) -> float:
    power = 10.0 ** math.floor(math.log10(size))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= size * 0.999)

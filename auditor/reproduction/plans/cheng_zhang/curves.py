"""What the sweeps over overlap say, and what follows from the printed table of the paper's own sweep."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.reproduction.plan import Documents, Measure, Measured
from auditor.reproduction.plans.cheng_zhang.tables import RETENTION, SIGMOID
from auditor.reproduction.reading import Document, at, finding, number_of

ESTIMATOR = "gradient-cosine"


def curve_of(data: Document, batch: int | None = None) -> Any:
    """Return the curve of the paper's estimator, of a batch size where there are several."""
    found = finding(data, "threshold")["curves"]
    return next(one for one in found if one["estimator"] == ESTIMATOR and batch in (None, one["batch"]))


def level(work: str, step: float, figure: str, *, batch: int | None = None) -> Measure:
    """Return a figure of one level of a sweep, named by the overlap or the retained share asked for."""

    def measure(documents: Documents) -> Measured:
        found, seeds = _level(documents[work]["data"], step, batch)
        value, low, high = map(number_of, found[figure])
        return Measured(value, low, high, seeds=seeds, pairs=round(found["pairs"] / seeds))

    return measure


def _level(data: Document, step: float, batch: int | None = None) -> tuple[Document, int]:
    """Return a level of a sweep and its repeats; raises LookupError where the sweep has no such level."""
    settings = finding(data, "threshold")["settings"]
    if step not in settings["steps"]:
        raise LookupError(f"the sweep has no level {step:g}")
    return curve_of(data, batch)["levels"][settings["steps"].index(step)], settings["seeds"]


def between_batches(work: str, step: float, small: int, large: int) -> Measure:
    """Return how much r with the full E differs between two batch sizes at one overlap.

    Both come from the same tasks, so that the root of the squared arms is, if anything, too wide.
    """

    def measure(documents: Documents) -> Measured:
        one, other = (level(work, step, "full", batch=batch)(documents) for batch in (small, large))
        down = math.hypot(one.value - one.low, other.high - other.value)
        up = math.hypot(one.high - one.value, other.value - other.low)
        gap = one.value - other.value
        return Measured(gap, gap - down, gap + up, seeds=one.seeds, pairs=one.pairs)

    return measure


def bend(work: str) -> Measure:
    """Return where a sweep's best sigmoid bends, in per cent of retained labels."""

    def measure(documents: Documents) -> Measured:
        data = documents[work]["data"]
        found = finding(data, "threshold")
        curve = curve_of(data)
        ends = at(curve, "shape", "bends").get("sigmoid")
        if ends is None:
            raise LookupError(f"no sigmoid fits: {curve['shape']['sentence']}")
        jaccard = np.array([one["overlap"] for one in curve["levels"]][::-1])
        steps = np.array(found["settings"]["steps"][::-1])
        value, low, high = (100 * float(np.interp(number_of(end), jaccard, steps)) for end in ends)
        seeds = found["settings"]["seeds"]
        return Measured(value, low, high, seeds=seeds, note=curve["shape"]["sentence"])

    return measure


def printed() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the retained shares in per cent and the r of table C.3, rising."""
    rows = np.array([(row[0], row[1]) for row in RETENTION[::-1]], dtype=np.float64)
    return rows[:, 0], rows[:, 1]


def r2_as_printed() -> float:
    """Return R² of equation 5 with its printed L, k and x0 over table C.3, with the best offset b."""
    x, y = printed()
    shape = SIGMOID["L"] / (1 + np.exp(-SIGMOID["k"] * (x - SIGMOID["x0"])))
    return _r2(y, shape + (y - shape).mean())


def refitted(name: str) -> float:
    """Return a parameter of equation 5 fitted to table C.3 from the script's start and bounds, or R2."""
    from scipy.optimize import curve_fit

    x, y = printed()
    start, bounds = (0.8, 0.1, 50.0, 0.1), ([0, 0.01, 0, -1], [1.5, 0.5, 100, 1])
    best = curve_fit(_sigmoid, x, y, p0=start, bounds=bounds, maxfev=20_000)[0]
    if name == "R2":
        return _r2(y, _sigmoid(x, *best))
    return float(dict(zip(("L", "k", "x0", "b"), best, strict=True))[name])


def half_maximum() -> float:
    """Return α0 of equation 7, r = ρ α / (α + α0 (1 - α) / (1 - α0)), fitted to table C.3."""
    from scipy.optimize import curve_fit

    x, y = printed()

    def hyperbola(share: NDArray[np.float64], top: float, ratio: float) -> NDArray[np.float64]:
        found: NDArray[np.float64] = top * share / (share + ratio * (1 - share))
        return found

    _, ratio = curve_fit(hyperbola, x / 100, y, p0=(0.8, 0.4), maxfev=20_000)[0]
    return float(ratio / (1 + ratio))


def p_of_r(r: float, pairs: int) -> float:
    """Return the two-sided p of Pearson's r over pairs that are taken to be independent."""
    from scipy.special import stdtr

    t = abs(r) * math.sqrt((pairs - 2) / (1 - r * r))
    return float(2 * stdtr(pairs - 2, -t))


def _sigmoid(
    x: NDArray[np.float64], height: float, k: float, x0: float, base: float
) -> NDArray[np.float64]:
    found: NDArray[np.float64] = height / (1 + np.exp(-k * (x - x0))) + base
    return found


def _r2(y: NDArray[np.float64], fitted: NDArray[np.float64]) -> float:
    return float(1 - ((y - fitted) ** 2).sum() / ((y - y.mean()) ** 2).sum())

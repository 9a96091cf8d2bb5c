"""What goes together and what against each other: the pairs that are surely and strongly related."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.audit.answer.wording import answer, number
from auditor.statistics.false_discovery import stands

CHEMICAL = "chemical-correlation"
E = "E, the correlation of two tasks' labels,"
SAME = 0.999
"""|E| from which two tasks are one measurement: another answer says so."""
MOST_PAIRS = 3

Matrix = NDArray[np.float64]


def relations(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what goes together and what against each other, by E or, beyond it, similar compounds."""
    names = [task["name"] for task in data["tasks"]]
    values, low, high = _judged(data)
    return [
        answer(
            question,
            _said(names, data, (sign * values, *_turned(low, high, sign)), sign),
            "Label correlation",
        )
        for question, sign in (("What goes together", 1), ("What goes against each other", -1))
    ]


def pairs_told(data: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return the pairs (i < j) that the answers name by E, those that go together first."""
    values, low, high = _judged(data)
    return [
        pair for sign in (1, -1) for pair in _first(sign * values, _turned(low, high, sign)[0], MOST_PAIRS)
    ]


def _judged(data: Mapping[str, Any]) -> tuple[Matrix, Matrix, Matrix]:
    """Return E with the ends of its interval; E is NaN where the answers do not tell of it."""
    found = data["label_correlation"]
    values, low, high = (_matrix(found[key]) for key in ("correlation", "low", "high"))
    values[np.abs(values) >= SAME] = np.nan
    values[_sides_differ(data, low, high) | _by_chance(found)] = np.nan
    return values, low, high


def _by_chance(found: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Return the pairs that do not stand when the number of pairs is allowed for; none without a p.

    Of many unrelated pairs some intervals leave out 0 by chance: with 66 pairs nearly always one.
    """
    if found.get("p") is None:  # documents of 0.1 have none
        return np.zeros(np.shape(found["low"]), dtype=bool)
    p = _matrix(found["p"])
    rows, columns = np.triu_indices(len(p), 1)
    standing = np.zeros(p.shape, dtype=bool)
    standing[rows, columns] = stands(p[rows, columns])
    left: NDArray[np.bool_] = ~(standing | standing.T)
    return left


def _sides_differ(data: Mapping[str, Any], low: Matrix, high: Matrix) -> NDArray[np.bool_]:
    """Return the pairs of which Spearman's interval is known and does not lie on the side of that of E.

    The interval of E may be too narrow for skewed values; that of ranks is not.
    """
    facts = (one["data"] for one in data["findings"] if one["name"] == "label-correlation")
    found: Mapping[str, Any] = next(facts, {})
    ranks = found.get("matrices", {})
    if "spearman_low" not in ranks:
        return np.zeros(low.shape, dtype=bool)
    least, most = _matrix(ranks["spearman_low"]), _matrix(ranks["spearman_high"])
    return ((low > 0) & (least <= 0)) | ((high < 0) & (most >= 0))


def _said(
    names: list[str], data: Mapping[str, Any], found: tuple[Matrix, Matrix, Matrix], sign: int
) -> str:
    told = _strongest(names, *found, sign)
    if told:
        text = f"{E} with its 95 % interval: {'; '.join(told)}."
    else:
        side = "above" if sign > 0 else "below"
        beyond_chance = " further than chance gives" if np.triu(found[1] > 0, 1).any() else ""
        text = f"No pair: no interval of {E} lies {side} 0{beyond_chance}."
    beyond = _beyond(names, data, found[1], sign)
    return f"{text} {beyond}".strip()


def _beyond(names: list[str], data: Mapping[str, Any], low: Matrix, sign: int) -> str:
    """Return the pairs that E cannot judge and chemical-correlation can, where it was estimated."""
    about = data.get("affinity_about", {}).get(CHEMICAL, {})
    if not about.get("low"):
        return ""
    values, least, most = (_matrix(x) for x in (data["affinity"][CHEMICAL], about["low"], about["high"]))
    values[np.isfinite(low) | _by_chance(about)] = np.nan
    if "holds_without_one_scaffold" in about:  # documents of 0.1 lack it
        values[~np.array(about["holds_without_one_scaffold"], dtype=bool)] = np.nan
    told = _strongest(names, sign * values, *_turned(least, most, sign), sign)
    return (
        f"Where too few are shared, by {CHEMICAL} over similar compounds: {'; '.join(told)}."
        if told
        else ""
    )


def _turned(low: Matrix, high: Matrix, sign: int) -> tuple[Matrix, Matrix]:
    return (low, high) if sign > 0 else (-high, -low)


def _strongest(names: list[str], values: Matrix, low: Matrix, high: Matrix, sign: int) -> list[str]:
    """Return the pairs whose interval lies furthest above 0, in words; all three are turned by ``sign``."""
    return [
        f"{names[i]} and {names[j]} {_interval(sign * values[i, j], sign * low[i, j], sign * high[i, j])}"
        for i, j in _first(values, low, MOST_PAIRS)
    ]


def _first(values: Matrix, low: Matrix, most: int) -> list[tuple[int, int]]:
    """Return the pairs with a value whose lower end lies furthest above 0, the furthest first."""
    rows, columns = np.triu_indices(len(values), 1)
    least = np.where(np.isfinite(values[rows, columns]), low[rows, columns], np.nan)
    order = [place for place in np.argsort(-least, kind="stable")[:most] if least[place] > 0]
    return [(int(i), int(j)) for i, j in zip(rows[order], columns[order], strict=True)]


def _interval(value: float, one_end: float, other: float) -> str:
    return f"{number(value)} ({number(min(one_end, other))} to {number(max(one_end, other))})"


def _matrix(rows: Any) -> Matrix:
    return np.array(rows, dtype=float)

"""Measures: where in a document a number stands, with its interval, its seeds and its pairs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.reproduction.plan import Documents, Measure, Measured
from auditor.statistics.resampling import draws, interval
from auditor.statistics.student import reach

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.statistics.resampling import Pairs

Document = Mapping[str, Any]


def exactly(work: str, number: Callable[[Document], float], note: str = "") -> Measure:
    """Return the measure of a count: what a function makes of the data of a document."""

    def measure(documents: Documents) -> Measured:
        value = number(documents[work]["data"])
        return Measured(float(value), exact=True, note=note)

    return measure


def arithmetic(number: float | Callable[[], float], note: str) -> Measure:
    """Return the measure of what follows from printed numbers alone: a number, or what gives it."""

    def measure(_: Documents) -> Measured:
        return Measured(float(number() if callable(number) else number), exact=True, note=note)

    return measure


def summary(work: str, measure: str, figure: str, *, scale: float = 100.0) -> Measure:
    """Return a figure over all pairs of an overlap, such as the median Jaccard, in per cent."""
    return exactly(work, lambda data: scale * data["overlap"]["summary"][measure][figure])


def finding(data: Document, name: str) -> Document:
    """Return what an analysis found; raises LookupError, with what it said, where it found nothing."""
    found = next((one for one in data["findings"] if one["name"] == name), None)
    if found is None:
        raise LookupError(f"the audit holds no '{name}'")
    if found["status"] != "ok":
        raise LookupError(f"{name}: {found['sentence']}")
    facts: Document = found["data"]
    return facts


def at(facts: Any, *path: str | int) -> Any:
    """Return what stands at a place in a document; raises LookupError where nothing does."""
    for step in path:
        if facts is None:
            raise LookupError(f"nothing stands at {step}")
        facts = facts[step]
    return facts


def seeds_of(data: Document) -> int | None:
    """Return how many trainings, each with its seed, an audit has."""
    runs = (data.get("training") or {}).get("runs") or []
    return len(runs) or None


def number_of(value: Any) -> float:
    """Return a number of a document, NaN for null."""
    return math.nan if value is None else float(value)


def agreement(
    work: str, *path: str, affinity: str = "gradient-cosine", figure: str = "pearson", note: str = ""
) -> Measure:
    """Return r of an affinity with E: its interval is over tasks. ``spearman`` has no interval.

    Parameters
    ----------
    path
        A part of the finding, such as ``"all_logs"`` or ``"unseen"``.
    """

    def measure(documents: Documents) -> Measured:
        data = documents[work]["data"]
        found = at(finding(data, "agreement"), affinity, *path)
        ends = (found.get("low"), found.get("high")) if figure == "pearson" else (None, None)
        low, high = map(number_of, ends)
        told = number_of(found[figure])
        if figure == "spearman":
            low, high = ranked_interval(data, affinity)
        return Measured(told, low, high, seeds=seeds_of(data), pairs=found["pairs"], note=note)

    return measure


def mantel_p(work: str, affinity: str = "gradient-cosine") -> Measure:
    """Return the p of permuting tasks; it cannot be below one of its permutations.

    The interval is that of drawing permutations (1.96 standard errors of a share), from 0 where p is the
    least that there is: the true one may be anywhere below it.
    """

    def measure(documents: Documents) -> Measured:
        data = documents[work]["data"]
        found = at(finding(data, "agreement"), affinity)
        drawn, orders = found["permutations"], math.factorial(min(found["tasks"], 20))
        least = max(1 / (drawn + 1), 1 / orders)
        p = number_of(found["mantel_p"])
        spread = 1.96 * math.sqrt(p * (1 - p) / drawn)
        low = 0.0 if p <= least * (1 + 1e-9) else max(0.0, p - spread)
        told = f"by permuting tasks; it cannot be below {least:.1g} here"
        return Measured(p, low, p + spread, seeds=seeds_of(data), pairs=found["pairs"], note=told)

    return measure


def best_baseline(work: str) -> Measure:
    """Return the highest r with E that overlap, counts or prevalence alone reach, without training."""

    def measure(documents: Documents) -> Measured:
        found = finding(documents[work]["data"], "baselines")["baselines"]
        rows = [(number_of(one["E"]["pearson"]), name, one["E"]) for name, one in found.items()]
        told = [row for row in rows if math.isfinite(row[0])]
        if not told:
            raise LookupError("no baseline varies over these pairs")
        r, name, row = max(told, key=lambda one: one[0])
        return Measured(r, number_of(row["low"]), number_of(row["high"]), pairs=row["pairs"], note=name)

    return measure


def affinity_matrix(data: Document, affinity: str = "gradient-cosine") -> NDArray[np.float64]:
    """Return an affinity (t, t), made symmetric; NaN where it is not estimated."""
    values = np.array(data["affinity"][affinity], dtype=np.float64)
    return (values + values.T) / 2


def labels_matrix(data: Document) -> NDArray[np.float64]:
    """Return E (t, t); NaN where it is not estimated."""
    return np.array(data["label_correlation"]["correlation"], dtype=np.float64)


def over_pairs(
    work: str,
    statistic: Callable[[NDArray[np.float64], NDArray[np.float64]], float],
    *,
    of: str = "gradient-cosine",
    among: Sequence[str] | None = None,
) -> Measure:
    """Return a statistic of the affinities and the E of pairs, its interval by resampling tasks.

    Parameters
    ----------
    statistic
        Takes both over the same pairs (p,), NaN where either is not estimated.
    of
        The affinity; ``"E"`` for the labels alone.
    among
        Tasks whose pairs are meant; all where not given.
    """

    def measure(documents: Documents) -> Measured:
        data = documents[work]["data"]
        labels = labels_matrix(data)
        values = labels if of == "E" else affinity_matrix(data, of)
        if among is not None:
            names = [task["name"] for task in data["tasks"]]
            kept = np.array([names.index(name) for name in among])
            labels, values = labels[np.ix_(kept, kept)], values[np.ix_(kept, kept)]
        upper = np.triu_indices(len(values), 1)
        value = statistic(values[upper], labels[upper])
        sample = [statistic(values[pairs], labels[pairs]) for pairs in draws(len(values), seed=0)]
        low, high = interval(np.array(sample)) if sample else (math.nan, math.nan)
        known = int(np.isfinite(values[upper]).sum())
        seeds = None if of == "E" else seeds_of(data)
        return Measured(float(value), low, high, seeds=seeds, pairs=known)

    return measure


def one_pair(work: str, task: str, other: str, *, of: str = "gradient-cosine") -> Measure:
    """Return one entry: E with its own interval; an affinity of one training, which has none.

    Its standard error over logs says how well that training is known, not what another seed gives.
    """

    def measure(documents: Documents) -> Measured:
        data = documents[work]["data"]
        names = [one["name"] for one in data["tasks"]]
        i, j = names.index(task), names.index(other)
        if of == "E":
            found = data["label_correlation"]
            value, low, high = (number_of(found[key][i][j]) for key in ("correlation", "low", "high"))
            return Measured(value, low, high, pairs=1)
        value = number_of(data["affinity"][of][i][j])
        logs = number_of(data["affinity_count"][of][i][j])
        error = float(reach(np.array([logs - 1]))[0])
        error *= number_of(data["affinity_standard_error"][of][i][j])
        note = f"± {error:.3f} over the logs of one training, which is no interval over seeds"
        return Measured(value, seeds=seeds_of(data), pairs=1, note=note)

    return measure


def ranked_interval(data: Document, affinity: str) -> tuple[float, float]:
    """Return the interval of Spearman's ρ of an affinity with E, by resampling tasks."""
    from scipy.stats import rankdata

    from auditor.statistics.association import correlation

    values, labels = affinity_matrix(data, affinity), labels_matrix(data)

    def rho(pairs: Pairs) -> float:
        a, b = values[pairs], labels[pairs]
        both = np.isfinite(a) & np.isfinite(b)
        return correlation(rankdata(a[both]), rankdata(b[both])) if both.sum() > 2 else math.nan

    sample = [rho(pairs) for pairs in draws(len(values), seed=0)]
    return interval(np.array(sample)) if sample else (math.nan, math.nan)


def share_above(line: float) -> Callable[[NDArray[np.float64], NDArray[np.float64]], float]:
    """Return the statistic: the share of estimated pairs above a line."""

    def share(values: NDArray[np.float64], _: NDArray[np.float64]) -> float:
        known = values[np.isfinite(values)]
        return float((known > line).mean()) if len(known) else math.nan

    return share


def value_with_ends(
    work: str, place: Callable[[Document], Any], *, seeds: int | None = None, note: str = ""
) -> Measure:
    """Return a number that a finding holds with its ends: ``{value, low, high}`` or a list of three."""

    def measure(documents: Documents) -> Measured:
        data = documents[work]["data"]
        found = place(data)
        if isinstance(found, Mapping):
            found = [found.get(key) for key in ("value", "low", "high")]
        value, low, high = map(number_of, found)
        return Measured(value, low, high, seeds=seeds or seeds_of(data), note=note)

    return measure

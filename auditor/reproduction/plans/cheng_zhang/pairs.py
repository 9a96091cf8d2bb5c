"""Statistics of pairs that only this paper asks for, with their intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.reproduction.plan import Documents, Measure, Measured
from auditor.reproduction.reading import (
    Document,
    affinity_matrix,
    at,
    finding,
    labels_matrix,
    number_of,
    over_pairs,
    seeds_of,
)
from auditor.statistics.association import correlation
from auditor.statistics.resampling import draws, interval

DRAWS = 1_000
Floats = NDArray[np.float64]
Statistic = Callable[[Floats, Floats], float]


def mean_of(values: Floats, _: Floats) -> float:
    """Return the mean over estimated pairs."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else math.nan


def r_of(values: Floats, labels: Floats) -> float:
    """Return Pearson's r over the pairs where both are estimated."""
    both = np.isfinite(values) & np.isfinite(labels)
    return correlation(values[both], labels[both]) if both.sum() > 2 else math.nan


def rho_of(values: Floats, other: Floats) -> float:
    """Return Spearman's ρ over the pairs where both are known."""
    from scipy.stats import rankdata

    both = np.isfinite(values) & np.isfinite(other)
    return correlation(rankdata(values[both]), rankdata(other[both])) if both.sum() > 2 else math.nan


def of_domains(work: str, side: str, statistic: Statistic, *, of: str = "gradient-cosine") -> Measure:
    """Return a statistic within a domain or across two; tasks are resampled within their domains.

    Parameters
    ----------
    side
        A domain's name, or ``"across"``.
    """

    def measure(documents: Documents) -> Measured:
        data = documents[work]["data"]
        domains = np.array([domain_of(task) for task in data["tasks"]])
        names = [task["name"] for task in data["tasks"]]
        if side != "across":
            among = [name for name, own in zip(names, domains, strict=True) if own == side]
            return over_pairs(work, statistic, of=of, among=among)(documents)
        return _across(data, domains, statistic, of)

    return measure


ADME = (
    "solubility_aqsoldb", "esol", "bioavailability_ma", "lipophilicity_astrazeneca", "lipophilicity",
    "freesolv", "cyp2d6_veith", "cyp2c9_veith",
)  # fmt: skip


def domain_of(task: Mapping[str, Any]) -> str:
    """Return the domain of a task of the joined panel."""
    return "ADME" if task["name"] in ADME else "toxicity"


def _across(data: Document, domains: NDArray[Any], statistic: Statistic, of: str) -> Measured:
    labels = labels_matrix(data)
    values = labels if of == "E" else affinity_matrix(data, of)
    sides = [np.flatnonzero(domains == name) for name in ("toxicity", "ADME")]
    rng = np.random.default_rng(0)

    def over(rows: NDArray[np.int64], columns: NDArray[np.int64]) -> float:
        grid = np.ix_(rows, columns)
        return statistic(values[grid].ravel(), labels[grid].ravel())

    sample = [over(*(rng.choice(side, len(side)) for side in sides)) for _ in range(DRAWS)]
    low, high = interval(np.array(sample))
    known = int(np.isfinite(values[np.ix_(*sides)]).sum())
    return Measured(over(*sides), low, high, seeds=None if of == "E" else seeds_of(data), pairs=known)


def between(first: str, second: str) -> Measure:
    """Return r of the affinities of two audits of the same tasks, tasks resampled."""

    def measure(documents: Documents) -> Measured:
        one, other = (documents[work]["data"] for work in (first, second))
        names = [[task["name"] for task in data["tasks"]] for data in (one, other)]
        if names[0] != names[1]:
            raise LookupError("the two audits are of different tasks")
        a, b = affinity_matrix(one), affinity_matrix(other)
        upper = np.triu_indices(len(a), 1)
        low, high = interval(np.array([r_of(a[p], b[p]) for p in draws(len(a), seed=0)]))
        return Measured(r_of(a[upper], b[upper]), low, high, seeds=1, pairs=len(upper[0]))

    return measure


def smallest(work: str, tasks: Sequence[str], *, of: str) -> Measure:
    """Return the smallest value among the pairs of some tasks, with the interval of that entry."""
    from auditor.reproduction.reading import one_pair

    def measure(documents: Documents) -> Measured:
        pairs = [(a, b) for place, a in enumerate(tasks) for b in tasks[place + 1 :]]
        found = [one_pair(work, a, b, of=of)(documents) for a, b in pairs]
        return min(found, key=lambda one: one.value)

    return measure


def gain_statistic(work: str, statistic: Statistic, *, by: str = "gradient-cosine") -> Measure:
    """Return a statistic of an affinity and the measured benefit of pairs, tasks resampled.

    The statistic takes the affinity first and the benefit second, both over pairs (p,).
    """

    def measure(documents: Documents) -> Measured:
        data = documents[work]["data"]
        found = finding(data, "benefit")
        benefit = np.array(found["pair_benefit"], dtype=np.float64)
        affinity = affinity_matrix(data, by)
        upper = np.triu_indices(len(benefit), 1)
        sample = [statistic(affinity[p], benefit[p]) for p in draws(len(benefit), seed=0)]
        low, high = interval(np.array(sample)) if sample else (math.nan, math.nan)
        pairs = int(np.isfinite(benefit[upper]).sum())
        value = statistic(affinity[upper], benefit[upper])
        return Measured(value, low, high, seeds=len(found["trainings"]["seeds"]), pairs=pairs)

    return measure


def mean_where(above: float | None = None, below: float | None = None) -> Statistic:
    """Return the mean benefit of pairs whose affinity is above or below a line."""

    def statistic(affinity: Floats, benefit: Floats) -> float:
        chosen = benefit[_where(affinity, above, below) & np.isfinite(benefit)]
        return float(chosen.mean()) if len(chosen) else math.nan

    return statistic


def positive_where(above: float | None = None, below: float | None = None) -> Statistic:
    """Return the share of pairs that gain, of those whose affinity is above or below a line."""

    def statistic(affinity: Floats, benefit: Floats) -> float:
        chosen = benefit[_where(affinity, above, below) & np.isfinite(benefit)]
        return float((chosen > 0).mean()) if len(chosen) else math.nan

    return statistic


def avoided(line: float) -> Statistic:
    """Return the share of losing pairs that an affinity below a line would have kept apart."""
    return lambda affinity, benefit: _share(affinity < line, benefit < 0)


def kept(line: float) -> Statistic:
    """Return the share of gaining pairs that an affinity from a line on would have kept together."""
    return lambda affinity, benefit: _share(affinity >= line, benefit > 0)


def _share(chosen: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(chosen[among].mean()) if among.any() else math.nan


def _where(affinity: Floats, above: float | None, below: float | None) -> NDArray[np.bool_]:
    found = np.isfinite(affinity)
    if above is not None:
        found &= affinity > above
    if below is not None:
        found &= affinity < below
    return found


def grouping(work: str, groups: int, figure: str) -> Measure:
    """Return what grouping by gradients gains over random groups of the same sizes, or its rank p."""

    def measure(documents: Documents) -> Measured:
        data = documents[work]["data"]
        rows = finding(data, "grouping")["groupings"]
        row = next(
            one
            for one in rows
            if one["by"] == "gradient-cosine" and one["way"] == "average linkage" and one["most"] == groups
        )
        judged = at(row, "judged")
        seeds = len(finding(data, "benefit")["trainings"]["seeds"])
        if figure == "p":
            p, draws_made = number_of(judged["p"]), judged["draws"]
            spread = 1.96 * math.sqrt(p * (1 - p) / draws_made)
            return Measured(p, max(0.0, p - spread), p + spread, seeds=seeds)
        value, mean = number_of(judged["value"]), number_of(judged["mean"])
        low, high = number_of(judged["low"]), number_of(judged["high"])
        note = (
            "AUROC above the mean of random groups; the interval is against 95 % of single random groupings"
        )
        return Measured(value - mean, value - high, value - low, seeds=seeds, note=note)

    return measure

"""Baselines: what a predictor that sees no gradient and no chemistry reaches."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.analyses.agreement.covariates import (
    JACCARD,
    MEANINGS,
    PREVALENCE,
    SPREAD,
    SUPPORT,
    pair_covariates,
)
from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.document.blocks import Cell, Table, Text
from auditor.seeding import derive
from auditor.statistics.association import (
    PERMUTATIONS,
    RESAMPLES,
    affordable,
    associate,
    correlation,
    percentile_interval,
    resampled,
)
from auditor.statistics.pairs import upper

if TYPE_CHECKING:
    from numpy.typing import NDArray

BASELINES = (JACCARD, PREVALENCE, SUPPORT, SPREAD)
METHOD = (
    "Baselines use only which compounds were measured and how many are positive. The lead is "
    "|r(affinity, E)| less the |r| of the strongest baseline, both over the same pairs, with its interval "
    "by resampling tasks; the strongest is chosen by looking, which favours the baseline a little. An "
    "affinity whose lead may be 0 tells no more of E than that baseline."
)


@dataclass(frozen=True)
class Lead:
    """By how much an affinity predicts E better than the strongest baseline (95 % interval over tasks)."""

    baseline: str
    affinity_r: float
    baseline_r: float
    lead: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """The interval in words."""
        if not np.isfinite(self.low):
            return "not estimable"
        return "better" if self.low > 0 else "worse" if self.high < 0 else "no established difference"


def analyse(context: AuditContext, *, permutations: int = PERMUTATIONS) -> Finding:
    """Correlate trivial predictors with E and with every affinity, over the usable pairs.

    Parameters
    ----------
    permutations
        Of tasks, for every p; with more than 110 tasks fewer are made, and stated.
    """
    usable = context.usable
    reference = np.where(usable, context.empirical.values, np.nan)
    known = {
        name: np.where(usable, matrix, np.nan)
        for name, matrix in pair_covariates(context).items()
        if name in BASELINES and _varies(matrix, np.isfinite(reference) & usable)
    }
    if not known:
        text = "No baseline differs from pair to pair over the usable pairs."
        return Finding("baselines", text, status="not applicable")
    affinities = {
        name: np.where(usable, (found.values + found.values.T) / 2, np.nan)
        for name, found in sorted(context.affinities.items())
    }
    targets = {"E": reference, **affinities}
    found = {
        name: {
            target: _associate(context, matrix, values, permutations) for target, values in targets.items()
        }
        for name, matrix in known.items()
    }
    leads = {name: lead(values, reference, known, seed=context.seed) for name, values in affinities.items()}
    absent = [name for name in BASELINES if name not in known]
    data = {
        "baselines": found,
        "meanings": {name: MEANINGS[name] for name in known},
        "left_out": absent,
        "leads": {name: {**asdict(each), "verdict": each.verdict} for name, each in leads.items()},
    }
    shown = (_lead_table(leads),) if leads else ()
    blocks = (_table(found), *shown, Text(_left_out(absent) + METHOD))
    return Finding(
        "baselines", _sentence(found, leads), data, blocks, citation="Mantel 1967, Cancer Research 27:209"
    )


def lead(
    values: NDArray[np.float64],
    reference: NDArray[np.float64],
    baselines: dict[str, NDArray[np.float64]],
    *,
    seed: int,
) -> Lead:
    """Return the lead of an affinity over the baseline of the largest |r| with E, on shared pairs."""
    scores = {name: _r(matrix, reference, values) for name, matrix in baselines.items()}
    known = {name: r for name, r in scores.items() if np.isfinite(r)}
    nan = float("nan")
    if not known:
        return Lead("", nan, nan, nan, nan, nan)
    best = max(known, key=lambda name: abs(known[name]))
    own, other = _r(values, reference, baselines[best]), known[best]
    low, high = _interval(values, baselines[best], reference, np.sign(own), np.sign(other), seed)
    return Lead(best, own, other, abs(own) - abs(other), low, high)


def _interval(
    values: NDArray[np.float64],
    baseline: NDArray[np.float64],
    reference: NDArray[np.float64],
    sign: float,
    other: float,
    seed: int,
) -> tuple[float, float]:
    """Return the 95 % percentile interval of the difference over resampled tasks; NaN below five tasks."""
    rng = np.random.default_rng(derive(seed, "baselines", "lead"))
    own, against = resampled([values, baseline], reference, rng, affordable(len(values), RESAMPLES))
    return percentile_interval(sign * own - other * against, len(values))


def _associate(
    context: AuditContext,
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    permutations: int,
) -> dict[str, Any]:
    many = affordable(len(first), permutations)
    return asdict(associate(first, second, seed=context.seed, permutations=many))


def _r(first: NDArray[np.float64], second: NDArray[np.float64], also: NDArray[np.float64]) -> float:
    a, b = upper(first), upper(second)
    keep = np.isfinite(a) & np.isfinite(b) & np.isfinite(upper(also))
    return correlation(a[keep], b[keep])


def _varies(matrix: NDArray[np.float64], pairs: NDArray[np.bool_]) -> bool:
    values = upper(matrix)[upper(pairs)]
    known = values[np.isfinite(values)]
    return len(known) >= 3 and float(np.ptp(known)) > 1e-9


def _table(found: dict[str, dict[str, Any]]) -> Table:
    targets = list(next(iter(found.values())))
    heads = (
        "baseline",
        *(part for target in targets for part in (f"r with {target}", "Mantel p")),
        "pairs",
    )
    rows = []
    for name, row in found.items():
        cells: list[Cell] = [name]
        for target in targets:
            cells += [_known(row[target]["pearson"]), _p(row[target]["mantel_p"])]
        rows.append((*cells, row["E"]["pairs"]))
    return Table(heads, tuple(rows), caption="What trivial predictors tell of E and of each affinity")


def _lead_table(leads: dict[str, Lead]) -> Table:
    rows = tuple(
        (
            name,
            _known(each.affinity_r),
            each.baseline,
            _known(each.baseline_r),
            _known(each.lead),
            f"{each.low:.2f} to {each.high:.2f}" if np.isfinite(each.low) else "not estimable",
            each.verdict,
        )
        for name, each in leads.items()
    )
    heads = ("affinity", "r with E", "baseline", "its r with E", "lead", "95 % interval", "verdict")
    return Table(heads, rows, caption="Each affinity against the strongest trivial predictor")


def _left_out(names: list[str]) -> str:
    return f"Not known, or the same, for all pairs: {', '.join(names)}. " if names else ""


def _sentence(found: dict[str, dict[str, Any]], leads: dict[str, Lead]) -> str:
    scores = {name: row["E"]["pearson"] for name, row in found.items() if np.isfinite(row["E"]["pearson"])}
    if not scores:
        return "Too few usable pairs to compare the baselines with E."
    best = max(scores, key=lambda name: abs(scores[name]))
    said = f"Without a gradient, {best} alone reaches r = {scores[best]:.2f} with E"
    told = [
        f"{name} (r = {each.affinity_r:.2f}) is {each.verdict}"
        for name, each in leads.items()
        if each.verdict in ("better", "worse")
    ]
    told += [
        f"{name} (r = {each.affinity_r:.2f}) has no established lead over it"
        for name, each in leads.items()
        if each.verdict == "no established difference"
    ]
    return f"{'; '.join([said, *told])}."


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _p(value: float) -> str:
    return f"{value:.4f}" if np.isfinite(value) else ""

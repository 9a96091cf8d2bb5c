"""Everything that bears on the agreement of one affinity with E, as JSON-able data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.analyses.agreement.covariates import CONTROLS, pair_covariates
from auditor.analyses.agreement.noise import (
    compounds_of,
    error_reliability,
    noise_of,
    split_reliability,
)
from auditor.analyses.agreement.seed_spread import per_seed, spread_over_seeds
from auditor.overlap.correlation_kinds import pair_correlations
from auditor.overlap.label_correlation import empirical_correlation
from auditor.seeding import derive
from auditor.statistics.association import PERMUTATIONS, affordable, associate
from auditor.statistics.pairs import upper
from auditor.statistics.partial_mantel import partial_mantel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.audit.context import AuditContext
    from auditor.audit.results import AffinityMatrix
    from auditor.statistics.association import Association

ERROR_COSINE = "error-cosine"
ALL_CONTROLS = "all of these"


@dataclass(frozen=True)
class Reference:
    """E over the usable pairs, and what is known of it once for all affinities.

    Parameters
    ----------
    values
        E (t, t), NaN where a pair is not usable.
    reliability, reliability_by_errors
        From split halves of the compounds, and from the standard errors of the pairs.
    unseen, unseen_compounds, unseen_reliability
        E over the compounds that no training took a gradient from, None without a training.
    """

    values: NDArray[np.float64]
    reliability: float
    reliability_by_errors: float
    unseen: NDArray[np.float64] | None
    unseen_compounds: int
    unseen_reliability: float


def reference_of(context: AuditContext) -> Reference:
    """Return E with its reliability, and E over the compounds that training did not learn from."""
    labels, usable = context.benchmark.labels, context.usable
    values = np.where(usable, context.empirical.values, np.nan)
    least = context.request.thresholds.min_support
    seed = derive(context.seed, "agreement", "halves")
    reliability = split_reliability(labels, usable, seed=seed, min_support=least)
    errors = pair_correlations(context.benchmark, context.empirical, liability=False).standard_error
    by_errors = error_reliability(upper(values), upper(errors))
    trainings = context.trainings
    if trainings is None or not trainings.traces:
        return Reference(values, reliability, by_errors, None, 0, float("nan"))
    inside = np.ones(context.benchmark.n, dtype=bool)
    inside[trainings.split.train] = False
    rest = compounds_of(labels, inside)
    unseen = np.where(usable, empirical_correlation(rest, min_support=least).values, np.nan)
    again = split_reliability(rest, usable, seed=seed, min_support=least)
    return Reference(values, reliability, by_errors, unseen, int(inside.sum()), again)


def evidence(
    context: AuditContext, name: str, reference: Reference, *, permutations: int = PERMUTATIONS
) -> dict[str, Any]:
    """Return what speaks for and against the agreement of an affinity with E."""
    affinity = context.affinities[name]
    many = affordable(context.benchmark.t, permutations)
    values = _usable(context, affinity.values)
    found = _associate(context, values, reference.values, many)
    reliability = _number(affinity.about.get("reliability"))
    out: dict[str, Any] = {
        **asdict(found),
        "against": "E over co-measured compounds",
        "absolute": asdict(_associate(context, values, np.abs(reference.values), many)),
        "noise": {
            **asdict(noise_of(found, reliability, reference.reliability)),
            "reference_reliability_by_errors": reference.reliability_by_errors,
        },
        "given": given(context, name, values, reference.values, permutations=many),
    }
    spread = spread_over_seeds(per_seed(context, affinity), reference.values, context.usable)
    if spread.seeds > 1:
        out["seeds"] = asdict(spread)
    if "all_logs" in affinity.about:
        every = _usable(context, np.asarray(affinity.about["all_logs"], dtype=np.float64))
        out["all_logs"] = asdict(_associate(context, every, reference.values, many))
    if reference.unseen is not None and trained(affinity):
        unseen = _associate(context, values, reference.unseen, many)
        out["unseen"] = {
            **asdict(unseen),
            "compounds": reference.unseen_compounds,
            "noise": asdict(noise_of(unseen, reliability, reference.unseen_reliability)),
        }
    return out


def given(
    context: AuditContext,
    name: str,
    values: NDArray[np.float64],
    reference: NDArray[np.float64],
    *,
    permutations: int,
) -> dict[str, Any]:
    """Return the partial correlations of an affinity with E, by what is held constant."""
    covariates = pair_covariates(context)
    controls = {control: covariates[control] for control in CONTROLS}
    sets = {control: {control: values} for control, values in controls.items()}
    sets[ALL_CONTROLS] = controls
    cheap = context.affinities.get(ERROR_COSINE)
    if cheap is not None and name != ERROR_COSINE:
        sets[f"{ERROR_COSINE} affinity"] = {ERROR_COSINE: _usable(context, cheap.values)}
    return {
        title: asdict(
            partial_mantel(
                values,
                reference,
                held,
                seed=derive(context.seed, "agreement", "given", title),
                permutations=permutations,
            )
        )
        for title, held in sets.items()
    }


def trained(affinity: AffinityMatrix) -> bool:
    """Return whether an affinity comes from logs of a training, so that it saw training compounds only."""
    return "logs" in affinity.about or "seeds" in affinity.about


def _associate(
    context: AuditContext,
    values: NDArray[np.float64],
    reference: NDArray[np.float64],
    permutations: int,
) -> Association:
    return associate(values, reference, seed=context.seed, permutations=permutations)


def _usable(context: AuditContext, values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(context.usable, (values + values.T) / 2, np.nan)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")

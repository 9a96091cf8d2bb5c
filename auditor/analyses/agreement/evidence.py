"""Everything that bears on the agreement of one affinity with E."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.analyses.agreement.covariates import CONTROLS, pair_covariates
from auditor.analyses.agreement.noise import (
    Noise,
    compounds_of,
    error_reliability,
    noise_of,
    split_reliability,
)
from auditor.analyses.agreement.seed_spread import Spread, per_seed, spread_over_seeds
from auditor.overlap.label_correlation import empirical_correlation
from auditor.seeding import derive
from auditor.statistics.association import PERMUTATIONS, Association, affordable, associate
from auditor.statistics.pairs import upper
from auditor.statistics.partial_mantel import Partial, partial_mantel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.audit.context import AuditContext
    from auditor.audit.results import AffinityMatrix

ERROR_COSINE = "error-cosine"
ALL_CONTROLS = "all of these"


@dataclass(frozen=True)
class Reference:
    """E over some pairs, and what is known of it once for all affinities of these pairs.

    Parameters
    ----------
    usable
        The pairs (t, t).
    values
        E (t, t), NaN where a pair is not usable.
    reliability, reliability_by_errors
        From split halves of the compounds, and from the standard errors of the pairs.
    unseen, unseen_compounds, unseen_reliability
        E over the test compounds, which no training took a gradient from or was stopped by; None without
        a training.
    """

    usable: NDArray[np.bool_]
    values: NDArray[np.float64]
    reliability: float
    reliability_by_errors: float
    unseen: NDArray[np.float64] | None
    unseen_compounds: int
    unseen_reliability: float


@dataclass(frozen=True)
class NoiseOfAll(Noise):
    """The noise of an affinity and of E, and the reliability of E by the errors of its pairs."""

    reference_reliability_by_errors: float


@dataclass(frozen=True)
class Unseen(Association):
    """The association with E over the test compounds, which training never saw."""

    compounds: int
    noise: Noise


@dataclass(frozen=True)
class Evidence(Association):
    """The association of an affinity with E over co-measured compounds, and what bears on it.

    Parameters
    ----------
    absolute
        With |E|.
    given
        Partial correlations, by what is held constant.
    seeds, all_logs, unseen
        Of every seed, of all logs, and with E over unseen compounds; None where there are none.
    """

    against: str
    absolute: Association
    noise: NoiseOfAll
    given: Mapping[str, Partial]
    seeds: Spread | None
    all_logs: Association | None
    unseen: Unseen | None


def data_of(found: Evidence) -> dict[str, Any]:
    """Return what the document tells of it: only what there is."""
    return {name: value for name, value in asdict(found).items() if value is not None}


def references_of(context: AuditContext) -> dict[str, Reference]:
    """Return by affinity the E that it is held against: of all pairs for one that needs no overlap."""
    masks = {name: context.pairs_of(name) for name in context.affinities}
    made = {mask.tobytes(): reference_of(context, mask) for mask in masks.values()}
    return {name: made[mask.tobytes()] for name, mask in masks.items()}


def reference_of(context: AuditContext, usable: NDArray[np.bool_]) -> Reference:
    """Return E with its reliability, and E over the test compounds, of some pairs (t, t)."""
    labels = context.benchmark.labels
    values = np.where(usable, context.empirical.values, np.nan)
    least = context.request.thresholds.min_support
    seed = derive(context.seed, "agreement", "halves")
    reliability = split_reliability(labels, usable, seed=seed, min_support=least)
    by_errors = error_reliability(upper(values), upper(context.empirical.intervals.standard_error))
    trainings = context.trainings
    if trainings is None or not trainings.traces:
        return Reference(usable, values, reliability, by_errors, None, 0, float("nan"))
    # the validation compounds decide when a training stops: it has seen them
    inside = np.zeros(context.benchmark.n, dtype=bool)
    inside[trainings.split.test] = True
    rest = compounds_of(labels, inside)
    unseen = np.where(usable, empirical_correlation(rest, min_support=least).values, np.nan)
    again = split_reliability(rest, usable, seed=seed, min_support=least)
    return Reference(usable, values, reliability, by_errors, unseen, int(inside.sum()), again)


def evidence(
    context: AuditContext, name: str, reference: Reference, *, permutations: int = PERMUTATIONS
) -> Evidence:
    """Return what speaks for and against the agreement of an affinity with E."""
    affinity = context.affinities[name]
    many = affordable(context.benchmark.t, permutations)
    values = _usable(reference, affinity.values)
    found = _associate(context, values, reference.values, many)
    noise = noise_of(found, affinity.reliability, reference.reliability)
    spread = spread_over_seeds(per_seed(context, affinity), reference.values, reference.usable)
    return Evidence(
        **vars(found),
        against="E over co-measured compounds",
        absolute=_associate(context, values, np.abs(reference.values), many),
        noise=NoiseOfAll(**vars(noise), reference_reliability_by_errors=reference.reliability_by_errors),
        given=given(context, name, values, reference, permutations=many),
        seeds=spread if spread.seeds > 1 else None,
        all_logs=_with_all_logs(context, affinity, reference, many),
        unseen=_with_unseen(context, affinity, reference, many),
    )


def _with_all_logs(
    context: AuditContext, affinity: AffinityMatrix, reference: Reference, many: int
) -> Association | None:
    stated = affinity.all_logs
    if stated is None:
        return None
    return _associate(context, _usable(reference, stated), reference.values, many)


def _with_unseen(
    context: AuditContext, affinity: AffinityMatrix, reference: Reference, many: int
) -> Unseen | None:
    if reference.unseen is None or not affinity.trained:
        return None
    found = _associate(context, _usable(reference, affinity.values), reference.unseen, many)
    noise = noise_of(found, affinity.reliability, reference.unseen_reliability)
    return Unseen(**vars(found), compounds=reference.unseen_compounds, noise=noise)


def given(
    context: AuditContext,
    name: str,
    values: NDArray[np.float64],
    reference: Reference,
    *,
    permutations: int,
) -> dict[str, Partial]:
    """Return the partial correlations of an affinity with E, by what is held constant."""
    covariates = pair_covariates(context)
    controls = {control: covariates[control] for control in CONTROLS}
    sets = {control: {control: values} for control, values in controls.items()}
    sets[ALL_CONTROLS] = controls
    cheap = context.affinities.get(ERROR_COSINE)
    if cheap is not None and name != ERROR_COSINE:
        sets[f"{ERROR_COSINE} affinity"] = {ERROR_COSINE: (cheap.values + cheap.values.T) / 2}
    return {
        title: partial_mantel(
            # the cheap affinity needs shared compounds, whatever this one needs
            np.where(context.usable, values, np.nan) if ERROR_COSINE in held else values,
            reference.values,
            held,
            seed=derive(context.seed, "agreement", "given", title),
            permutations=permutations,
        )
        for title, held in sets.items()
    }


def _associate(
    context: AuditContext,
    values: NDArray[np.float64],
    reference: NDArray[np.float64],
    permutations: int,
) -> Association:
    return associate(values, reference, seed=context.seed, permutations=permutations)


def _usable(reference: Reference, values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(reference.usable, (values + values.T) / 2, np.nan)

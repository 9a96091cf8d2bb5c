"""What is held against measured benefit: E of the compounds that judge nothing, and every affinity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.agreement.noise import compounds_of
from auditor.analyses.benefit.account import foretold
from auditor.overlap.label_correlation import empirical_correlation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.analyses.benefit.result import Foretold
    from auditor.audit.context import AuditContext
    from auditor.transfer.measured.gains import Gains
    from auditor.transfer.measured.plan import Plan

KNOWN = "E, no test compounds"


def estimates_of(context: AuditContext, plan: Plan) -> dict[str, NDArray[np.float64]]:
    """Return E and every affinity (t, t) by name, NaN for unusable pairs."""
    usable = {name: context.usable_affinity(name) for name in sorted(context.affinities)}
    return {KNOWN: _known_correlation(context, plan), **usable}


def all_foretold(
    context: AuditContext, estimates: Mapping[str, NDArray[np.float64]], found: Gains
) -> dict[str, Foretold]:
    """Return for E and for every affinity how it goes with the measured gains."""
    told = {}
    for name, values in estimates.items():
        affinity = context.affinities.get(name)
        told[name] = foretold(
            found,
            values,
            symmetric=affinity is None or affinity.orientation == "symmetric",
            own_reliability=affinity.reliability if affinity else float("nan"),
            seed=context.seed,
        )
    return told


def _known_correlation(context: AuditContext, plan: Plan) -> NDArray[np.float64]:
    """Return E (t, t) of the compounds that no training is judged by, NaN for unusable pairs."""
    known = np.ones(plan.study.benchmark.n, dtype=bool)
    known[plan.study.split.test] = False
    labels = compounds_of(plan.study.benchmark.labels, known)
    found = empirical_correlation(labels, min_support=context.request.thresholds.min_support)
    return np.where(context.usable, found.values, np.nan)

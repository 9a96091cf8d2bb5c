"""Domains: whether tasks of one source go together more than tasks of different ones."""

from __future__ import annotations

from dataclasses import asdict
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.domains.blocks import ALL, WITHOUT, blocks_of
from auditor.analyses.domains.contrast import contrast, within_indicator
from auditor.analyses.domains.result import Contrasted, Domains, Part, Side, Sides
from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.seeding import derive
from auditor.statistics.association import PERMUTATIONS, affordable, correlation
from auditor.statistics.pairs import upper
from auditor.statistics.partial_mantel import Partial, partial_mantel

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST = "gradient-cosine"
TWIN = 0.95
"""|E| from which two tasks count as one measured twice; the contrast is also given without such pairs."""


def analyse(context: AuditContext, *, permutations: int = PERMUTATIONS) -> Finding:
    """Contrast pairs within a domain with pairs across domains, as they are and at equal overlap.

    Parameters
    ----------
    permutations
        Of tasks, for every p; with more than 110 tasks fewer are made, and stated.
    """
    domains = [task.domain for task in context.benchmark.tasks]
    named = sorted(set(domains))
    if len(named) < 2 or not all(domains):
        text = "The tasks are not of two or more named domains."
        return Finding("domains", text, status="not applicable")
    if not any(domains.count(name) > 1 for name in named):
        text = "No domain has two tasks: there is no pair within one."
        return Finding("domains", text, status="not applicable")
    matrices = {name: (a.values + a.values.T) / 2 for name, a in sorted(context.affinities.items())}
    matrices["E"] = context.empirical.values
    reliable = _reliable(context, domains)
    found = Domains(
        domains={name: domains.count(name) for name in named},
        reliable=reliable,
        twins=_twins(context),
        contrasts={
            name: _contrasts(context, name, m, domains, permutations) for name, m in matrices.items()
        },
        blocks={name: _parts(context, m, domains) for name, m in matrices.items()},
        confounded=reliable.across.reliable < reliable.across.pairs,
    )
    return Finding(
        "domains",
        _sentence(found),
        asdict(found),
        blocks_of(found),
        citation="Cheng & Zhang 2026, Table 2; Mantel 1967",
        result=found,
    )


def _twins(context: AuditContext) -> list[list[str]]:
    rows, columns = np.nonzero(np.triu(np.abs(context.empirical.values) >= TWIN, 1))
    names = context.overlap.tasks
    return [[names[i], names[j]] for i, j in zip(rows, columns, strict=True)]


def _contrasts(
    context: AuditContext,
    name: str,
    values: NDArray[np.float64],
    domains: list[str],
    permutations: int,
) -> dict[str, Contrasted]:
    """Return the contrast as it is and without twins, each also at equal overlap."""
    without = np.where(np.abs(context.empirical.values) >= TWIN, np.nan, values)
    overlap = {"sqrt(overlap)": np.sqrt(context.overlap.measure(context.gate.thresholds.measure))}
    many = affordable(len(values), permutations)
    out = {}
    for which, matrix in ((ALL, values), (WITHOUT, without)):
        seed = derive(context.seed, "domains", name, which)
        held = partial_mantel(within_indicator(domains), matrix, overlap, seed=seed, permutations=many)
        plain = contrast(matrix, domains, seed=seed, permutations=many)
        out[which] = Contrasted(**vars(plain), at_equal_overlap=held)
    return out


def _reliable(context: AuditContext, domains: list[str]) -> Sides:
    same = upper(within_indicator(domains)) > 0
    reliable = upper(context.gate.reliable)
    overlap = upper(context.overlap.measure(context.gate.thresholds.measure))

    def side(part: NDArray[np.bool_]) -> Side:
        median = float(np.nanmedian(overlap[part])) if part.any() else float("nan")
        return Side(int(part.sum()), int((reliable & part).sum()), median)

    return Sides(side(same), side(~same))


def _parts(context: AuditContext, values: NDArray[np.float64], domains: list[str]) -> list[Part]:
    """Return the mean of every domain and of every two, with r against E there."""
    names = np.asarray(domains)
    out = []
    for one, other in combinations_with_replacement(sorted(set(domains)), 2):
        part = np.outer(names == one, names == other)
        part = np.triu(part | part.T, 1)
        told, target = values[part], context.empirical.values[part]
        known, both = np.isfinite(told), np.isfinite(told) & np.isfinite(target)
        out.append(
            Part(
                domains=(one, other),
                pairs=int(known.sum()),
                mean=float(told[known].mean()) if known.any() else float("nan"),
                sd=float(told[known].std(ddof=1)) if known.sum() > 1 else float("nan"),
                r_with_E=correlation(told[both], target[both]),
            )
        )
    return out


def _sentence(found: Domains) -> str:
    name = FIRST if FIRST in found.contrasts else next(iter(found.contrasts))
    plain = found.contrasts[name][ALL]
    held = plain.at_equal_overlap
    if not np.isfinite(plain.difference):
        return f"{name} is not estimated on both sides: the domains cannot be contrasted."
    told = [
        f"{name} is {plain.within:.3f} within domains and {plain.across:.3f} across (p = {plain.p:.4f})"
    ]
    if found.confounded:
        across = found.reliable.across
        told.append(
            f"this is confounded with overlap ({across.reliable} of {across.pairs} pairs across are "
            f"reliable); at equal overlap {_held(held)}"
        )
    if found.twins:
        rest = found.contrasts[name][WITHOUT]
        told.append(
            f"without {len(found.twins)} pair(s) of one measurement it is {rest.within:.3f} within "
            f"(p = {rest.p:.4f})"
        )
    return f"{'; '.join(told)}."


def _held(held: Partial) -> str:
    if not np.isfinite(held.r):
        return "it cannot be estimated"
    return f"the partial r with being of one domain is {held.r:.2f} (p = {held.p:.4f})"

"""Domains: whether tasks of one source go together more than tasks of different ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.domains.contrast import Contrast, contrast, within_indicator
from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.document.blocks import Block, Cell, Table, Text
from auditor.seeding import derive
from auditor.statistics.association import PERMUTATIONS, affordable, correlation
from auditor.statistics.pairs import upper
from auditor.statistics.partial_mantel import Partial, partial_mantel

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST = "gradient-cosine"
ALL, WITHOUT = "all pairs", "without twins"
TWIN = 0.95
"""|E| from which two tasks count as one measured twice; the contrast is also given without such pairs."""
METHOD = (
    "All pairs with an estimate take part, reliable or not. p deals the tasks out to domains of the same "
    "sizes at random, two-sided. Overlap shrinks a per-batch gradient cosine, and domains may share few "
    "compounds with one another: the last columns hold sqrt(overlap) constant (partial correlation with "
    "being of one domain, permutation p). Twins: pairs of |E| of 0.95 and more, one measurement twice."
)


@dataclass(frozen=True)
class Contrasted(Contrast):
    """A contrast, and the partial correlation with being of one domain at equal overlap."""

    at_equal_overlap: Partial


@dataclass(frozen=True)
class Side:
    """Pairs within domains, or across: how many, how many of them are reliable, and their overlap."""

    pairs: int
    reliable: int
    median_overlap: float


@dataclass(frozen=True)
class Sides:
    """Pairs within domains and across."""

    within: Side
    across: Side


@dataclass(frozen=True)
class Part:
    """The pairs of a domain, or of two: their mean and spread, and r with E."""

    domains: tuple[str, str]
    pairs: int
    mean: float
    sd: float
    r_with_E: float


@dataclass(frozen=True)
class Domains:
    """Pairs within and across domains.

    Parameters
    ----------
    domains
        Number of tasks, by domain.
    reliable
        Which pairs are.
    twins
        Pairs of tasks that are one measurement.
    contrasts
        By matrix, of all pairs and without twins.
    blocks
        By matrix, of every domain and of every two.
    confounded
        Whether some pair across domains is not reliable.
    """

    domains: Mapping[str, int]
    reliable: Sides
    twins: list[list[str]]
    contrasts: Mapping[str, Mapping[str, Contrasted]]
    blocks: Mapping[str, list[Part]]
    confounded: bool


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
        _blocks(found),
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


def _blocks(found: Domains) -> tuple[Block, ...]:
    heads = (
        "matrix", "pairs", "within", "n", "across", "n", "difference", "p", "partial r", "its p",
    )  # fmt: skip
    rows = [
        _row(name, which, told)
        for name, contrasts in found.contrasts.items()
        for which, told in contrasts.items()
        if which == ALL or found.twins
    ]
    parts = tuple(
        (name, one if one == other else f"{one} with {other}", told.pairs,
         _known(told.mean), _known(told.sd), None if name == "E" else _known(told.r_with_E))
        for name, parts_of_one in found.blocks.items()
        for told in parts_of_one
        for one, other in [told.domains]
    )  # fmt: skip
    return (
        Table(heads, tuple(rows), caption="Pairs within a domain against pairs across domains"),
        Table(("matrix", "domain", "pairs", "mean", "SD", "r with E"), parts, caption="Domain by domain"),
        Text(METHOD),
    )


def _row(name: str, which: str, told: Contrasted) -> tuple[Cell, ...]:
    held = told.at_equal_overlap
    return (
        name,
        which,
        _known(told.within),
        told.pairs_within,
        _known(told.across),
        told.pairs_across,
        _known(told.difference),
        _p(told.p),
        _known(held.r),
        _p(held.p),
    )


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _p(value: float) -> str:
    return f"{value:.4f}" if np.isfinite(value) else ""

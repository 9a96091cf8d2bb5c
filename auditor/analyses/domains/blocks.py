"""How a report shows affinity within and across domains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.document.blocks import Block, Cell, Table, Text

if TYPE_CHECKING:
    from auditor.analyses.domains.result import Contrasted, Domains

ALL, WITHOUT = "all pairs", "without twins"
METHOD = (
    "All pairs with an estimate take part, reliable or not. p deals the tasks out to domains of the same "
    "sizes at random, two-sided. Overlap shrinks a per-batch gradient cosine, and domains may share few "
    "compounds with one another: the last columns hold sqrt(overlap) constant (partial correlation with "
    "being of one domain, permutation p). Twins: pairs of |E| of 0.95 and more, one measurement twice."
)


def blocks_of(found: Domains) -> tuple[Block, ...]:
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

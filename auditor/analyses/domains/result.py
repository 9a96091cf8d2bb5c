"""What contrasting domains found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.analyses.domains.contrast import Contrast

if TYPE_CHECKING:
    from auditor.statistics.partial_mantel import Partial


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

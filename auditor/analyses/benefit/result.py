"""What the measurement of a benefit found: the parts of its finding, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from auditor.statistics.association import Association

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from auditor.analyses.benefit.transfer_rule import Rule
    from auditor.audit.context import AuditContext
    from auditor.transfer.group_gains import GroupGains

NAME = "benefit"


@dataclass(frozen=True)
class Run:
    """The trainings behind it: how many, those that failed with their errors, and their settings."""

    in_all: int
    failures: Mapping[str, str]
    pairs_in_all: int
    split: str | None
    compounds: Mapping[str, int]
    seeds: list[int]
    encoder: Any
    options: Mapping[str, Any]
    config: Mapping[str, Any]
    device: str


@dataclass(frozen=True)
class Beyond:
    """Pairs whose own 95 % interval leaves out 0, on either side."""

    gain: int
    loss: int


@dataclass(frozen=True)
class Size:
    """The mean benefit of pairs with its interval over tasks, and how many pairs gain."""

    pairs: int
    mean: float
    low: float
    high: float
    share_positive: float
    beyond: Beyond
    median_standard_error: float


@dataclass(frozen=True)
class Reliability:
    """How repeatable the mean over seeds is: of pairs, and within recipients."""

    pairs: float
    per_recipient: float


@dataclass(frozen=True)
class View(Association):
    """An association of an affinity with measured gains, and how high noise lets it be.

    Parameters
    ----------
    reliability_of_benefit, reliability_of_affinity
        How repeatable either is; NaN where not known.
    ceiling
        The r that a perfect estimate with the same noise would reach.
    disattenuated
        r divided by it.
    """

    reliability_of_benefit: float
    reliability_of_affinity: float
    ceiling: float
    disattenuated: float


@dataclass(frozen=True)
class Foretold:
    """How an affinity goes with the gains of pairs, of recipients, and within recipients."""

    pairs: View
    pooled: View
    per_recipient: View
    symmetric: bool
    rule: Rule
    rule_by_recipient: Rule


@dataclass(frozen=True)
class Correlated:
    """How an affinity goes with the benefit of pairs by one choice of metrics."""

    pearson: float
    low: float
    high: float
    mantel_p: float


@dataclass(frozen=True)
class ByMetric:
    """The benefit of pairs by one choice of metrics, and how every estimate goes with it."""

    metrics: list[str]
    size: Size
    reliability: float
    foretold: Mapping[str, Correlated]


@dataclass(frozen=True)
class GroupRow:
    """Mean gain of a group of more than two tasks, and the gain of each member (members,)."""

    tasks: list[str]
    mean: float
    standard_error: float
    mean_own_epochs: float
    gaining: int
    gains: NDArray[np.float64]
    gains_standard_error: NDArray[np.float64]
    gains_own_epochs: NDArray[np.float64]


@dataclass(frozen=True)
class TaskRow:
    """A task's metric when trained alone, and how it fared in pairs."""

    task: str
    metric: str
    alone: float
    test_labels: int
    partners: int
    mean_gain: float
    helpful_partners: int


@dataclass(frozen=True)
class Benefit:
    """What training tasks together won on test compounds.

    Parameters
    ----------
    foretold
        How E and every affinity go with it, by name.
    pair_benefit
        Mean gain of the two tasks of a pair (t, t).
    gain_source_to_recipient, gain_standard_error
        Gain of the column's task when trained with the row's (t, t).
    gains
        Of every measured pair and larger group: what gains of other groups are predicted from.
    """

    trainings: Run
    metrics: list[str]
    size: Size
    reliability: Reliability
    foretold: Mapping[str, Foretold]
    by_metric: list[ByMetric]
    groups: list[GroupRow]
    tasks: list[TaskRow]
    pair_benefit: NDArray[np.float64]
    gain_source_to_recipient: NDArray[np.float64]
    gain_standard_error: NDArray[np.float64]
    gains: GroupGains


def data_of(found: Benefit) -> dict[str, Any]:
    """Return what the document tells of a benefit; the table of gains is in it as pairs and groups."""
    data = asdict(found)
    del data["gains"]
    return data


def measured_gains(context: AuditContext) -> GroupGains | None:
    """Return the gains that this audit measured in pairs and larger groups; None if it measured none."""
    found = context.findings.get(NAME)
    if found is None or not isinstance(found.result, Benefit):
        return None
    return found.result.gains if found.result.gains.measured.any() else None

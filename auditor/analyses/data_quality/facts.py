"""What is known of the published rows of one task."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.benchmark.replicates import Replicates


@dataclass(frozen=True)
class Variation:
    """How much the labels of a task vary.

    Parameters
    ----------
    kind
        Of the task.
    piled_up
        The lowest or the highest value, where labels pile up there, and the share of labels.
    rarer_class
        Labels of the rarer class; None for values.
    commonest_value, commonest_share
        The value of most labels.
    variation
        What is wrong with it; empty where nothing is.
    """

    kind: str
    piled_up: list[tuple[str, float, float]]
    rarer_class: int | None
    commonest_value: float
    commonest_share: float
    variation: str


@dataclass(frozen=True)
class Plausibility:
    """Which values a source calls plausible, in the task's unit, and how many lie outside."""

    unit: str
    plausible: list[float]
    range: list[float] | None
    implausible: int


@dataclass(frozen=True)
class Stereo:
    """Labelled compounds with an undefined centre, and with an undefined double bond."""

    undefined_centres: int
    undefined_bonds: int


@dataclass(frozen=True)
class TaskFacts:
    """Rows, repeats, values and stereo of a task.

    Parameters
    ----------
    rows, rejected
        Rows with a value, and those without a usable SMILES.
    as_written, joined
        Repeats where rows of the same text are one compound, and by the identity level.
    dropped, labels
        Compounds whose replicates conflict too much to be labels, and labels.
    """

    name: str
    rows: int
    rejected: int
    as_written: Replicates
    joined: Replicates
    dropped: int
    labels: int
    values: Variation
    published: Plausibility
    stereo: Stereo


def data_of(facts: TaskFacts, remarks: list[str]) -> dict[str, Any]:
    """Return what the document tells of a task."""
    return {
        "name": facts.name,
        "rows": facts.rows,
        "rejected": facts.rejected,
        "as_written": {**asdict(facts.as_written), "repeated": facts.as_written.repeated},
        "joined": {**asdict(facts.joined), "repeated": facts.joined.repeated},
        "dropped": facts.dropped,
        "labels": facts.labels,
        **asdict(facts.values),
        **asdict(facts.published),
        **asdict(facts.stereo),
        "remarks": remarks,
    }

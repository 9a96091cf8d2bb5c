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
class Place:
    """A published value: its row, the compound as it is written, and how the row is named in words."""

    value: float
    smiles: str
    row: int
    where: str


@dataclass(frozen=True)
class MixedUnits:
    """Two groups of values, the smaller values first."""

    factor: float
    counts: list[int]
    examples: list[Place]


@dataclass(frozen=True)
class Strange:
    """What in the values of a task looks like a slip or like another unit.

    Parameters
    ----------
    far_values
        Values far from all others.
    far_from
        The lowest and the highest of these others; None where no value is far.
    mixed_units
        The factor between two groups of values, with the size of each and the value in its middle; None
        where there are no such groups.
    """

    far_values: list[Place]
    far_from: list[float] | None
    mixed_units: MixedUnits | None


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
    strange: Strange
    stereo: Stereo


@dataclass(frozen=True)
class PairFacts:
    """A pair of tasks whose E one compound decides, or whose ranks say another thing.

    Parameters
    ----------
    tasks
        Both names.
    by_one_compound
        Whether one compound decides; otherwise values and ranks differ, and the compound is the one that
        changes E the most.
    correlation, without, spearman
        E, E without the compound, and the correlation of ranks.
    compounds
        Compounds with a label for both.
    places
        The compound in the published rows of each task.
    """

    tasks: list[str]
    by_one_compound: bool
    correlation: float
    without: float
    spearman: float
    compounds: int
    places: list[Place]


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
        **asdict(facts.strange),
        **asdict(facts.stereo),
        "remarks": remarks,
    }

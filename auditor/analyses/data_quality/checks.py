"""What may be wrong with the labels of one task: too little variation, limits, implausible values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.data_quality.facts import Plausibility, Variation
from auditor.analyses.data_quality.strange import far_words, unit_words
from auditor.text import count_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.analyses.data_quality.facts import TaskFacts
    from auditor.source.rows import Task, TaskTable

FEW = 20
"""Labels of the rarer class below which they are called few, however large their share."""
RARE = 0.01
"""Share of the rarer class below which a task is called nearly constant."""
COMMON = 0.95
"""Share of one single value above which a regression task is called nearly constant."""
PILED_UP = 0.05
"""Share of labels at the lowest or highest value from which that value is called perhaps a limit."""
MIXED = 0.10
"""Share of compounds with conflicting values from which the assay is called perhaps mixed."""

FEW_RARER = "few of the rarer class"


def variation(task: Task, values: NDArray[np.float64]) -> Variation:
    """Return how much a task varies, and whether it is constant or nearly so.

    A classification task is nearly constant with less than 1 % of the rarer class, and has few of the
    rarer class with fewer than 20 labels of it; a regression task is nearly constant with more than
    95 % of its labels at one value. Labels pile up where more than 5 % of them are the lowest or the
    highest value.
    """
    found, counts = np.unique(values, return_counts=True)
    common = float(counts.max() / len(values))
    rarer = int(len(values) - counts.max())
    rare = rarer < RARE * len(values) if task.kind == "classification" else common > COMMON
    if len(found) < 2:
        state = "constant"
    elif rare:
        state = "nearly constant"
    else:
        state = FEW_RARER if task.kind == "classification" and rarer < FEW else ""
    ends = (("lowest", 0), ("highest", -1)) if task.kind == "regression" and len(found) > 2 else ()
    return Variation(
        kind=task.kind,
        piled_up=[
            (end, float(found[at]), float(counts[at] / len(values)))
            for end, at in ends
            if counts[at] >= FEW and counts[at] > PILED_UP * len(values)
        ],
        rarer_class=rarer if task.kind == "classification" else None,
        commonest_value=float(found[np.argmax(counts)]),
        commonest_share=common,
        variation=state,
    )


def implausible(table: TaskTable) -> Plausibility:
    """Count the published values outside what the source calls plausible in the task's unit."""
    task = table.task
    values = np.asarray(table.values, dtype=np.float64)
    values = values[np.isfinite(values)]
    return Plausibility(
        unit=task.unit,
        plausible=[task.low, task.high],
        range=[float(values.min()), float(values.max())] if len(values) else None,
        implausible=int(((values < task.low) | (values > task.high)).sum()),
    )


def remarks(facts: TaskFacts) -> list[tuple[int, str]]:
    """Return what a reader should know of a task, each with its weight, the heaviest first."""
    joined, values, published = facts.joined, facts.values, facts.published
    conflicts, rarer = joined.conflicting, values.rarer_class
    said = []
    if values.variation == "constant":
        said.append((5, f"constant: all {facts.labels:,} labels are {values.commonest_value:g}"))
    elif values.variation == FEW_RARER and rarer is not None:
        said.append((3, f"{FEW_RARER}: {count_of(rarer, 'label')}"))
    elif values.variation:
        common = f"{values.commonest_share:.1%} of the labels are {values.commonest_value:g}"
        said.append((3, f"nearly constant: {common if rarer is None else f'{rarer:,} labels differ'}"))
    if conflicts > MIXED * joined.compounds:
        share = conflicts / joined.compounds
        mixed = (
            f"{conflicts:,} of {joined.compounds:,} compounds ({share:.0%}) conflict: perhaps assays, "
            "species or laboratories are mixed, and whatever uses this task inherits it"
        )
        said.append((4, mixed))
    elif conflicts:
        said.append((0, count_of(conflicts, "conflicting compound")))
    if published.implausible:
        low, high = published.plausible
        outside = f"{published.implausible:,} values outside {low:g} to {high:g} {published.unit}"
        said.append((4, outside.strip()))
    said += [(4, told) for told in far_words(facts.strange)]
    if facts.strange.mixed_units:
        said.append((5, unit_words(facts.strange.mixed_units)))
    said += [
        (2, f"{share:.0%} of the labels are its {end} value, {value:g}: perhaps a limit of the assay")
        for end, value, share in values.piled_up
    ]
    return sorted(said, key=lambda remark: -remark[0])

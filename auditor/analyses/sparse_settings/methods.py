"""Every proposal on one sparse setting, on the scale of label correlations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.sparse_settings.borrowing import borrowed
from auditor.analyses.sparse_settings.matched import cosines_over, matched_batches, random_batches
from auditor.analyses.sparse_settings.scale import hybrid, scale_of
from auditor.seeding import derive

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.analyses.sparse_settings.anchors import Anchored
    from auditor.analyses.sparse_settings.setting import Setting
    from auditor.analyses.threshold.settings import Settings

BASELINE = "gradient-cosine"
LABELS = "labels of shared compounds"
MATCHED = "scaffold-matched gradients"
UNMATCHED = "random batches, same network"
BORROWED = "borrowed from the panel"
CHEMICAL = "chemical-correlation"
HYBRID = "gradients and chemistry"


def estimates_of(setting: Setting, settings: Settings) -> dict[str, NDArray[np.float64]]:
    """Return what every proposal says of the pairs of different groups (t, t), NaN elsewhere.

    All but the labels are brought to E's scale by the line that fits the pairs within a group, which
    share all their compounds in the sparse table too: no method sees the full table.
    """
    audit, groups = setting.context, setting.layout.groups
    labels = audit.empirical.values
    gradients, chemical = setting.gradients, setting.chemical
    batches = _batches(setting, settings)
    trained = audit.trained()[0] if batches[MATCHED] else None
    raw = {
        BASELINE: gradients.values,
        **{
            name: cosines_over(trained, part) if trained is not None else np.full_like(labels, np.nan)
            for name, part in batches.items()
        },
        CHEMICAL: chemical.values,
    }
    out = {name: scale_of(values, labels, setting.inside).apply(values) for name, values in raw.items()}
    lent = borrowed(gradients.values, chemical.values, groups)
    out[BORROWED] = scale_of(gradients.values, labels, setting.inside).apply(lent)
    out[HYBRID] = hybrid(
        gradients.values,
        gradients.standard_error,
        chemical.values,
        chemical.standard_error,
        labels,
        audit.overlap.ochiai,
        setting.inside,
    )
    out[LABELS] = labels
    return {name: np.where(setting.across, values, np.nan) for name, values in out.items()}


def anchored_estimates(setting: Setting, anchored: list[Anchored]) -> dict[str, NDArray[np.float64]]:
    """Return what gradients say after each plan was followed (t, t), on E's scale."""
    labels = setting.context.empirical.values
    return {
        anchor_name(found.reached): np.where(
            setting.across,
            scale_of(found.values, labels, setting.inside).apply(found.values),
            np.nan,
        )
        for found in anchored[1:]
    }


def anchor_name(reached: float) -> str:
    """Return the name of gradients after a plan for an overlap."""
    return f"gradients, anchors to {reached:.2f}"


def _batches(setting: Setting, settings: Settings) -> dict[str, list[NDArray[np.int64]]]:
    parts = setting.layout.compounds_of(setting.overlap)
    seen = np.bincount(np.concatenate(parts))
    place = np.full(seen.size, -1, dtype=np.int64)
    place[setting.compounds] = np.arange(len(setting.compounds))
    sides = [place[part[seen[part] == 1]] for part in parts]
    rng = np.random.default_rng(derive(setting.context.seed, "matched batches", setting.repeat))
    size, count = settings.batches[0], settings.logs
    return {
        MATCHED: matched_batches(sides, setting.scaffolds, size=size, count=count, rng=rng),
        UNMATCHED: random_batches(len(setting.compounds), size=size, count=count, rng=rng),
    }

"""What a measured benefit, or the forecast of its cost, comes to in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from auditor.text import count_of, duration

if TYPE_CHECKING:
    from auditor.analyses.benefit.result import Benefit
    from auditor.audit.results import Forecast


def sentence(found: Benefit) -> str:
    """Return how large the benefit is, and which affinity foretold it best."""
    size = found.size
    told = [
        f"Training in pairs changed the test metric by {size.mean:+.4f} on average"
        f"{_between(size.low, size.high, 4)}; {size.share_positive:.0%} of {size.pairs} pairs "
        f"gained, {size.beyond.gain} of them beyond their own 95 % interval, and "
        f"{size.beyond.loss} lost beyond it"
    ]
    best = max(
        found.foretold.items(),
        key=lambda item: np.nan_to_num(item[1].pairs.pearson, nan=-2.0),
        default=None,
    )
    if best is not None and np.isfinite(best[1].pairs.pearson):
        name, view = best[0], best[1].pairs
        said = "goes with it best" if view.mantel_p <= 0.05 else "comes closest, without being established"
        told.append(
            f"{name} {said}: r = {view.pearson:.2f}{_between(view.low, view.high, 2)}, "
            f"Mantel p = {view.mantel_p:.4f}"
        )
    return f"{'; '.join(told)}."


def _between(low: float, high: float, digits: int) -> str:
    if not (np.isfinite(low) and np.isfinite(high)):
        return ""
    return f" ({low:.{digits}f} to {high:.{digits}f} over tasks)"


def forecast_sentence(found: Forecast) -> str:
    """Return how many trainings there would be, and how long they would take."""
    left = found.trainings - found.stored
    time = "" if np.isnan(found.seconds) else f", about {duration(found.seconds)} one after the other"
    return (
        f"{count_of(found.trainings, 'training')}, {found.stored:,} of them finished already; "
        f"{left:,} to run{time} ({found.measured_on})."
    )

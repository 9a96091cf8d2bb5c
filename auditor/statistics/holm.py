"""Several tests at once."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number, so that calling those below a level errs at that level.

    Reference: Holm 1979, Scand. J. Statist. 6:65.
    """
    order = sorted(range(len(p)), key=lambda place: p[place])
    out, worst = [1.0] * len(p), 0.0
    for rank, place in enumerate(order):
        worst = max(worst, (len(p) - rank) * p[place])
        out[place] = min(worst, 1.0)
    return out

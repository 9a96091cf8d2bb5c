"""What a measurement says of a claim."""

from __future__ import annotations

import math
from typing import Literal

from auditor.reproduction.plan import Claim, Measured

Verdict = Literal[
    "reproduced",
    "not reproduced",
    "cannot be told",
    "follows from labels alone",
    "not testable",
    "not measured yet",
]
VERDICTS: tuple[Verdict, ...] = (
    "reproduced",
    "not reproduced",
    "cannot be told",
    "follows from labels alone",
    "not testable",
    "not measured yet",
)
MEANING = (
    "A verdict follows the interval. Reproduced: the claimed number, as printed, lies in the measured 95 % "
    "interval, and neither end of it is further away than that kind of number allows (r and shares: 0.15). "
    "Not reproduced: the interval leaves the claimed number out; a count or a recalculation has no "
    "interval, and differs by more than a rounding, or than the claim's own 'about'. "
    "Cannot be told: the interval is too wide, or there is none. A bound (at least, at most) is held "
    "against the end of the interval that could break it. Follows from labels alone: it is not "
    "contradicted, and a model that never trains reaches the claimed number too. Not testable: the "
    "released material does not hold what the number was computed from, and it is of that material. Not "
    "measured yet: its audit has not been run within the budget, or its data are not here."
)


def judge(claim: Claim, measured: Measured | None, labels_alone: Measured | None = None) -> Verdict:
    """Return the verdict on a claim.

    Parameters
    ----------
    measured
        None where what answers the claim is not there.
    labels_alone
        What a model without training reaches; None where that is not known.
    """
    if claim.measure is None and not claim.testable:
        return "not testable"
    if measured is None:
        return "not measured yet"
    found = compared(claim, measured)
    if found != "not reproduced" and labels_alone is not None and reaches(claim, labels_alone):
        return "follows from labels alone"
    return found


def compared(claim: Claim, measured: Measured) -> Verdict:
    """Return what the measurement alone says."""
    assert claim.claimed is not None
    value, low, high = measured.value, measured.low, measured.high
    if measured.exact:
        low = high = value
    if not (math.isfinite(value) and math.isfinite(low) and math.isfinite(high)):
        return "cannot be told"
    half = rounding(claim)
    below, above = claim.claimed - half, claim.claimed + half
    if claim.kind == "at least":
        return _bound(low >= below, high < below)
    if claim.kind == "at most":
        return _bound(high <= above, low > above)
    if measured.exact:
        return "reproduced" if below - claim.within <= value <= above + claim.within else "not reproduced"
    if above < low or below > high:
        return "not reproduced"
    return "reproduced" if max(value - low, high - value) <= claim.within else "cannot be told"


def rounding(claim: Claim) -> float:
    """Return half of the last decimal that the paper prints."""
    return 0.5 * 10.0**-claim.digits * (1 + 1e-9)


def reaches(claim: Claim, found: Measured) -> bool:
    """Return whether a model without training has as much as is claimed, or more."""
    return claim.claimed is not None and found.value >= claim.claimed - rounding(claim)


def _bound(holds: bool, breaks: bool) -> Verdict:
    return "reproduced" if holds else "not reproduced" if breaks else "cannot be told"

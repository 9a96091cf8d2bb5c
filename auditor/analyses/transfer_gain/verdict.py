"""What can be said of a gain: it is there, it is not worth having, or it cannot be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

if TYPE_CHECKING:
    from auditor.transfer.kernel.gain import Scale

Verdict = Literal["helps", "adds little", "harms", "cannot be told"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
NEAR = 0.93
"""What a task's own labels must explain of given compounds, as a share of left-out scaffolds."""
LITTLE = 0.02
"""Gain in R² below which it is not worth having; the trials could not tell smaller ones apart."""


def agree(gain: Scale) -> bool:
    """Return whether the predicted and the measured gain differ by no more than their errors allow."""
    error = float(np.hypot(gain.measured.error, gain.predicted_error))
    reach = gain.measured.width / gain.measured.error if gain.measured.error > 0 else 0.0
    return abs(gain.predicted - gain.measured.value) <= reach * error


def judge(gain: Scale) -> Verdict:
    """Return what the expected gain in R² and its interval say; nothing where both parts disagree."""
    expected = gain.expected
    if not np.isfinite(expected.low) or not agree(gain):
        return "cannot be told"
    if expected.low > 0:
        return "helps"
    if expected.high < 0:
        return "harms"
    return "adds little" if max(-expected.low, expected.high) < LITTLE else "cannot be told"

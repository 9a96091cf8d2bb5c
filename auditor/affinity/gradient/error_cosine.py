"""The baseline of every gradient: the cosine of the tasks' errors, with no backward pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.affinity.gradient.cosine import cosine_affinity

if TYPE_CHECKING:
    from auditor.audit.context import AuditContext
    from auditor.audit.results import AffinityMatrix

MEANING = (
    "Mean cosine of two tasks' errors on the compounds of a batch. It sees only compounds measured for "
    "both, costs no backward pass, and keeps the sign; what a gradient adds must be seen beside it."
)


def estimate(context: AuditContext) -> AffinityMatrix:
    """Return the mean cosine of the tasks' errors over the last logs; trains if nobody has.

    A task's errors are the derivatives of its loss by its outputs, one per compound of the batch,
    0 where the compound was not measured. With the encoder's tangent kernel reduced to a
    constant diagonal, the cosine of the gradients becomes this one.
    """
    return cosine_affinity(
        "error-cosine", context.traces(), window=context.window, of="errors", meaning=MEANING, signed=True
    )

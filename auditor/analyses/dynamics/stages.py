"""The stages of a training, and which of its logs belong to each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from auditor.training.trace import Trace

Part = Literal["up to", "around"]


def logs_by_stage(
    traces: Sequence[Trace], window: float, marks: Sequence[int]
) -> list[tuple[int, Part, list[tuple[Trace, NDArray[np.bool_]]]]]:
    """Return epoch, part and chosen logs of every stage that ends before every final window does begin."""
    parts: list[tuple[int, Part, list[tuple[Trace, NDArray[np.bool_]]]]] = []
    early = [~trace.last(window) for trace in traces]
    whole = min(_whole_epochs(trace, mask) for trace, mask in zip(traces, early, strict=True))
    reached = sorted({mark for mark in (*marks, whole) if 1 <= mark <= whole})
    kinds: tuple[Part, ...] = ("up to", "around")
    for part in kinds:
        before = 0
        for mark in reached:
            first = 0 if part == "up to" else before
            chosen = [
                (trace, mask & (trace.epochs >= first) & (trace.epochs < mark))
                for trace, mask in zip(traces, early, strict=True)
            ]
            if sum(int(mask.sum()) for _, mask in chosen) > 1:
                parts.append((mark, part, chosen))
            before = mark
    return parts


def _whole_epochs(trace: Trace, early: NDArray[np.bool_]) -> int:
    """Return how many epochs from the first have all their logs before the final window."""
    if not early.any():
        return 0
    late = trace.epochs[~early]
    return int(late.min()) if len(late) else int(trace.epochs.max()) + 1

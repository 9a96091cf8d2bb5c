"""The answer in a chemist's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.analyses.transfer_gain.verdict import Verdict
from auditor.text import count_of
from auditor.transfer.kernel.gain import Target

if TYPE_CHECKING:
    from auditor.analyses.transfer_gain.result import Donor, TransferGain
    from auditor.transfer.kernel.interval import Estimate

TARGET_WORDS: dict[Target, str] = {
    "new": "new compounds",
    "measured": "compounds that the other assay has measured",
}


def sentence_of(found: TransferGain) -> str:
    """Return what the tasks gain: for new compounds, then for compounds that a donor has measured."""
    parts = [_of_target(found, target) for target in ("new", "measured") if found.pairs[target]]
    used = max(len(column.rows) for column in found.panel.columns)
    capped = [column.name for column in found.panel.columns if column.labels > len(column.rows)]
    limit = (
        f" This is for up to {used:,} labels of a task: with more of its own it gains less."
        if capped
        else ""
    )
    return " ".join(parts) + limit


def _of_target(found: TransferGain, target: Target) -> str:
    pairs, tasks = found.pairs[target], {one.recipient for one in found.pairs[target]}
    helped = {one.recipient for one in pairs if one.verdict == "helps"}
    where = f"For {TARGET_WORDS[target]}, "
    if not helped:
        return f"{where}no task is shown to gain from another one{_rest(pairs)}."
    best = next(one for one in pairs if one.verdict == "helps")
    gains = "gains" if len(helped) == 1 else "gain"
    return (
        f"{where}{len(helped)} of {count_of(len(tasks), 'task')} {gains} from another one, most "
        f"'{best.recipient}' from '{best.donor}': {r2(best.gain.r2.expected)}{_rest(pairs)}."
    )


def _rest(pairs: Sequence[Donor]) -> str:
    counts = Counter(one.verdict for one in pairs)
    words: dict[Verdict, str] = {
        "adds little": "add less than 0.02",
        "harms": "do harm",
        "cannot be told": "cannot be told",
    }
    told = [f"{counts[verdict]:,} {text}" for verdict, text in words.items() if counts[verdict]]
    return f" (of {len(pairs):,} pairs {', '.join(told)})" if told else ""


def r2(gain: Estimate) -> str:
    """Return a gain in R² with its interval."""
    return f"R² {gain.value:+.2f} ({gain.low:+.2f} to {gain.high:+.2f})"

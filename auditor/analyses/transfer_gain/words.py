"""The answer in a chemist's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.analyses.transfer_gain.ranking import ranked
from auditor.analyses.transfer_gain.verdict import Verdict
from auditor.text import count_of
from auditor.transfer.kernel.gain import Target

if TYPE_CHECKING:
    from auditor.analyses.transfer_gain.result import Donor, TransferGain
    from auditor.transfer.kernel.interval import Estimate

NAMED = 3
"""Recipients that a sentence names."""
TARGET_WORDS: dict[Target, str] = {
    "new": "new compounds",
    "measured": "compounds that the other assays have measured",
    "given": "the compounds that were given",
}


def sentence_of(found: TransferGain) -> str:
    """Return what the tasks gain: for new compounds, then for compounds that a donor has measured."""
    order: tuple[Target, ...] = ("given", "new", "measured")
    parts = [_of_target(found, target) for target in order if found.pairs[target]]
    used = max(len(column.rows) for column in found.panel.columns)
    capped = [column.name for column in found.panel.columns if column.labels > len(column.rows)]
    limit = (
        f" This is for up to {used:,} labels of a task: with more of its own it gains less."
        if capped
        else ""
    )
    return " ".join(parts) + limit


def _of_target(found: TransferGain, target: Target) -> str:
    if target == "given" and len(found.far) == len(found.nearness):
        return (
            "For the compounds that were given no gain can be told: they lie further from the compounds "
            "with labels than left-out scaffolds do."
        )
    together = [one.together for one in ranked(found, target) if one.together is not None]
    best = next((one for one in found.pairs[target] if one.verdict == "helps"), None)
    single = f"'{best.recipient}' from '{best.donor}' {r2(best.gain.r2.expected)}" if best else ""
    where = f"For {TARGET_WORDS[target]}, "
    if not together:
        told = (
            f"a task gains from the other: {single}"
            if single
            else "no task is shown to gain from the other"
        )
        return f"{where}{told}{_rest(found.pairs[target])}."
    end = f" Best from a single one: {single}." if single else ""
    helped = [one for one in together if one.verdict == "helps"]
    if not helped:
        return f"{where}no task is shown to gain from all the others together{_rest(together)}.{end}"
    named = ", ".join(f"'{one.recipient}' {r2(one.gain.r2.expected)}" for one in helped[:NAMED])
    more = f" and {len(helped) - NAMED} more" if len(helped) > NAMED else ""
    gain = "gains" if len(helped) == 1 else "gain"
    return (
        f"{where}{len(helped)} of {count_of(len(together), 'task')} {gain} from all the others together: "
        f"{named}{more}{_rest(together)}.{end}"
    )


def _rest(gains: Sequence[Donor]) -> str:
    counts = Counter(one.verdict for one in gains)
    words: dict[Verdict, str] = {
        "adds little": "gain less than 0.02",
        "harms": "lose",
        "cannot be told": "cannot be told",
    }
    told = [f"{counts[verdict]:,} {text}" for verdict, text in words.items() if counts[verdict]]
    return f"; {', '.join(told)}" if told else ""


def r2(gain: Estimate) -> str:
    """Return a gain in R² with its interval."""
    return f"R² {gain.value:+.2f} ({gain.low:+.2f} to {gain.high:+.2f})"

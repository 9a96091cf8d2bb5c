"""The tables: recipients with all donors, the best donors, controls, calibration, and the method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from auditor.analyses.transfer_gain.next_labels import next_labels
from auditor.analyses.transfer_gain.ranking import Ranked, ranked
from auditor.analyses.transfer_gain.verdict import LITTLE, NEAR, judge
from auditor.analyses.transfer_gain.words import TARGET_WORDS
from auditor.document.blocks import Block, Cell, Matrix, Table, Text
from auditor.transfer.kernel.gain import TARGETS, Gain, Target
from auditor.transfer.kernel.together import LABELS

if TYPE_CHECKING:
    from auditor.analyses.transfer_gain.result import Donor, TransferGain
    from auditor.transfer.kernel.interval import Estimate

DONORS = 4
"""Donors named beside a recipient."""
SHOWN = 20
"""Pairs in a table; the document has all."""
GAIN = ("alone", "predicted", "measured", "expected (95 % interval)")
METHOD = (
    "A Gaussian process over chemical similarity (min-max Tanimoto of Morgan counts, radius 2), for two "
    "tasks at a time; r correlates what similarity explains of both. Gains are in R², a share of the "
    "label variance; alone: what the recipient reaches without donors. Predicted: what the model "
    "expects, in closed form. Measured: by how much the squared "
    "error falls on scaffolds left out of the recipient and, for new compounds, of the donor too; r is "
    "chosen without them. Expected: the mean of both. Its interval keeps scaffolds together; it held the "
    "gain of this model in 92 to 97 % of simulated panels. A network can gain more or less. 'helps': the "
    f"interval lies above 0. 'adds little': it lies within {LITTLE:.2f} of 0. 'cannot be told': it holds 0 "
    "and more than that, or the predicted and the measured gain disagree. AUROC: the expected gain on that "
    "scale. Gains are for compounds like the recipient's own, not for later ones of another chemistry."
)


def blocks_of(found: TransferGain) -> tuple[Block, ...]:
    """Return what a report shows."""
    blocks: list[Block] = [_tasks(found)]
    for target in TARGETS:
        if found.all_donors[target]:
            blocks.append(_all_donors(found, target))
        if found.pairs[target]:
            blocks.append(_pairs(found, target))
    if found.pairs["new"] and len(found.panel.columns) > 2:
        blocks.append(_matrix(found, "new"))
    blocks += next_labels(found)
    blocks += [_nearness(found)] if found.nearness else []
    blocks.append(_controls(found))
    if any(found.calibration.values()):
        blocks.append(_calibration(found))
    blocks += [Text(METHOD), Text(_limits(found))]
    return tuple(blocks)


def _tasks(found: TransferGain) -> Table:
    rows = [
        (
            c.name,
            c.labels,
            len(c.rows),
            round(s.h, 2),
            f"{s.low:.2f} to {s.high:.2f}",
            "" if s.explains else "refused",
        )
        for c, s in zip(found.panel.columns, found.study.shares, strict=True)
    ]
    return Table(
        ("task", "labels", "used", "h", "95 % interval", "remark"),
        tuple(rows),
        caption="Share h of a task's labels that chemical similarity explains",
        digits=2,
    )


def _all_donors(found: TransferGain, target: Target) -> Table:
    """Return what all donors give each recipient, with the donors that help it alone."""
    plain = _gains(
        found.all_donors[target],
        ("recipient",),
        f"From all donors together (up to {LABELS:,} labels of theirs), for {TARGET_WORDS[target]}, "
        "and the donors that help alone, best first",
    )
    best = {one.recipient: _donors(one) for one in ranked(found, target)}
    rows = tuple((*row, best[str(row[0])]) for row in plain.rows)
    return replace(plain, columns=(*plain.columns, "donors"), rows=rows)


def _donors(one: Ranked) -> str:
    """Return the donors that help a recipient, with what they are expected to give."""
    helping = [f"{d.donor} {d.gain.r2.expected.value:+.3f}" for d in one.helping[:DONORS]]
    more = len(one.helping) - DONORS
    return ", ".join([*helping, *([f"{more} more"] if more > 0 else [])]) or "none is shown to help"


def _pairs(found: TransferGain, target: Target) -> Table:
    pairs = found.pairs[target]
    which = f"The {SHOWN} largest of {len(pairs):,} expected gains" if len(pairs) > SHOWN else "Every pair"
    return _gains(pairs[:SHOWN], ("recipient", "donor", "r"), f"{which}, for {TARGET_WORDS[target]}")


def _gains(donors: Sequence[Donor], heads: tuple[str, ...], caption: str) -> Table:
    """Return a table of gains; the AUROC stands in it where a recipient has two classes."""
    classes = any(one.gain.auroc is not None for one in donors)
    rows = []
    for one in donors:
        said: dict[str, Cell] = {
            "recipient": one.recipient,
            "donor": one.donor,
            "r": None if one.r is None else round(one.r[0], 2),
        }
        gain = one.gain.r2
        numbers = tuple(rounded(value) for value in (gain.single, gain.predicted, gain.measured.value))
        auroc = None if one.gain.auroc is None else rounded(one.gain.auroc.expected.value)
        end = (auroc, one.verdict) if classes else (one.verdict,)
        rows.append((*(said[head] for head in heads), *numbers, _with_interval(gain.expected), *end))
    columns = (*heads, *GAIN, *(("AUROC", "verdict") if classes else ("verdict",)))
    return Table(columns, tuple(rows), caption=caption)


def _with_interval(gain: Estimate) -> str:
    if not np.isfinite(gain.low):
        return f"{gain.value:.3f}"
    return f"{gain.value:.3f} ({gain.low:.3f} to {gain.high:.3f})"


def rounded(value: float) -> float | None:
    """Return a gain as a table shows it, three decimals."""
    return round(value, 3) + 0.0 if np.isfinite(value) else None


def _matrix(found: TransferGain, target: Target) -> Matrix:
    told = {
        (one.recipient, one.donor): round(one.gain.r2.expected.value, 3)
        for one in found.pairs[target]
        if one.verdict != "cannot be told"
    }
    names = tuple(sorted({one.recipient for one in found.pairs[target]}, key=found.study.names.index))
    reach = max([0.1, *(abs(value) for value in told.values())])
    return Matrix(
        names,
        names,
        tuple(tuple(told.get((row, column)) for column in names) for row in names),
        caption=f"Expected gain in R² of rows from columns, for {TARGET_WORDS[target]}; – cannot be told",
        scale="diverging",
        low=-reach,
        high=reach,
    )


def _controls(found: TransferGain) -> Table:
    rows = tuple(
        (one.task, *_shown(one.shuffled), *_shown(one.copy), *_shown(one.negated), *_shown(one.own)[:1])
        for one in found.study.controls
    )
    columns = (
        "shuffled donor",
        "verdict",
        "other half",
        "verdict",
        "negated half",
        "verdict",
        "as own labels",
    )
    return Table(
        ("task", *columns),
        rows,
        caption="Controls, expected gain in R² for new compounds: a donor with shuffled labels gives "
        "nothing; half of a task gains from its other half, negated or not, as from own labels",
    )


def _shown(gain: Gain | None) -> tuple[Cell, Cell]:
    return (None, None) if gain is None else (rounded(gain.r2.expected.value), judge(gain.r2))


def _nearness(found: TransferGain) -> Table:
    rows = tuple(
        (
            name,
            one.compounds,
            round(one.given, 2),
            round(one.left_out, 2),
            "too far" if name in found.far else "",
        )
        for name, one in found.nearness.items()
    )
    return Table(
        ("task", "compounds without label", "explained of them", "of left-out scaffolds", ""),
        rows,
        caption="How near the given compounds lie: share of the label variance that the task's own labels "
        "explain by the model, of them and of the left-out scaffolds that measured gains rest on; below "
        f"{NEAR:.0%} of those no gain is told",
        digits=2,
    )


def _calibration(found: TransferGain) -> Table:
    rows = [
        (
            TARGET_WORDS[target],
            c.pairs,
            *(rounded(value) for value in (c.predicted, c.measured, c.r, c.slope)),
            f"{c.low:.2f} to {c.high:.2f}",
        )
        for target, c in found.calibration.items()
        if c is not None
    ]
    columns = ("targets", "pairs", "predicted", "measured", "r", "slope", "95 % interval")
    return Table(
        columns,
        tuple(rows),
        caption="Calibration over the pairs: slope of measured on predicted gains",
    )


def _limits(found: TransferGain) -> str:
    capped = [c for c in found.panel.columns if c.labels > len(c.rows)]
    told = [
        f"Up to {found.cap:,} labels of a task take part, drawn by the seed: {len(capped):,} of "
        f"{len(found.panel.columns):,} tasks have more. A gain is for as many own labels as are stated; "
        "with more it is smaller."
        if capped
        else "All labels take part."
    ]
    if found.refused:
        reasons: dict[str, list[str]] = {}
        for name, why in found.refused.items():
            reasons.setdefault(why, []).append(f"'{name}'")
        told += [f"Nothing is said of {', '.join(names)}: {why}." for why, names in reasons.items()]
    return " ".join(told)

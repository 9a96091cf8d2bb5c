"""The analysis as its document and its tables have it: facts by name instead of by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from auditor.analyses.transfer_gain.calibration import Calibration, calibrate
from auditor.analyses.transfer_gain.verdict import NEAR, Verdict, agree, judge
from auditor.transfer.kernel.gain import CROSSED, TARGETS, Gain, Scale, Target

if TYPE_CHECKING:
    from auditor.transfer.kernel.given import Nearness
    from auditor.transfer.kernel.panel import Panel
    from auditor.transfer.kernel.study import Study


@dataclass(frozen=True)
class Donor:
    """A recipient, a donor (empty for all of them), and what the one gains from the other."""

    recipient: str
    donor: str
    target: Target
    gain: Gain
    verdict: Verdict
    r: tuple[float, float, float] | None = None
    shared: int | None = None


@dataclass(frozen=True)
class TransferGain:
    """What the tasks of a panel gain from one another.

    Parameters
    ----------
    study, panel
        From which all else is.
    pairs, all_donors
        Every pair, and every recipient with all its donors, by target; the largest gain first.
    calibration
        By target.
    refused
        Tasks of which nothing is said, and why.
    cap
        Labels of a task that take part at most.
    nearness
        How near the given compounds come to each recipient's; empty where none are given.
    """

    study: Study
    panel: Panel
    pairs: Mapping[Target, tuple[Donor, ...]]
    all_donors: Mapping[Target, tuple[Donor, ...]]
    calibration: Mapping[Target, Calibration | None]
    refused: Mapping[str, str]
    cap: int
    nearness: Mapping[str, Nearness]

    @property
    def far(self) -> tuple[str, ...]:
        """Recipients of which the given compounds lie too far away."""
        return _far(self.nearness)


def _far(nearness: Mapping[str, Nearness]) -> tuple[str, ...]:
    return tuple(name for name, one in nearness.items() if not one.share >= NEAR)


def result_of(
    study: Study, panel: Panel, *, refused: Mapping[str, str], cap: int, nearness: Mapping[str, Nearness]
) -> TransferGain:
    """Return the analysis of a study."""
    far = _far(nearness)
    unexplained = {
        name: "similarity explains nothing of its labels"
        for name, share in zip(study.names, study.shares, strict=True)
        if not share.explains
    }
    return TransferGain(
        study,
        panel,
        {target: _pairs(study, target, far) for target in TARGETS},
        {target: _all(study, target, far) for target in TARGETS},
        {target: calibrate(study.pairs, target) for target in CROSSED},
        {**refused, **unexplained},
        cap,
        nearness,
    )


def _pairs(study: Study, target: Target, far: Sequence[str]) -> tuple[Donor, ...]:
    found = [
        Donor(
            study.names[i],
            study.names[j],
            target,
            pair.gains[target],
            _verdict(pair.gains[target], target, study.names[i] in far),
            (pair.r, pair.r_low, pair.r_high),
            pair.shared,
        )
        for (i, j), pair in study.pairs.items()
        if target in pair.gains
    ]
    return _ordered(found)


def _all(study: Study, target: Target, far: Sequence[str]) -> tuple[Donor, ...]:
    return _ordered(
        [
            Donor(
                study.names[i],
                "",
                target,
                one.gains[target],
                _verdict(one.gains[target], target, study.names[i] in far),
            )
            for i, one in study.together.items()
            if target in one.gains
        ]
    )


def _verdict(gain: Gain, target: Target, far: bool) -> Verdict:
    return "cannot be told" if target == "given" and far else judge(gain.r2)


def _ordered(donors: list[Donor]) -> tuple[Donor, ...]:
    return tuple(sorted(donors, key=lambda one: -one.gain.r2.expected.value))


def facts_of(found: TransferGain) -> dict[str, Any]:
    """Return what the document tells, numbers to six decimals: threads move those beyond."""
    columns = found.panel.columns
    return {
        "cap": found.cap,
        "tasks": {
            column.name: {
                "labels": column.labels,
                "labels_used": len(column.rows),
            }
            | _rounded({"h": share.h, "h_low": share.low, "h_high": share.high, "evidence": share.evidence})
            for column, share in zip(columns, found.study.shares, strict=True)
        },
        "refused": dict(found.refused),
        **({"given": _nearness(found)} if found.nearness else {}),
        "pairs": [_facts(one) for target in TARGETS for one in found.pairs[target]],
        "all_donors": [_facts(one) for target in TARGETS for one in found.all_donors[target]],
        "calibration": {
            target: None if one is None else _rounded(asdict(one))
            for target, one in found.calibration.items()
        },
        "controls": [
            {"task": one.task}
            | {
                name: None if gain is None else {"r": round(gain.r, 6), "r2": _scale(gain.r2)}
                for name, gain in (
                    ("shuffled", one.shuffled),
                    ("copy", one.copy),
                    ("negated", one.negated),
                    ("own", one.own),
                )
            }
            for one in found.study.controls
        ],
    }


def _nearness(found: TransferGain) -> dict[str, Any]:
    return {
        name: {
            "compounds": one.compounds,
            **_rounded({"explained": one.given, "explained_left_out": one.left_out}),
            "far": name in found.far,
        }
        for name, one in found.nearness.items()
    }


def _facts(one: Donor) -> dict[str, Any]:
    about = {} if one.r is None else _rounded(dict(zip(("r", "r_low", "r_high"), one.r, strict=True)))
    return {
        "recipient": one.recipient,
        **({"donor": one.donor} if one.donor else {}),
        "target": one.target,
        "verdict": one.verdict,
        **about,
        **({} if one.shared is None else {"shared": one.shared}),
        "targets": one.gain.targets,
        "r2": _scale(one.gain.r2),
        **({} if one.gain.auroc is None else {"auroc": _scale(one.gain.auroc)}),
    }


def _scale(gain: Scale) -> dict[str, Any]:
    measured, expected = gain.measured, gain.expected
    numbers = {
        "alone": gain.single,
        "predicted": gain.predicted,
        "predicted_error": gain.predicted_error,
        "measured": measured.value,
        "measured_low": measured.low,
        "measured_high": measured.high,
        "expected": expected.value,
        "expected_low": expected.low,
        "expected_high": expected.high,
    }
    return {**_rounded(numbers), "agree": agree(gain)}


def _rounded(numbers: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 6) for name, value in numbers.items()}

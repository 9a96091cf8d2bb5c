"""What the kernel model expected of training all tasks together, beside what the networks then gained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.analyses.transfer_gain.ranking import ranked
from auditor.document.blocks import Block, Table, Text
from auditor.statistics.replication import mean_over_seeds
from auditor.statistics.student import reach
from auditor.transfer.measured.matrices import Z, total_error

if TYPE_CHECKING:
    from auditor.analyses.transfer_gain.ranking import Ranked
    from auditor.analyses.transfer_gain.result import TransferGain
    from auditor.statistics.metrics import Metric
    from auditor.transfer.measured.gains import Gains

FEWEST = 5
"""Tasks below which no correlation is given."""


def before(found: TransferGain | None, gains: Gains) -> dict[str, Any] | None:
    """Return what was expected of each task for new compounds and what came out; None if not asked.

    Parameters
    ----------
    gains
        Of what was trained; the row of all tasks is the one that is set beside.
    """
    if found is None:
        return None
    tasks = [_row(one, gains) for one in ranked(found, "new")]
    both = np.array([(one["as_gain"], one["measured"]) for one in tasks]).reshape(-1, 2)
    both = both[np.isfinite(both).all(axis=1)]
    r = float("nan")
    if len(both) >= FEWEST and (both.std(axis=0) > 0).all():
        r = float(np.corrcoef(both.T)[0, 1])
    return {
        "labels_of_a_task": found.cap,
        "tasks": tasks,
        "r": r,
        "seen": sum(one["as_gain"] > one["reach"] for one in tasks),
    }


def _row(one: Ranked, gains: Gains) -> dict[str, Any]:
    donor = one.together or one.donors[0]
    expected = donor.gain.r2.expected
    place = gains.tasks.index(one.recipient)
    whole = np.flatnonzero(gains.members.all(axis=1))
    measured = half = float("nan")
    if len(whole):
        measured = float(mean_over_seeds(gains.gains)[whole[0], place])
        half = _reach(gains, int(whole[0]), place)
    return {
        "task": one.recipient,
        "alone": round(donor.gain.r2.single, 6),
        "expected": round(expected.value, 6),
        "low": round(expected.low, 6),
        "high": round(expected.high, 6),
        "verdict": donor.verdict,
        "donors": [helper.donor for helper in one.helping],
        "metric": gains.metrics[place],
        "as_gain": round(as_gain(one, gains.metrics[place]), 6),
        "measured": measured,
        "reach": half,
    }


def _reach(gains: Gains, group: int, task: int) -> float:
    """Return half the 95 % interval of a measured gain; with one seed that of the test compounds alone."""
    sampling = float(gains.sampling_error[group, task])
    seeds = int(np.isfinite(gains.gains[:, group, task]).sum())
    of_seeds = np.sqrt(max(float(total_error(gains)[group, task]) ** 2 - sampling**2, 0.0))
    own = float(reach(np.array(seeds - 1))) * of_seeds if seeds > 1 else 0.0
    return float(np.hypot(own, Z * sampling))


def as_gain(one: Ranked, metric: Metric) -> float:
    """Return an expected gain in R², AUROC, or RMSE in standard deviations; NaN for other metrics."""
    gain = (one.together or one.donors[0]).gain
    if metric == "r2":
        return gain.r2.expected.value
    if metric == "auroc":
        return float("nan") if gain.auroc is None else gain.auroc.expected.value
    if metric == "rmse":
        left = np.clip(1 - np.array([gain.r2.single, gain.r2.single + gain.r2.expected.value]), 0, None)
        return float(np.sqrt(left[0]) - np.sqrt(left[1]))
    return float("nan")


def before_blocks(data: Mapping[str, Any] | None) -> tuple[Block, ...]:
    """Return the table and what it says of trying at all; nothing where it was not asked."""
    if data is None:
        return ()
    rows = tuple(
        (
            one["task"],
            f"{one['expected']:+.3f} ({one['low']:+.3f} to {one['high']:+.3f})",
            one["verdict"],
            ", ".join(one["donors"]) or "none is shown to help alone",
            one["metric"],
            _number(one["as_gain"]),
            _number(one["measured"]),
            _number(one["reach"]),
        )
        for one in data["tasks"]
    )
    columns = (
        *("task", "expected in R² (95 % interval)", "verdict", "donors, best first", "metric"),
        *("expected", "networks gained", "95 % ±"),
    )
    known = [one for one in data["tasks"] if np.isfinite(one["as_gain"]) and np.isfinite(one["reach"])]
    told = (
        f"Of {len(known)} tasks {data['seen']} were expected to gain more than the noise of these "
        "trainings (the last column): only such gains can be seen here; more seeds make it smaller. "
        if known
        else ""
    )
    r = data["r"]
    agreed = f"Over tasks, expected and measured gains correlate at {r:.2f}. " if np.isfinite(r) else ""
    return (
        Table(
            columns,
            rows,
            caption="Expected before any training, of all tasks together, and what the networks gained",
            digits=4,
        ),
        Text(
            f"{told}{agreed}Expected by the kernel model of transfer-gain, for new compounds and up to "
            f"{data['labels_of_a_task']:,} labels of a task, from all labels, those of the test compounds "
            "too. It ranks and explains donors. That leaving out donors helps a network was not shown."
        ),
    )


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

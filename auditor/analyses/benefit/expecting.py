"""What is said before a benefit is measured: what transfer-gain expects, and what the seeds let one see."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from auditor import console
from auditor.analyses.transfer_gain.ranking import gains_found
from auditor.analyses.transfer_gain.words import sentence_of
from auditor.statistics.student import reach
from auditor.transfer.measured.gains import gains_of
from auditor.transfer.measured.plan import Plan, measure
from auditor.transfer.measured.task_metrics import gain_scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from auditor.audit.context import AuditContext
    from auditor.compute.jobs import Backend
    from auditor.statistics.metrics import Metric
    from auditor.transfer.measured.gains import Gains


def say_expected(context: AuditContext) -> None:
    """Say what transfer-gain expects, where it was asked too."""
    found = gains_found(context.findings)
    if found is not None:
        console.say(f"Expected before training (transfer-gain): {sentence_of(found)}")


def say_noise(plan: Plan, metrics: Sequence[Metric], backend: Backend) -> None:
    """Train the single tasks, and say how large a gain must be to be seen beyond the noise of the seeds."""
    if len(plan.seeds) < 2:
        console.say("One seed: a gain cannot be told from the noise between seeds (benefit.seeds=3).")
        return
    groups = tuple(group for group in plan.groups if len(group) == 1)
    jobs = {place: job for place, job in plan.jobs.items() if len(place[0]) == 1}
    outcomes, _ = measure(replace(plan, groups=groups, jobs=jobs), backend=backend)
    alone = gains_of(plan.study, groups, plan.seeds, outcomes, metrics=metrics, seed=0, resamples=2)
    noise = noise_of(alone, gain_scale(plan.study, metrics))
    if np.isfinite(noise).any():
        console.say(
            f"Noise of {len(plan.seeds)} seeds: a gain of a task is seen from about "
            f"{np.nanmedian(noise):.3f} on, median over tasks ({np.nanmin(noise):.3f} to "
            f"{np.nanmax(noise):.3f})."
        )


def noise_of(alone: Gains, scale: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return half the 95 % interval that seeds alone give a gain of each task (t,), NaN where unknown.

    A gain is the difference of two means over the seeds; both are taken to have the spread of the task
    alone, so that there are 2 (s - 1) degrees of freedom.

    Parameters
    ----------
    alone
        Of the tasks alone.
    scale
        What turns a difference of metrics into a gain (t,).
    """
    found = np.full(len(alone.tasks), np.nan)
    for place, task in enumerate(alone.members.argmax(axis=1)):
        known = alone.values[:, place, task]
        known = known[np.isfinite(known)]
        if len(known) > 1:
            error = known.std(ddof=1) * np.sqrt(2 / len(known)) * abs(scale[task])
            found[task] = float(reach(np.array(2 * (len(known) - 1)))) * error
    return found

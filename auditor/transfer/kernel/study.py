"""The gains of a whole panel: every recipient from every donor, from all of them, and from the controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditor.transfer.kernel.controls import Control
from auditor.transfer.kernel.gain import CROSSED, TARGETS, Both, Gain, Target
from auditor.transfer.kernel.jobs import do_all, processors
from auditor.transfer.kernel.panel import FOLDS
from auditor.transfer.kernel.share import Share
from auditor.transfer.kernel.together import FromAll, Relations
from auditor.transfer.kernel.workshop import AllJob, ControlJob, Job, PairJob, Workshop

if TYPE_CHECKING:
    from auditor.transfer.kernel.panel import Panel


@dataclass(frozen=True)
class Directed:
    """What a recipient gains from a donor, and how both relate.

    Parameters
    ----------
    r, r_low, r_high
        Posterior mean and 95 % interval of the correlation of what similarity explains of both.
    rho
        Posterior mean of the correlation of what it does not explain.
    shared
        Compounds with a label in both.
    gains
        By target.
    """

    r: float
    r_low: float
    r_high: float
    rho: float
    shared: int
    gains: Mapping[Target, Gain]


@dataclass(frozen=True)
class Study:
    """The gains of a panel; tasks by their place.

    Parameters
    ----------
    names, shares
        Of the tasks (t,).
    pairs
        By (recipient, donor); only of tasks of whose labels similarity explains something.
    together
        By recipient; only where there are at least two donors.
    controls
        Of the tasks with pairs.
    """

    names: tuple[str, ...]
    shares: tuple[Share, ...]
    pairs: Mapping[tuple[int, int], Directed]
    together: Mapping[int, FromAll]
    controls: tuple[Control, ...]


def study(panel: Panel, *, seed: int, workers: int | None = None) -> Study:
    """Return the gains of a panel.

    Parameters
    ----------
    workers
        Processes; by default as many as this machine has processors. The answer does not depend on it.
    """
    workshop = Workshop(panel)
    shares = tuple(workshop.share(place) for place in range(len(panel.columns)))
    usable = [place for place, share in enumerate(shares) if share.explains]
    workers = processors() if workers is None else workers
    jobs: list[Job] = [PairJob(i, j) for k, i in enumerate(usable) for j in usable[k + 1 :]]
    jobs += [ControlJob(i, _next(usable, k), seed) for k, i in enumerate(usable)]
    both: dict[tuple[int, int], Both] = {}
    controls: dict[int, Control] = {}
    for job, answer in do_all(workshop, jobs, workers=workers, label="comparing tasks"):
        if isinstance(job, PairJob) and isinstance(answer, Both):
            both[job.first, job.second] = answer
        elif isinstance(job, ControlJob) and isinstance(answer, Control):
            controls[job.task] = answer
    of_all: list[Job] = [AllJob(i, _relations(both, i, usable, len(shares))) for i in usable]
    if len(usable) < 3:
        of_all = []
    together: dict[int, FromAll] = {}
    for job, answer in do_all(workshop, of_all, workers=workers, label="joining donors"):
        if isinstance(job, AllJob) and isinstance(answer, FromAll):
            together[job.recipient] = answer
    pairs = {key: found for first_two, one in both.items() for key, found in _directed(first_two, one)}
    names = tuple(column.name for column in panel.columns)
    return Study(
        names,
        shares,
        {key: pairs[key] for key in sorted(pairs)},
        {i: together[i] for i in sorted(together)},
        tuple(controls[i] for i in sorted(controls)),
    )


def _next(usable: Sequence[int], place: int) -> int | None:
    """Return the task after one, whose labels are shuffled for it."""
    return usable[(place + 1) % len(usable)] if len(usable) > 1 else None


def _directed(tasks: tuple[int, int], both: Both) -> list[tuple[tuple[int, int], Directed]]:
    found = []
    for place in (0, 1):
        gains = {target: both.gains[place, target] for target in TARGETS if (place, target) in both.gains}
        relation = both.relation
        facts = (relation.r, *relation.r_interval, relation.rho, both.shared)
        found.append(((tasks[place], tasks[1 - place]), Directed(*facts, gains)))
    return found


def _relations(
    both: Mapping[tuple[int, int], Both], recipient: int, usable: Sequence[int], t: int
) -> Relations:
    """Return how all tasks relate, for one recipient.

    r of two tasks is the mean of what was chosen for either as recipient of new compounds.
    """
    r, rho, without = np.full((t, t), np.nan), np.full((t, t), np.nan), np.full((FOLDS, t), np.nan)
    r[usable, usable] = rho[usable, usable] = 1
    doubt: dict[Target, float] = dict.fromkeys(CROSSED, 0.0)
    for (i, j), one in both.items():
        chosen = [one.gains[place, "new"].r for place in (0, 1) if (place, "new") in one.gains]
        r[i, j] = r[j, i] = float(np.mean(chosen)) if chosen else one.relation.r
        rho[i, j] = rho[j, i] = one.relation.rho
        if recipient not in (i, j):
            continue
        place, donor = (0, j) if recipient == i else (1, i)
        without[:, donor] = r[i, j]
        for fold, value in one.without[place].items():
            without[fold, donor] = value
        for target in CROSSED:
            if (place, target) in one.gains:
                doubt[target] += one.gains[place, target].r2.predicted_error ** 2
    return Relations(r, rho, without, {target: float(np.sqrt(doubt[target])) for target in CROSSED})

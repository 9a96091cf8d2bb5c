"""What an analysis would cost: its trainings, those that are stored, and about how long the rest takes."""

from __future__ import annotations

import inspect
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor import console
from auditor.audit.results import Finding, Forecast
from auditor.audit.steps import chosen, settled
from auditor.document.blocks import KeyValues, Table, Text
from auditor.errors import PluginError
from auditor.text import count_of, duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.audit.context import AuditContext
    from auditor.audit.request import AnalysisRequest
    from auditor.document.blocks import Block
    from auditor.plugin.component import Analysis
    from auditor.training.trainings import Trainings

NAME = "forecast"
TRIAL_STEPS = 20
NOT_COUNTED = {
    "controls": "one more training of all tasks, of at most 10 epochs",
    "architectures": "a training of all tasks per encoder and seed",
    "threshold": "it says how many before it starts",
    "sparse-settings": "it says how many before it starts",
}
"""Analyses that train and cannot be asked beforehand."""


@dataclass(frozen=True)
class Part:
    """Trainings for one purpose.

    Parameters
    ----------
    purpose
        The analysis that needs them, or ``"affinities"``.
    trainings, stored
        In all, and finished already.
    seconds
        For the rest, one after the other on this machine; NaN where nothing is left to do.
    measured_on
        What that estimate rests on.
    """

    purpose: str
    trainings: int
    stored: int
    seconds: float
    measured_on: str


def forecast_analysis(context: AuditContext, request: AnalysisRequest) -> Finding:
    """Return what `auditor.pipeline.audit_affinity` would train, of an audit that is ready to train.

    An analysis with an option ``dry_run`` is asked itself. No training is kept.
    """
    parts = list(shared_part(context, request.affinities))
    silent = []
    for component in chosen(request.data, "affinity"):
        options = settled(component, request.data)
        if "dry_run" in inspect.signature(component.load()).parameters:
            parts.append(_asked(component, context, options))
        elif component.name in NOT_COUNTED or component.owner.plugin != "core":
            silent.append(component.name)
    return _finding(parts, silent)


def shared_part(context: AuditContext, affinities: Sequence[str]) -> tuple[Part, ...]:
    """Return the trainings of all tasks that estimators share; none where no estimator needs one.

    An estimator that needs neither shared compounds nor logs, such as chemical-correlation, trains nothing.
    """
    registry = context.request.registry
    found = [registry.get("affinity", name) for name in affinities]
    if context.trainings is None or not any(one.needs_overlap or one.measures for one in found):
        return ()
    return (_part_of(context.trainings),)


def _part_of(trainings: Trainings) -> Part:
    from auditor.training.train import steps_per_epoch

    known, count = trainings.stored(), len(trainings.seeds)
    left = count - len(known)
    if not left:
        return Part("affinities", count, count, float("nan"), "nothing is left to do")
    if known:
        seconds = left * float(np.mean(list(known.values())))
        return Part("affinities", count, len(known), seconds, count_of(len(known), "stored training"))
    steps = trainings.config.epochs * steps_per_epoch(trainings.split, trainings.config)
    seconds = left * steps * _step_s(trainings)
    told = f"{TRIAL_STEPS} steps of {steps:,}, if no training stops early"
    return Part("affinities", count, 0, seconds, told)


def _step_s(trainings: Trainings) -> float:
    """Return the seconds of one step: two short trainings are run, and neither is kept."""
    console.say(f"timing {TRIAL_STEPS} steps, twice; neither training is kept")
    few = trainings.split.train[: TRIAL_STEPS * trainings.config.batch_size]
    with tempfile.TemporaryDirectory() as folder:
        trial = replace(
            trainings,
            split=replace(trainings.split, train=few, validation=few[:0]),
            config=replace(trainings.config, epochs=1),
            seeds=tuple(trainings.seeds[0] + place for place in range(2)),
            cache=Path(folder),
            traces=(),
            reused=[],
        )
        return min(trace.duration_s / trace.total_steps for trace in trial.run())


def _asked(component: Analysis, context: AuditContext, options: dict[str, Any]) -> Part:
    found = component.load()(context, **{**options, "dry_run": True})
    assert isinstance(found, Finding)
    if not isinstance(found.result, Forecast):
        raise PluginError(
            f"analysis '{component.name}' of plugin {component.owner} gave no forecast when asked",
            hint="the result of its finding must be an auditor.audit.results.Forecast",
        )
    return Part(component.name, **vars(found.result))


def _finding(parts: Sequence[Part], silent: Sequence[str]) -> Finding:
    trainings, stored = (sum(getattr(part, name) for part in parts) for name in ("trainings", "stored"))
    seconds = float(np.nansum([part.seconds for part in parts]))
    left = trainings - stored
    time = f", about {duration(seconds)} one after the other on this machine" if left else ""
    told = f"{count_of(trainings, 'training')}, {stored:,} of them finished already; {left:,} to run{time}."
    data = {
        "trainings": trainings,
        "stored": stored,
        "seconds": seconds,
        "parts": [asdict(part) for part in parts],
        "not_counted": {name: NOT_COUNTED.get(name, "of a plugin; it may train") for name in silent},
    }
    rows = tuple(
        (
            part.purpose,
            part.trainings,
            part.stored,
            part.trainings - part.stored,
            None if np.isnan(part.seconds) else duration(part.seconds),
            part.measured_on,
        )
        for part in parts
    )
    columns = ("for", "trainings", "finished", "to run", "about", "estimated from")
    blocks: list[Block] = [Table(columns, rows, caption="Trainings")] if rows else []
    if silent:
        blocks.append(KeyValues(tuple(data["not_counted"].items()), caption="Not counted"))
    note = (
        "Nothing was trained but a trial that is not kept, and no report was written; published files and "
        "names of compounds are in the cache now. The time is an estimate: early stopping shortens it, "
        "other programs lengthen it."
    )
    return Finding(NAME, told, data, (*blocks, Text(note)), verdict="dry-run")

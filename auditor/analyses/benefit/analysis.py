"""Benefit: what learning tasks together won on test compounds, and which affinity foretold it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

from auditor.analyses.benefit.account import (
    group_rows,
    pair_benefit,
    reliability,
    single_rows,
    size_of_benefit,
)
from auditor.analyses.benefit.blocks import blocks_of, forecast_blocks, forecast_sentence, sentence
from auditor.analyses.benefit.by_metric import by_metric, others_of
from auditor.analyses.benefit.expecting import say_expected, say_noise
from auditor.analyses.benefit.foretelling import all_foretold, estimates_of
from auditor.analyses.benefit.result import NAME, Benefit, Reliability, Run, data_of
from auditor.audit.context import AuditContext
from auditor.audit.own_split import shown_name
from auditor.audit.results import Finding, Forecast
from auditor.compute.execute import backend_of
from auditor.errors import UsageError
from auditor.statistics.replication import mean_over_seeds
from auditor.transfer.measured.gains import Gains, measure_gains
from auditor.transfer.measured.matrices import directed, shared_table, total_error
from auditor.transfer.measured.plan import MOST_PAIRS, Plan, forecast, plan_benefit
from auditor.transfer.measured.task_metrics import metrics_of

if TYPE_CHECKING:
    from auditor.compute.jobs import Failure

CITATION = "Cheng & Zhang 2026, arXiv 2604.07848, F.1 and G.3; Standley et al. 2020, ICML 119:9120"


def analyse(
    context: AuditContext,
    *,
    seeds: int = 3,
    pairs: int = MOST_PAIRS,
    groups: str = "",
    metric: Literal["auto", "auroc", "auprc", "rmse", "r2"] = "auto",
    split: Literal["scaffold", "random"] | None = None,
    epochs: int | None = None,
    batch_size: int | None = None,
    patience: int | None = None,
    workers: int = 1,
    scheduler: str = "",
    dry_run: bool = False,
) -> Finding:
    """Train every task alone, every pair and all tasks at once, and compare them on test compounds.

    All trainings take their compounds from one split, stop early on validation compounds, and are
    judged by test compounds that none of them has seen. Encoder and configuration are those of the
    audit, unless an option says otherwise. Finished trainings are kept and not run again.

    Parameters
    ----------
    seeds
        Trainings per group of tasks.
    pairs
        At most so many pairs; of more, a random sample.
    groups
        Further groups: names of tasks joined by ``+``, groups by ``;``.
    metric
        ``auto`` is AUROC for classification and RMSE for regression.
    workers, scheduler
        Local processes, or the address of a Dask scheduler.
    dry_run
        Tell how many trainings there would be and how long they would take, and run none.
    """
    backend = backend_of(workers=workers, scheduler=scheduler)
    plan = plan_of(
        context, seeds=seeds, pairs=pairs, groups=groups, split=split,
        epochs=epochs, batch_size=batch_size, patience=patience,
    )  # fmt: skip
    if dry_run:
        return _forecast_finding(forecast(plan))
    metrics = metrics_of(plan.study, metric)
    say_expected(context)
    say_noise(plan, metrics, backend)
    choices = (metrics, others_of(metrics))
    gains, failures = measure_gains(plan, choices=choices, backend=backend, seed=context.seed)
    found = _account(context, plan, gains, _run(context, plan, failures, split))
    if not found.size.pairs:
        told = "No pair of tasks has a benefit that can be measured on the test compounds."
        return Finding(NAME, told, data_of(found), result=found)
    blocks = blocks_of(found, gains[0].tasks)
    return Finding(NAME, sentence(found), data_of(found), blocks, citation=CITATION, result=found)


def _run(context: AuditContext, plan: Plan, failures: Mapping[str, Failure], split: str | None) -> Run:
    """Return what is to be told of the trainings."""
    arguments = next(iter(plan.jobs.values())).arguments
    sides = ("train", "validation", "test")
    return Run(
        in_all=len(plan.jobs),
        failures={name: failure.error for name, failure in failures.items()},
        pairs_in_all=plan.pairs_in_all,
        split=split or _split_of(context),
        compounds={side: len(getattr(plan.study.split, side)) for side in sides},
        seeds=list(plan.seeds),
        **{name: arguments[name] for name in ("encoder", "options", "config", "device")},
    )


def _split_of(context: AuditContext) -> str | None:
    if context.analysis is None:
        return None
    return shown_name(context.analysis.split, names=context.request.names)


def _account(context: AuditContext, plan: Plan, gains: Sequence[Gains], run: Run) -> Benefit:
    """Return what the gains come to: in full by the first choice of metrics, in short by all."""
    found, estimates = gains[0], estimates_of(context, plan)
    size = size_of_benefit(found)
    return Benefit(
        trainings=run,
        metrics=list(found.metrics),
        size=size,
        reliability=Reliability(reliability(found), reliability(found, per_recipient=True)),
        foretold=all_foretold(context, estimates, found) if size.pairs else {},
        by_metric=by_metric(gains, estimates, seed=context.seed) if size.pairs else [],
        groups=group_rows(found),
        tasks=single_rows(found),
        pair_benefit=mean_over_seeds(pair_benefit(found)),
        gain_source_to_recipient=mean_over_seeds(directed(found.gains, found.members)),
        gain_standard_error=directed(total_error(found), found.members),
        gains=shared_table(found),
    )


def plan_of(
    context: AuditContext,
    *,
    seeds: int,
    pairs: int,
    groups: str,
    split: str | None,
    epochs: int | None,
    batch_size: int | None,
    patience: int | None,
) -> Plan:
    """Return the trainings of an audit's benefit, as `analyse` would run them.

    Raises
    ------
    UsageError
        The audit trains nothing, or a group names an unknown task.
    """
    asked = {"epochs": epochs, "batch_size": batch_size, "patience": patience}
    overrides = {name: value for name, value in asked.items() if value is not None}
    changes: dict[str, Any] = {"overrides": overrides}
    if split is not None:
        changes["split"] = split
    trainings = context.vary(**changes).trainings
    assert trainings is not None
    extra = groups_named(groups, context.benchmark.task_names)
    return plan_benefit(trainings, seeds=seeds, pairs=pairs, extra=extra)


def groups_named(text: str, tasks: Sequence[str]) -> list[list[int]]:
    """Return the groups of a text like ``"A+B+C; D+E"`` by places of their tasks.

    Raises
    ------
    UsageError
        A task of that name is not there.
    """
    found = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        names = [name.strip() for name in part.split("+")]
        unknown = [name for name in names if name not in tasks]
        if unknown:
            raise UsageError(f"no task named '{unknown[0]}'", hint="groups=A+B;C+D+E joins task names by +")
        found.append([list(tasks).index(name) for name in names])
    return found


def _forecast_finding(found: Forecast) -> Finding:
    return Finding(NAME, forecast_sentence(found), asdict(found), forecast_blocks(found), result=found)

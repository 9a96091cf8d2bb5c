"""How often the analyses call chance a finding: benchmarks whose labels are shuffled.

Twelve tasks on 400 compounds, each measured for half of them or more, with a tenth to a half of positives;
the labels of every task are dealt out to its compounds at random. No task has to do with another, with
its molecules, its domain or its assay. Two settings:

- *one shuffle*: audited as any benchmark. Gradients and E see the same labels, and agree in the chance
  correlations of these very labels. Such agreement is real, and no test of it should be quiet: those rows
  are marked. They are why the analysis also reports compounds that training never saw.
- *two shuffles*: gradients from one shuffle, E from another. Nothing agrees with anything.

    python -m benchmarks false_positives
"""

from __future__ import annotations

import functools
import logging
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor import console
from auditor.analyses import baselines, label_correlation
from auditor.analyses.agreement import analysis as agreement
from auditor.analyses.clusters import analysis as clusters
from auditor.analyses.domains import analysis as domains
from auditor.audit.context import open_analysis
from auditor.audit.request import AnalysisRequest, DataRequest
from auditor.benchmark.labels import Labels, from_columns
from auditor.errors import AuditError
from auditor.pipeline import open_audit
from auditor.plugin.loading import load_registry
from auditor.seeding import derive
from benchmarks.support import table

if TYPE_CHECKING:
    from auditor.audit.context import AuditContext
    from auditor.audit.results import Finding
    from auditor.benchmark.benchmark import Benchmark

SHUFFLES = 200
TASKS = 12
COMPOUNDS = 400
LEVEL = 0.05
SLOWEST_S = 5.0
"""An analysis of another module that takes longer for one audit is left out, by name."""
PERMUTATIONS = 499
"""Fewer than an audit makes: the level of a permutation test does not depend on it, its grain does."""
OWN = {
    "agreement": functools.partial(agreement.analyse, permutations=PERMUTATIONS),
    "baselines": functools.partial(baselines.analyse, permutations=PERMUTATIONS),
    "clusters": clusters.analyse,
    "domains": functools.partial(domains.analyse, permutations=PERMUTATIONS),
    "label-correlation": label_correlation.analyse,
}
P_VALUES = ("p", "mantel_p", "p_value")
ENCODER = {"bits": "256", "width": "32", "hidden": "64"}
TRAINING = {"epochs": 3, "log_every": 1, "lr": 3e-3}


def main() -> None:
    """Print the share of p-values below 0.05 over label-shuffled benchmarks, by test."""
    started = time.perf_counter()
    console.settings.level = -2
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        found = collect(_context(Path(folder)), shuffles=SHUFFLES)
    rows = [_row(name, np.asarray(values), len(found)) for name, values in sorted(found.items())]
    print(
        f"{SHUFFLES} label-shuffled benchmarks of {TASKS} tasks and {COMPOUNDS} compounds, encoder ecfp\n"
    )
    table(("setting", "test", "p ≤ 0.05", "95 % interval", "p-values", "verdict"), rows)
    print(f"\n{time.perf_counter() - started:.0f} s in all")


def collect(context: AuditContext, *, shuffles: int) -> dict[tuple[str, str], list[float]]:
    """Return every p-value by setting and test."""
    found: dict[tuple[str, str], list[float]] = {}
    analyses = _analyses(context)
    for shuffle in range(shuffles):
        one = _audited(context, shuffle)
        other = context.vary(shuffled(context.benchmark, shuffle + shuffles), seed=shuffle)
        other.trainings, other.affinities = one.trainings, one.affinities
        for setting, audit, names in (
            ("one shuffle", one, tuple(analyses)),
            ("two shuffles", other, ("agreement", "baselines")),
        ):
            for name in names:
                for test, p in _tests(name, analyses[name](audit)):
                    found.setdefault((setting, test), []).append(p)
    return found


def _analyses(context: AuditContext) -> dict[str, Any]:
    """Return the analyses to run by name: these, and each registered default one that is fast."""
    chosen: dict[str, Any] = dict(OWN)
    trial = _audited(context, -1)
    for component in context.request.registry.all("analysis"):
        if component.name in chosen or not component.default:
            continue
        begun = time.perf_counter()
        try:
            finding = component.load()(trial)
        except AuditError as error:
            print(f"left out: {component.name}: {error.message}")
            continue
        took = time.perf_counter() - begun
        if took > SLOWEST_S:
            print(f"left out: {component.name} takes {took:.0f} s for one audit")
        elif list(_tests(component.name, finding)):
            chosen[component.name] = component.load()
    return chosen


def _context(cache: Path) -> AuditContext:
    """Return the context of a benchmark whose tasks have a domain and an assay."""
    options = {"tasks": str(TASKS), "compounds": str(COMPOUNDS)}
    data = DataRequest("synthetic", load_registry(), cache, options=options, only=("power",))
    request = AnalysisRequest(
        data,
        encoder="ecfp",
        encoder_options=ENCODER,
        split="random",
        overrides=TRAINING,
        window=0.5,
        device="cpu",
    )
    context = open_analysis(open_audit(data), request)
    tasks = tuple(
        replace(task, domain=f"domain {place % 2}", assay=f"assay {place // 3}")
        for place, task in enumerate(context.benchmark.tasks)
    )
    changed = replace(context.benchmark, tasks=tasks, labels=_uneven())
    context.joined = replace(context.joined, benchmark=changed)
    return context


def _uneven() -> Labels:
    """Return labels of tasks that differ in how many compounds and how many positives they have."""
    rng = np.random.default_rng(derive(0, "false positives", "sizes"))
    columns = []
    for measured, positive in zip(rng.uniform(0.5, 1, TASKS), rng.uniform(0.1, 0.5, TASKS), strict=True):
        rows = rng.permutation(COMPOUNDS)[: int(measured * COMPOUNDS)]
        columns.append((rows, (np.arange(len(rows)) < positive * len(rows)).astype(float)))
    return from_columns(COMPOUNDS, columns)


def _audited(context: AuditContext, shuffle: int) -> AuditContext:
    """Return the audit of a shuffle, trained, with the paper's affinity."""
    audit = context.vary(shuffled(context.benchmark, shuffle), seed=shuffle + 1)
    audit.affinities["gradient-cosine"] = audit.estimate("gradient-cosine")
    return audit


def shuffled(benchmark: Benchmark, shuffle: int) -> Benchmark:
    """Return a benchmark whose labels are dealt out to the compounds of their task at random."""
    rng = np.random.default_rng(derive(0, "false positives", shuffle))
    labels = benchmark.labels
    values = np.concatenate([rng.permutation(labels.column(task)[1]) for task in range(labels.t)])
    return replace(benchmark, labels=Labels(labels.n, labels.starts, labels.rows, values))


def _tests(name: str, finding: Finding) -> Iterator[tuple[str, float]]:
    """Yield the name and the p-value of every test of a finding."""
    if finding.status == "error":
        raise RuntimeError(finding.sentence)
    for path, p in _p_values(finding.data):
        if path[-1:] == ("nmi",):
            continue  # of the same information as AMI, which orders permutations alike
        yield f"{name}: {' / '.join(path) or name}", p
    if name == "label-correlation":
        outside = finding.data["above_zero"] + finding.data["below_zero"]
        for place in range(finding.data["with_interval"]):
            yield f"{name}: a pair's interval excludes 0", 0.0 if place < outside else 1.0
        called = finding.data["above_chance"] + finding.data["below_chance"]
        yield f"{name}: any pair beyond chance", 0.0 if called else 1.0
    for affinity, lead in finding.data.get("leads", {}).items():
        yield f"{name}: leads / {affinity} better", 0.0 if lead["verdict"] == "better" else 1.0


def _p_values(data: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], float]]:
    if not isinstance(data, Mapping):
        return
    for key, value in data.items():
        if key in P_VALUES and isinstance(value, float) and np.isfinite(value):
            yield path, value
        else:
            yield from _p_values(value, (*path, str(key)))


def _row(name: tuple[str, str], values: Any, tests: int) -> tuple[object, ...]:
    """Return a line; the verdict allows for so many of them, the interval does not."""
    from scipy.stats import binomtest

    setting, test = name
    low = int((values <= LEVEL).sum())
    interval = binomtest(low, len(values)).proportion_ci(method="exact")
    range_ = f"{interval.low:.3f} to {interval.high:.3f}"
    chance = binomtest(low, len(values), LEVEL, alternative="greater").pvalue
    verdict = "CALLS TOO MUCH" if chance <= LEVEL / tests else "holds its level"
    if setting == "one shuffle" and _sees_its_labels(test):
        verdict = "not a null: both saw these labels"
    return setting, test, f"{low / len(values):.3f}", range_, len(values), verdict


def _sees_its_labels(test: str) -> bool:
    """Return whether a test compares gradients with the E of the labels that they were trained on."""
    if test.startswith("agreement:"):
        return "unseen" not in test
    return test.startswith("baselines: leads")

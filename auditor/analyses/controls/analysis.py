"""Controls: what every estimator says of tasks whose relation is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.analyses.controls.twins import EXPECTED, Twin, most_informative, twins_of
from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.audit.steps import settled
from auditor.document.blocks import Cell, Table, Text
from auditor.errors import AuditError, StorageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.audit.results import AffinityMatrix

SHARE = 0.5
"""Part of what an estimator gives a copy that it must give a twin of the same relation to see it."""


def analyse(context: AuditContext, *, tasks: int = 2, epochs: int = 10) -> Finding:
    """Estimate every affinity of this audit once more on twins of its own best measured tasks.

    Parameters
    ----------
    tasks
        How many tasks get twins.
    epochs
        At most, of the one training that the twins take.
    """
    chosen = most_informative(context.benchmark, tasks)
    if not context.affinities or not chosen or context.analysis is None:
        return Finding("controls", "There is no affinity to control.", status="not applicable")
    benchmark, twins = twins_of(context.benchmark, chosen, seed=context.seed)
    planned = context.trainings.config.epochs if context.trainings else epochs
    varied = context.vary(benchmark, repeats=1, overrides={"epochs": min(epochs, planned)})
    data: dict[str, Any] = {}
    for name in context.affinities:
        try:
            options = settled(context.request.registry.get("affinity", name), context.request)
            data[name] = _answers(varied.estimate(name, **options), twins)
        except StorageError:
            raise
        except AuditError as error:
            data[name] = {"error": error.message}
    return Finding(
        "controls",
        " ".join(_verdict(name, found) for name, found in data.items()),
        {"estimators": data, "expected": dict(EXPECTED), "tasks": [t.origin for t in twins[::4]]},
        (_table(data), _explanation(twins, min(epochs, planned))),
        citation="controls after Adebayo et al. 2018, arXiv 1810.03292 (sanity checks by randomisation)",
    )


def _answers(affinity: AffinityMatrix, twins: Sequence[Twin]) -> dict[str, Any]:
    """Return the mean answer over tasks for every relation, its standard error, and all answers."""
    found: dict[str, Any] = {"signed": affinity.signed}
    for relation in EXPECTED:
        pairs = [(t.first, t.second) for t in twins if t.relation == relation]
        values = _at(affinity.values, pairs)
        errors = _at(affinity.standard_error, pairs)
        known = np.isfinite(values)
        count = int(known.sum())
        found[relation] = {
            "mean": float(values[known].mean()) if count else math.nan,
            "standard_error": float(np.sqrt((errors[known] ** 2).sum()) / count) if count else math.nan,
            "values": values.tolist(),
            "estimable": count,
        }
    copy = found["copy"]["mean"]
    found["sees_sign"] = _seen(-found["flipped"]["mean"], copy)
    found["sees_disjoint"] = _seen(found["disjoint"]["mean"], copy)
    return found


def _at(matrix: NDArray[np.float64], pairs: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
    """Return the mean of both entries of some pairs (len(pairs),)."""
    return np.array([(matrix[i, j] + matrix[j, i]) / 2 for i, j in pairs])


def _seen(answer: float, copy: float) -> bool | None:
    """Return whether an answer is at least a part of that for a copy; None where either is unknown."""
    if not (np.isfinite(answer) and np.isfinite(copy) and copy > 0):
        return None
    return bool(answer >= SHARE * copy)


def _verdict(name: str, found: dict[str, Any]) -> str:
    if "error" in found:
        return f"{name} could not be tried on twins: {found['error']}."
    if not np.isfinite(found["copy"]["mean"]):
        return f"{name} gives no estimate even for a copy of a task."
    sign = {
        True: "flips with the labels",
        False: "does not flip with the labels",
        None: "sign not estimable",
    }
    apart = {
        True: "sees a relation without shared compounds",
        False: "sees no relation without shared compounds",
        None: "gives no estimate without shared compounds",
    }
    return f"{name} {sign[found['sees_sign']]} and {apart[found['sees_disjoint']]}."


def _table(data: dict[str, Any]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (name, *(_cell(found[relation]) for relation in EXPECTED))
        for name, found in data.items()
        if "error" not in found
    ]
    return Table(
        ("estimator", "copy", "labels flipped", "labels shuffled", "disjoint halves"),
        tuple(rows),
        caption="What each estimator says of a task and its twin: mean over tasks ± standard error",
    )


def _cell(found: dict[str, Any]) -> str:
    if not found["estimable"]:
        return "not estimable"
    error = found["standard_error"]
    return f"{found['mean']:.2f}" + (f" ± {error:.2f}" if np.isfinite(error) else "")


def _explanation(twins: Sequence[Twin], epochs: int) -> Text:
    origins = ", ".join(dict.fromkeys(t.origin for t in twins))
    return Text(
        f"Twins of {origins}, trained together for at most {epochs} epochs. An estimator of how the "
        "labels relate would answer alike for a copy and for disjoint halves, with the opposite sign "
        "for flipped labels, and 0 for shuffled ones. Of these an estimator without a sign can only "
        "tell copies from shuffled labels."
    )

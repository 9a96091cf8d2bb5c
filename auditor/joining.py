"""From published rows to a benchmark: join by identity, settle replicates, count every exclusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from auditor.benchmark import Benchmark, from_columns
from auditor.errors import DataError, UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark import Labels
    from auditor.dataset import SourceData, Task, TaskTable
    from auditor.identity import Named

Conflicts = Literal["auto", "drop", "majority", "median", "keep"]
POLICIES: Mapping[str, str] = {
    "auto": "drop disagreeing classes, take the median of disagreeing values",
    "drop": "drop every compound whose replicates disagree",
    "majority": "classes by majority vote (ties dropped), values by median",
    "median": "median of the replicates; a class between two classes is dropped",
    "keep": "keep the first published value",
}


@dataclass(frozen=True)
class TaskCounts:
    """What happened to the published rows of a task."""

    rows: int
    """Published rows with a value."""
    rejected: int
    """Rows whose SMILES could not be named."""
    repeated: int
    """Rows beyond the first of their compound."""
    conflicting: int
    """Compounds whose replicates disagree."""
    dropped: int
    """Compounds without a label because the policy dropped them."""
    labels: int
    """Compounds with a label."""


@dataclass(frozen=True)
class Joined:
    """A benchmark, the published rows it was made of, and what was left out.

    ``names`` holds the identity of every published text; ``rejects`` has one (SMILES, reason, rows)
    per text that has none. ``measured`` is what overlap counts: every compound with a published
    value, its label NaN where disagreeing replicates left none.
    """

    benchmark: Benchmark
    counts: tuple[TaskCounts, ...]
    rejects: tuple[tuple[str, str, int], ...]
    data: SourceData
    names: Mapping[str, Named]
    measured: Labels


def join(
    name: str,
    data: SourceData,
    names: Mapping[str, Named],
    *,
    identity: str,
    conflicts: Conflicts = "auto",
    provenance: Mapping[str, Any] | None = None,
) -> Joined:
    """Return the benchmark that the published rows make at an identity level.

    Raises
    ------
    DataError
        No row of the benchmark has a usable SMILES, or a task has no label at all.
    """
    compound_of, representative = _number(data, names)
    columns, counts = [], []
    for table in data.tables:
        column, count = _settle(table, compound_of, conflicts)
        columns.append(column)
        counts.append(count)
    _refuse_empty(name, data, names, counts)
    used = np.unique(np.concatenate([rows for rows, _ in columns]))
    place = np.full(len(representative), -1, dtype=np.int64)
    place[used] = np.arange(len(used))
    measured = from_columns(len(used), [(place[rows], values) for rows, values in columns])
    labels = measured.known()
    smiles = tuple(representative[i] for i in used)
    benchmark = Benchmark(
        name=name,
        tasks=tuple(table.task for table in data.tables),
        compounds=tuple(str(names[text].name) for text in smiles),
        smiles=smiles,
        labels=labels,
        identity=identity,
        truth=data.truth,
        notes=data.notes,
        provenance={
            **(provenance or {}),
            "conflict_policy": conflicts,
            "conflict_policy_text": POLICIES[conflicts],
            "labels_sha256": labels.digest(),
            "counts": [asdict(count) for count in counts],
        },
    )
    return Joined(benchmark, tuple(counts), _rejects(data, names), data, names, measured)


def select_tasks(data: SourceData, wanted: Sequence[str]) -> SourceData:
    """Return the tables of some tasks, by exact name, in the order asked for."""
    from dataclasses import replace

    from auditor.registry import nearest

    known = [table.task.name for table in data.tables]
    for name in wanted:
        if name not in known:
            raise UsageError(f"no task named '{name}'", hint=nearest(name, known))
    places = [known.index(name) for name in dict.fromkeys(wanted)]
    truth = None if data.truth is None else data.truth[np.ix_(places, places)]
    return replace(data, tables=tuple(data.tables[i] for i in places), truth=truth)


def _number(
    data: SourceData, names: Mapping[str, Named]
) -> tuple[dict[str, int], list[str]]:
    """Number the compounds in order of first appearance; -1 for a text that has no name."""
    number: dict[str, int] = {}
    compound_of: dict[str, int] = {}
    representative: list[str] = []
    for table in data.tables:
        for text in table.smiles:
            if text in compound_of:
                continue
            name = names[text].name
            if name is None:
                compound_of[text] = -1
                continue
            if name not in number:
                number[name] = len(representative)
                representative.append(text)
            compound_of[text] = number[name]
    return compound_of, representative


def _settle(
    table: TaskTable, compound_of: Mapping[str, int], conflicts: Conflicts
) -> tuple[tuple[NDArray[np.int64], NDArray[np.float64]], TaskCounts]:
    """Return one value per measured compound (NaN: dropped), and the account of the task's rows."""
    measured = np.isfinite(np.asarray(table.values, dtype=np.float64))
    where = np.fromiter((compound_of[s] for s in table.smiles), np.int64, len(table.smiles))
    kept = measured & (where >= 0)
    rows, values = where[kept], np.asarray(table.values, dtype=np.float64)[kept]
    order = np.argsort(rows, kind="stable")
    rows, values = rows[order], values[order]
    compounds, first, size = np.unique(rows, return_index=True, return_counts=True)
    label = values[first].copy()
    conflicting = 0
    for at in np.flatnonzero(size > 1):
        replicates = values[first[at] : first[at] + size[at]]
        if np.ptp(replicates) > 0:
            conflicting += 1
            label[at] = _policy(table.task, conflicts)(replicates)
    alive = np.isfinite(label)
    counts = TaskCounts(
        rows=int(measured.sum()),
        rejected=int((measured & (where < 0)).sum()),
        repeated=int((size - 1).sum()),
        conflicting=conflicting,
        dropped=int((~alive).sum()),
        labels=int(alive.sum()),
    )
    return (compounds, label), counts


def _policy(task: Task, conflicts: Conflicts) -> Any:
    classes = task.kind == "classification"
    if conflicts == "keep":
        return lambda replicates: replicates[0]
    if conflicts == "drop" or (conflicts == "auto" and classes):
        return lambda replicates: np.nan
    return _middle_class if classes else np.median


def _middle_class(replicates: NDArray[np.float64]) -> float:
    """Return the majority class of binary replicates, NaN at a tie."""
    middle = float(np.median(replicates))
    return middle if middle in replicates else np.nan


def _refuse_empty(
    name: str,
    data: SourceData,
    names: Mapping[str, Named],
    counts: Sequence[TaskCounts],
) -> None:
    if not data.tables:
        raise DataError(f"{name} has no task", hint="a task is a numeric column beside the SMILES")
    if all(named.name is None for named in names.values()):
        reason = next(iter(names.values())).reason if names else "the table has no rows"
        raise DataError(
            f"{name} has no valid SMILES; the first is refused as: {reason}",
            hint="check which column holds the SMILES, and give it with --smiles-column",
        )
    for table, count in zip(data.tables, counts, strict=True):
        if count.labels == 0:
            others = [t.task.name for t, c in zip(data.tables, counts, strict=True) if c.labels]
            raise DataError(
                f"task '{table.task.name}' of {name} has no label on a valid compound",
                hint=f"leave it out: --tasks {','.join(others[:4])}{',…' if len(others) > 4 else ''}",
            )


def _rejects(data: SourceData, names: Mapping[str, Named]) -> tuple[tuple[str, str, int], ...]:
    rows: dict[str, int] = {}
    for table in data.tables:
        for text in table.smiles:
            if names[text].name is None:
                rows[text] = rows.get(text, 0) + 1
    return tuple((text, names[text].reason, count) for text, count in rows.items())

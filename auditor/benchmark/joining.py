"""From published rows to a benchmark: join by identity, settle replicates, count every exclusion."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.benchmark.benchmark import Benchmark
from auditor.benchmark.labels import from_columns
from auditor.benchmark.replicate_policy import POLICIES, Conflicts, TaskCounts, settle_replicates
from auditor.errors import DataError, UsageError
from auditor.text import count_of, nearest, whole_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.benchmark.labels import Labels
    from auditor.chemistry.named import Named
    from auditor.source.rows import Features, SourceData


MOST_TASKS = 2_500
"""Most tasks of an audit: it says a line of every pair of them, and documents have at most 1 GiB."""
POLYMERS = "SMILES with * (polymers, fragments) have no InChI: --identity canonical names them"


@dataclass(frozen=True)
class Joined:
    """A benchmark, the published rows it was made of, and what was left out.

    ``names`` holds the identity of every published text; ``rejects`` has one (SMILES, reason, rows)
    per text that has none. ``measured`` is what overlap counts: every compound with a published
    value, its label NaN where disagreeing replicates left none. ``left_out`` says why tasks of the data
    are none of the benchmark, and names them.
    """

    benchmark: Benchmark
    counts: tuple[TaskCounts, ...]
    rejects: tuple[tuple[str, str, int], ...]
    data: SourceData
    names: Mapping[str, Named]
    measured: Labels
    left_out: tuple[str, tuple[str, ...]] = ("", ())


def join(
    name: str,
    data: SourceData,
    names: Mapping[str, Named],
    *,
    identity: str,
    conflicts: Conflicts = "auto",
    provenance: Mapping[str, Any] | None = None,
    least: int = 1,
) -> Joined:
    """Return the benchmark that the published rows make at an identity level.

    A task with fewer than ``least`` labels on valid compounds is left out.

    Raises
    ------
    DataError
        No row of the benchmark has a usable SMILES, or no task has enough labels.
    """
    compounds, representative = _number(data, names)
    columns, counts = [], []
    for table, rows in zip(data.tables, compounds, strict=True):
        column, count = settle_replicates(table, rows, conflicts)
        columns.append(column)
        counts.append(count)
    _refuse_empty(name, data, names, counts, least)
    few = [t.task.name for t, count in zip(data.tables, counts, strict=True) if count.labels < least]
    if few:
        rest = join(
            name, select_tasks(data, (), exclude=few), names, identity=identity, conflicts=conflicts,
            provenance=provenance,
        )  # fmt: skip
        why = f"fewer than {count_of(least, 'label')} on valid compounds"
        return replace(rest, left_out=(why, tuple(few)))
    if len(columns) > MOST_TASKS:
        raise DataError(
            f"{name} has {len(columns):,} tasks, and at most {MOST_TASKS:,} are compared with one another",
            hint="choose some with --tasks, or leave out those with few labels: --min-labels",
        )
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
        stamps=data.stamps,
        provenance={
            **(provenance or {}),
            "conflict_policy": conflicts,
            "conflict_policy_text": POLICIES[conflicts],
            "labels_sha256": labels.digest(),
            "counts": [asdict(count) for count in counts],
        },
        features=_features(data.features, smiles),
    )
    return Joined(benchmark, tuple(counts), _rejects(data, compounds, names), data, names, measured)


def _features(found: Features | None, keys: Sequence[str]) -> NDArray[np.float64] | None:
    """Return the features of some examples (n, p); None where the examples are molecules."""
    if found is None:
        return None
    place = {key: row for row, key in enumerate(found.keys)}
    return found.values[[place[key] for key in keys]]


def select_tasks(data: SourceData, wanted: Sequence[str], *, exclude: Sequence[str] = ()) -> SourceData:
    """Return the tables of some tasks, by exact name, in the order asked for; none asked for is all."""
    if not wanted and not exclude:
        return data
    known = [table.task.name for table in data.tables]
    wanted = whole_names(wanted, known)
    for name in (*wanted, *exclude):
        if name not in known:
            raise UsageError(f"no task named '{name}'", hint=nearest(name, known))
    places = [known.index(name) for name in dict.fromkeys(wanted or known) if name not in exclude]
    truth = None if data.truth is None else data.truth[np.ix_(places, places)]
    return replace(data, tables=tuple(data.tables[i] for i in places), truth=truth)


def _number(data: SourceData, names: Mapping[str, Named]) -> tuple[list[NDArray[np.int64]], list[str]]:
    """Number the compounds in order of first appearance.

    Returns the compound of every row of every table, -1 where its text has no name, and the first
    text of every compound.
    """
    number: dict[str, int] = {}
    compound_of: dict[str, int] = {}
    representative: list[str] = []
    for text in dict.fromkeys(itertools.chain.from_iterable(table.smiles for table in data.tables)):
        name = names[text].name
        if name is None:
            compound_of[text] = -1
            continue
        if name not in number:
            number[name] = len(representative)
            representative.append(text)
        compound_of[text] = number[name]
    found = (map(compound_of.__getitem__, table.smiles) for table in data.tables)
    sizes = (len(table.smiles) for table in data.tables)
    return [np.fromiter(f, np.int64, m) for f, m in zip(found, sizes, strict=True)], representative


def _refuse_empty(
    name: str,
    data: SourceData,
    names: Mapping[str, Named],
    counts: Sequence[TaskCounts],
    least: int,
) -> None:
    if not data.tables:
        raise DataError(f"{name} has no task", hint="a task is a numeric column beside the SMILES")
    if all(named.name is None for named in names.values()):
        reason = next(iter(names.values())).reason if names else "the table has no rows"
        raise DataError(
            f"{name} has no valid SMILES; the first is refused as: {reason}",
            hint=hint_of_no_smiles(names),
        )
    if all(count.labels < least for count in counts):
        most = max(count.labels for count in counts)
        if data.features is not None:
            raise DataError(
                f"no task of {name} has {count_of(least, 'label')}; the most is {most:,}",
                hint="check --conflicts, or lower --min-labels",
            )
        raise DataError(
            f"no task of {name} has {count_of(least, 'label')} on valid compounds; the most is {most:,}",
            hint="check the SMILES column and --conflicts, or lower --min-labels",
        )


def hint_of_no_smiles(texts: Collection[str]) -> str:
    """Return what to do where none of some SMILES has a name."""
    if texts and all("*" in text for text in texts):
        return POLYMERS
    return "check which column holds the SMILES, and give it with --smiles-column"


def _rejects(
    data: SourceData, compounds: Sequence[NDArray[np.int64]], names: Mapping[str, Named]
) -> tuple[tuple[str, str, int], ...]:
    rows: dict[str, int] = {}
    for table, found in zip(data.tables, compounds, strict=True):
        for row in np.flatnonzero(found < 0):
            text = table.smiles[row]
            rows[text] = rows.get(text, 0) + 1
    return tuple((text, names[text].reason, count) for text, count in rows.items())

"""A table of features and tasks: which columns are which, and what each row is known by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import DataError, UsageError
from auditor.source.rows import Features, out_of_reach
from auditor.source.table.opening import Columns, read_columns
from auditor.source.table.reading import AS_SAID, tasks_beside
from auditor.source.table.refusals import listed, no_column
from auditor.source.table.values import to_values
from auditor.text import count_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.source.rows import SourceData
    from auditor.source.table.rules import Rules

MOST_CELLS = 200_000_000
"""Numbers that the features of a table may hold: 1.6 GB of them."""
FILES = (".csv", ".tsv", ".tab", ".txt", ".parquet", ".pq", ".feather", ".arrow", ".gz", ".jsonl")
"""How a name ends that is a file of features rather than a column."""

_NUMBERING = re.compile(r"|unnamed: ?\d+", re.IGNORECASE)
"""What the columns are called that pandas adds to number the rows."""


@dataclass(frozen=True)
class Examples:
    """How the rows of a table without molecules are told.

    Parameters
    ----------
    features
        Names of columns, in which ``*`` stands for any text; or one file, which the key joins.
    key
        The column that names the example of a row; None where every row is one of its own.
    """

    features: tuple[str, ...]
    key: str | None = None

    @property
    def file(self) -> Path | None:
        """The file that holds the features, where they are not in the table itself."""
        found = [name for name in self.features if name.lower().endswith(FILES)]
        if found and len(self.features) > 1:
            raise UsageError(
                f"'{found[0]}' is a file beside other features", hint="name one file, or columns alone"
            )
        return Path(found[0]).expanduser() if found else None


def examples_asked(
    features: Sequence[str], key: str | None, *, smiles_column: str | None = None
) -> Examples | None:
    """Return how examples are told, None where they are molecules; raises UsageError for half of it."""
    if key is not None and not features:
        raise UsageError("--key names the examples of a table of features", hint="give --features too")
    if features and smiles_column is not None:
        raise UsageError(
            "--features and --smiles-column are of two kinds of table", hint="give one of them"
        )
    return Examples(tuple(features), key) if features else None


def read_examples(
    path: Path, examples: Examples, *, tasks: Sequence[str] = (), rules: Rules = AS_SAID
) -> SourceData:
    """Return the rows of a table whose examples are told by features.

    Every other column is a task where it holds measurements, by the rules for any table.

    Raises
    ------
    UsageError
        A named column is not there, is two things at once, or a file of features has no key to join it.
    DataError
        A feature is no number in some row, a row has no key, or a key stands for different features.
    """
    return examples_of(read_columns(path, smiles_column=examples.key), examples, tasks=tasks, rules=rules)


def examples_of(
    columns: Columns, examples: Examples, *, tasks: Sequence[str] = (), rules: Rules = AS_SAID
) -> SourceData:
    """Return the examples of a table that was read; the parameters and errors are those above."""
    keys = _keys(columns, examples.key)
    if examples.file is None:
        names = _matched(columns, examples)
        features = _distinct(columns, names, keys, _numbers(columns, names))
    else:
        names, features = (), _joined(examples.file, examples.key, keys, columns)
    both = [name for name in tasks if name in names or name == examples.key]
    if both:
        what = "the key" if both[0] == examples.key else "a feature"
        raise UsageError(f"'{both[0]}' is {what} and a task", hint="name it once")
    rest = {name: array for name, array in columns.arrays.items() if name not in {*names, examples.key}}
    if not rest:
        raise DataError(f"{columns.path} has no column beside the features", hint="a task is a column too")
    beside = replace(columns, arrays=rest)
    data = tasks_beside(beside, keys, tasks=tasks, rules=rules)
    if not data.tables or data.account is None:
        raise DataError(
            f"{columns.path} has no column of numbers beside the features",
            hint="every task needs one; empty cells are not measured",
        )
    steady = [
        name for name, any_ in zip(features.names, features.values.any(axis=0), strict=True) if not any_
    ]
    said = (f"Features that tell nothing, the same in every row: {listed(steady)}.",) if steady else ()
    account = replace(
        data.account,
        features=features.names,
        key=examples.key or "",
        remarks=(*data.account.remarks, *said),
    )
    return replace(data, features=features, account=account)


def _matched(columns: Columns, examples: Examples) -> tuple[str, ...]:
    """Return the columns that the names and patterns stand for, in the table's order."""
    known = [name for name in columns.arrays if name != examples.key]
    found: set[str] = set()
    for asked in examples.features:
        here = [asked] if asked in known else [name for name in known if fnmatchcase(name, asked)]
        if not here:
            raise no_column(columns, asked)
        found |= set(here)
    return tuple(name for name in known if name in found)


def _keys(columns: Columns, key: str | None) -> list[str]:
    """Return what every row is called (m,)."""
    import pyarrow as pa

    if key is None:
        return [f"row {number}" for number in range(1, columns.rows + 1)]
    if key not in columns.arrays:
        raise no_column(columns, key)
    keys = [(text or "").strip() for text in columns.arrays[key].cast(pa.string()).to_pylist()]
    if "" in keys:
        raise DataError(
            f"row {keys.index('') + 1} of {columns.path} has nothing in its key, '{key}'",
            hint="name every row, or leave --key out: then every row is an example of its own",
        )
    return keys


def _numbers(columns: Columns, names: Sequence[str]) -> NDArray[np.float64]:
    """Return the features of every row (m, p); raises DataError where one is not a number."""
    if columns.rows * len(names) > MOST_CELLS:
        raise DataError(
            f"{columns.path} has {columns.rows:,} x {len(names):,} features, and at most "
            f"{MOST_CELLS:,} numbers are taken",
            hint="name fewer features",
        )
    found = np.empty((columns.rows, len(names)))
    for place, name in enumerate(names):
        found[:, place] = _feature(columns, name)
    return found


def _feature(columns: Columns, name: str) -> NDArray[np.float64]:
    values = to_values(columns.arrays[name])
    where = f"feature '{name}' of {columns.path}"
    if values.texts or values.foreign or values.limits is not None or values.doubt:
        told = values.foreign or (
            f"text, such as {values.texts[0][:60]!r}" if values.texts else "no plain numbers"
        )
        raise DataError(
            f"{where} holds {told}", hint="write numbers; of classes, one column of 0 and 1 each"
        )
    empty = int(np.isnan(values.numbers).sum())
    if empty:
        raise DataError(
            f"{where} is empty in {count_of(empty, 'row')}", hint="fill them, or do not name it a feature"
        )
    if np.isinf(values.numbers).any() or out_of_reach(values.numbers):
        raise DataError(
            f"{where} has {out_of_reach(values.numbers) or 'infinite values'}",
            hint="correct them, or do not name it a feature",
        )
    return values.numbers


def _distinct(
    columns: Columns, names: tuple[str, ...], keys: Sequence[str], values: NDArray[np.float64]
) -> Features:
    """Return one row of features per key; raises DataError where a key stands for different ones."""
    first: dict[str, int] = {}
    for row, key in enumerate(keys):
        first.setdefault(key, row)
    places = np.array([first[key] for key in keys], dtype=np.int64)
    differ = np.flatnonzero((values != values[places]).any(axis=1))
    if len(differ):
        row = int(differ[0])
        raise DataError(
            f"'{keys[row]}' has other features in row {row + 1} of {columns.path} than in row "
            f"{places[row] + 1}",
            hint="a key names one example; leave --key out where every row is an example of its own",
        )
    kept = list(first.values())
    return Features(names, tuple(first), standardised(values[kept]))


def standardised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return columns (m, p) with mean 0 and variance 1; one that is constant becomes 0."""
    steady = (values == values[0]).all(axis=0)
    rest = values - values.mean(axis=0)
    spread = rest.std(axis=0)
    found: NDArray[np.float64] = np.where(steady, 0.0, rest / np.where(steady, 1.0, spread))
    return found


def _joined(path: Path, key: str | None, keys: Sequence[str], labels: Columns) -> Features:
    """Return the features in a file of their own, of the keys of a table."""
    if key is None:
        raise UsageError(f"{path} must be joined with {labels.path}", hint="--key names a column of both")
    columns = read_columns(path, smiles_column=key)
    numbering = {n for n in columns.arrays if n in columns.index or _NUMBERING.fullmatch(n.strip())}
    names = tuple(name for name in columns.arrays if name != key and name not in numbering)
    features = _distinct(columns, names, _keys(columns, key), _numbers(columns, names))
    place = {one: row for row, one in enumerate(features.keys)}
    wanted = tuple(dict.fromkeys(keys))
    lacking = [one for one in wanted if one not in place]
    if lacking:
        raise DataError(
            f"{path} has no features of {count_of(len(lacking), 'example')} of {labels.path}: "
            f"{listed(lacking[:3])}",
            hint="give features of all of them",
        )
    return Features(names, wanted, features.values[[place[one] for one in wanted]])

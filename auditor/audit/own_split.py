"""A split of the user's own: by a column of the table, or by files that name the compounds of each side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from auditor.audit.reading import is_path
from auditor.chemistry.naming import identify
from auditor.errors import DataError, UsageError
from auditor.source.table.opening import read_columns
from auditor.source.table.smiles import smiles_of
from auditor.source.table.values import to_text
from auditor.text import count_of
from auditor.training.splits import FRACTIONS, Split

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.audit.request import DataRequest
    from auditor.benchmark.benchmark import Benchmark

SIDES: Mapping[str, tuple[str, ...]] = {
    "train": ("train", "training"),
    "validation": ("val", "valid", "validation"),
    "test": ("test",),
}
"""What the sides of a split are called in columns and names of files."""
_SIDE = {name: side for side, names in SIDES.items() for name in names}


def is_own(text: str) -> bool:
    """Return whether the name of a split is one of the user's own: ``column:NAME`` or ``files:DIR``."""
    kind, colon, rest = text.partition(":")
    return bool(colon and rest) and kind in ("column", "files")


def shown_name(text: str, *, names: bool) -> str:
    """Return the name of a split as reports show it: of a folder its own name, not where it lies.

    Parameters
    ----------
    names
        Whether columns and files may be named.
    """
    kind, _, rest = text.partition(":")
    if not names:
        return kind
    return f"files:{Path(rest).name}" if kind == "files" and rest else text


def own_split(text: str, request: DataRequest, benchmark: Benchmark) -> Split:
    """Return the split that a user gives; every compound is on one side.

    ``files:DIR`` holds a table with SMILES for each side: ``train``, ``val`` and ``test``.
    ``column:NAME`` says train, val or test in each row; or it holds numbers or dates, and then the
    first 80 % of the compounds are trained on, the next 10 % validate, the last 10 % test. A
    compound with several dates counts by its first.

    Raises
    ------
    UsageError
        A column of what is no file.
    DataError
        It cannot be read, a compound is on two sides or on none, or a side is empty.
    """
    kind, _, rest = text.partition(":")
    if kind == "files":
        return _cut(_by_files(Path(rest).expanduser(), request), benchmark, text)
    if not is_path(request):
        raise UsageError(
            f"--split {text}: {request.benchmark} is no file with columns",
            hint="--split files:DIR, with train.csv, val.csv and test.csv in it",
        )
    rows = _rows(request, rest)
    if {value.casefold() for _, value in rows} <= set(_SIDE):
        return _cut([(name, _SIDE[value.casefold()]) for name, value in rows], benchmark, text)
    return _in_order(rows, benchmark, text)


def _rows(request: DataRequest, column: str) -> list[tuple[str, str]]:
    """Return the compound and the text of a column of every row that has both."""
    found = []
    for path in (request.benchmark, *request.more):
        columns = read_columns(Path(path), smiles_column=request.smiles_column)
        if column not in columns.arrays:
            raise DataError(
                f"{path} has no column '{column}'", hint=f"it has {', '.join(list(columns.arrays)[:12])}"
            )
        values = to_text(columns.arrays[column])
        if values is None:
            values = ["" if value is None else str(value) for value in columns.arrays[column].to_pylist()]
        _, texts = smiles_of(columns, request.smiles_column)
        found += _named(texts, [value.strip() for value in values], request)
    return [(name, value) for name, value in found if value]


def _by_files(folder: Path, request: DataRequest) -> list[tuple[str, str]]:
    """Return the compounds of the files of a folder with their side."""
    if not folder.is_dir():
        raise DataError(f"{folder} is no folder", hint="it holds train.csv, val.csv and test.csv")
    found = []
    for side, names in SIDES.items():
        paths = sorted(path for path in folder.iterdir() if path.name.split(".")[0] in names)
        if len(paths) != 1:
            said = f"{folder} holds {'no' if not paths else 'more than one'} file for the side '{side}'"
            raise DataError(said, hint=f"one named {' or '.join(names)}, such as {names[0]}.csv")
        _, texts = smiles_of(read_columns(paths[0], least=1), None)
        found += _named(texts, [side] * len(texts), request)
    return found


def _named(texts: Sequence[str], values: Sequence[str], request: DataRequest) -> list[tuple[str, str]]:
    level = request.registry.get("identity", request.identity)
    names = identify(texts, level, cache=request.cache, doing="reading the split")
    return [(name, value) for text, value in zip(texts, values, strict=True) if (name := names[text].name)]


def _in_order(rows: Sequence[tuple[str, str]], benchmark: Benchmark, text: str) -> Split:
    """Return the split by the first number or date of each compound; equal ones stay together."""
    first: dict[str, float] = {}
    for name, value in rows:
        number = _number(value, text)
        first[name] = min(number, first.get(name, number))
    when = np.array([first.get(name, np.nan) for name in benchmark.compounds])
    _refuse_missing(int(np.isnan(when).sum()), text)
    border = np.quantile(when, np.cumsum(FRACTIONS)[:2], method="inverted_cdf")
    return _split(np.asarray(np.searchsorted(border, when, side="left"), dtype=np.int64), text)


def _number(value: str, text: str) -> float:
    try:
        return float(value)
    except ValueError:
        pass
    try:
        return float(date.fromisoformat(value[:10]).toordinal())
    except ValueError:
        raise DataError(
            f"--split {text}: '{value}' is no side of a split, no number and no date",
            hint="train, val and test; or numbers; or dates such as 2026-01-31",
        ) from None


def _cut(rows: Sequence[tuple[str, str]], benchmark: Benchmark, text: str) -> Split:
    """Return the split of compounds whose side is said."""
    sides: dict[str, str] = {}
    for name, side in rows:
        if sides.setdefault(name, side) != side:
            raise DataError(
                f"--split {text}: a compound is on two sides, {sides[name]} and {side}: {name}",
                hint="by --identity two SMILES can be one compound",
            )
    order = list(SIDES)
    number = np.array([order.index(sides[name]) if name in sides else -1 for name in benchmark.compounds])
    _refuse_missing(int((number < 0).sum()), text)
    return _split(number, text)


def _refuse_missing(missing: int, text: str) -> None:
    if missing:
        said = (
            f"{count_of(missing, 'compound')} of the benchmark {'is' if missing == 1 else 'are'} on no side"
        )
        raise DataError(
            f"--split {text}: {said}", hint="name every compound, or leave the others out of the table"
        )


def _split(number: NDArray[np.int64], text: str) -> Split:
    parts = [np.flatnonzero(number == side) for side in range(len(SIDES))]
    empty = [name for name, part in zip(SIDES, parts, strict=True) if not len(part)]
    if empty:
        raise DataError(
            f"--split {text}: no compound is on the side '{empty[0]}'", hint="each side needs compounds"
        )
    return Split(*parts)

"""What a dataset is relied on for. The component is ``(files, **options) -> SourceData``.

Checks never open a socket. A dataset of published files is read from ``mirror=``, a folder that holds
them as the publisher names them; without it, what needs its rows is not checked, and says so.
"""

from __future__ import annotations

import collections
import contextlib
import functools
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from auditor.chemistry.levels import parse
from auditor.errors import DataError, MissingExtra, PluginError
from auditor.source.entry import check_source, pack_labels, pack_words, unpack
from auditor.source.files import SourceFiles
from auditor.source.rows import SourceData
from auditor.testing.check import NotSupported, require
from auditor.testing.material import global_random_state_untouched, require_typed_options

Source = Callable[..., SourceData]
Options = Mapping[str, Any]
NONE: Options = {}
SAMPLE = 300
"""Rows per task whose SMILES are parsed."""


def options_can_be_typed(load: Source, *, mirror: str | Path = "", options: Options = NONE) -> None:
    """Every option has a default and a type that text can give."""
    require_typed_options(load)


def offline_it_reads_or_says_what_is_missing(
    load: Source, *, mirror: str | Path = "", options: Options = NONE
) -> None:
    """Without files and network it opens no socket: it returns its rows, or a DataError with a hint."""
    try:
        _read(load, "", options)
    except (DataError, MissingExtra) as error:
        require(bool(error.hint), f"'{error.message}' has no hint that says what to do")


def keeps_the_contract(load: Source, *, mirror: str | Path = "", options: Options = NONE) -> None:
    """It returns SourceData: tasks of unique names and known kinds, with finite values, classes 0 and 1."""
    data = _rows(load, mirror, options)
    try:
        check_source(data, "the dataset")
    except PluginError as error:
        require(False, error.message)


def bounds_and_words_are_whole(load: Source, *, mirror: str | Path = "", options: Options = NONE) -> None:
    """Plausible bounds are in order and hold most values; notes are sentences."""
    data = _rows(load, mirror, options)
    for table in data.tables:
        task, values = table.task, np.asarray(table.values)
        require(task.low < task.high, f"'{task.name}' has the bounds {task.low}, {task.high}")
        inside = float(((values >= task.low) & (values <= task.high)).mean()) if len(values) else 1.0
        require(inside > 0.5, f"'{task.name}': only {inside:.0%} of the values lie in its bounds")
    for said in (*data.notes, *data.stamps):
        require(said.strip().endswith("."), f"a note is not a sentence: {said!r}")


def most_compounds_can_be_read(load: Source, *, mirror: str | Path = "", options: Options = NONE) -> None:
    """Nine in ten of the first published SMILES of every task are molecules."""
    from rdkit import rdBase

    with rdBase.BlockLogs():
        for table in _rows(load, mirror, options).tables:
            texts = list(table.smiles)[:SAMPLE]
            read = sum(_is_molecule(text) for text in texts)
            require(read >= 0.9 * len(texts), f"'{table.task.name}': {read} of {len(texts)} are molecules")


def reads_the_same_rows_again(load: Source, *, mirror: str | Path = "", options: Options = NONE) -> None:
    """Read twice, every row is the same and in the same place."""
    first, second = _rows(load, mirror, options), _read(load, mirror, options)
    require(_same(first, second), "two readings differ: sort what has no order, and seed what is drawn")


def can_be_stored(load: Source, *, mirror: str | Path = "", options: Options = NONE) -> None:
    """Written to the program's cache and read back, it is the same."""
    data = _rows(load, mirror, options)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.parquet"
        path.write_bytes(pack_labels(data))
        require(_same(data, unpack(path, pack_words(data))), "what is stored is not what was returned")


def leaves_the_global_random_state_alone(
    load: Source, *, mirror: str | Path = "", options: Options = NONE
) -> None:
    """Reading changes no global random state."""
    _rows(load, mirror, options)  # a library may draw when it is first imported
    with global_random_state_untouched():
        _read(load, mirror, options)


def rows_are_as_published(
    load: Source,
    *,
    mirror: str | Path = "",
    options: Options = NONE,
    published: Mapping[str, int] | None = None,
) -> None:
    """Tasks have as many rows as was published, repeats kept (``published={"task": rows}``)."""
    if published is None:
        raise NotSupported("give published={'task': number of rows} to compare with the publication")
    found = {table.task.name: len(table.values) for table in _rows(load, mirror, options).tables}
    for task, rows in published.items():
        require(found.get(task) == rows, f"'{task}' has {found.get(task)} rows, published are {rows}")


CHECKS = (
    options_can_be_typed,
    offline_it_reads_or_says_what_is_missing,
    keeps_the_contract,
    bounds_and_words_are_whole,
    most_compounds_can_be_read,
    reads_the_same_rows_again,
    can_be_stored,
    leaves_the_global_random_state_alone,
    rows_are_as_published,
)

_READ: collections.deque[tuple[Source, str, dict[str, Any], SourceData]] = collections.deque(maxlen=1)


def _rows(load: Source, mirror: str | Path, options: Options) -> SourceData:
    """Return what the dataset returns, read once for all checks that only look at it."""
    for known, place, chosen, data in _READ:
        if known is load and place == str(mirror) and chosen == dict(options):
            return data
    try:
        data = _read(load, mirror, options)
    except (DataError, MissingExtra) as error:
        raise NotSupported(f"its rows are not at hand ({error.message}): give mirror=") from error
    _READ.append((load, str(mirror), dict(options), data))
    return data


def _read(load: Source, mirror: str | Path, options: Options) -> SourceData:
    with tempfile.TemporaryDirectory() as folder, _no_network():
        return load(SourceFiles(Path(folder), str(mirror), offline=True), **options)


@contextlib.contextmanager
def _no_network() -> Iterator[None]:
    """Refuse every connection beyond this machine."""
    connect = socket.socket.connect

    @functools.wraps(connect)
    def refuse(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            require(False, f"it connects to {address} though it is offline: ask files.need for files")
        connect(self, address)

    socket.socket.connect = refuse  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        socket.socket.connect = connect  # type: ignore[method-assign]


def _is_molecule(text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _same(one: SourceData, other: SourceData) -> bool:
    if len(one.tables) != len(other.tables) or pack_words(one) != pack_words(other):
        return False
    return all(
        tuple(a.smiles) == tuple(b.smiles)
        and np.array_equal(np.asarray(a.values, dtype=float), np.asarray(b.values, dtype=float))
        for a, b in zip(one.tables, other.tables, strict=True)
    )

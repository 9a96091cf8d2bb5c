"""How one's own table was read: what a report says of it before anything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FileRead:
    """One file: its form, its column of SMILES and its rows.

    Parameters
    ----------
    name
        Of the file, without its folder.
    format, packed, separator
        Such as "CSV", "gzip" and ","; the last two are empty where there is none.
    smiles_column
        Its name.
    rows
        All of them, whatever they hold.
    """

    name: str
    format: str
    packed: str
    separator: str
    smiles_column: str
    rows: int


@dataclass(frozen=True)
class Missing:
    """What was read as not measured, such as "-999": in how many cells, and of which tasks."""

    what: str
    cells: int
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Account:
    """How a table was read.

    Parameters
    ----------
    files
        One, or those that were joined.
    valued
        SMILES of every row that holds a value of some task.
    missing
        Codes, words and weights that were read as not measured; empty cells always are.
    left_out
        Columns that are no tasks, by why they are none.
    codings
        Of tasks whose two classes are other numbers than 0 and 1: these numbers.
    percent
        Tasks whose values are written with %.
    remarks
        What else was read in a way that is not plain, one sentence each.
    features, key
        Of a table without molecules: its features, and the column that names the examples, if any.
    """

    files: tuple[FileRead, ...]
    valued: Sequence[str]
    missing: tuple[Missing, ...] = ()
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    codings: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    percent: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    key: str = ""

    @property
    def rows(self) -> int:
        """Number of rows of all files."""
        return sum(file.rows for file in self.files)


def together(accounts: Sequence[Account], remarks: Sequence[str]) -> Account:
    """Return the account of several files as one, with what is said of their being joined."""
    missing: dict[str, Missing] = {}
    left_out: dict[str, tuple[str, ...]] = {}
    for one in accounts:
        for found in one.missing:
            before = missing.get(found.what, Missing(found.what, 0))
            tasks = tuple(dict.fromkeys((*before.tasks, *found.tasks)))
            missing[found.what] = Missing(found.what, before.cells + found.cells, tasks)
        for why, names in one.left_out.items():
            left_out[why] = tuple(dict.fromkeys((*left_out.get(why, ()), *names)))
    return Account(
        tuple(file for one in accounts for file in one.files),
        [text for one in accounts for text in one.valued],
        tuple(missing.values()),
        left_out,
        remarks=(*remarks, *dict.fromkeys(said for one in accounts for said in one.remarks)),
    )

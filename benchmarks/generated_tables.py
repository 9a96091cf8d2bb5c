"""Tables as people keep them, each with what it means: the tasks, and their values by row.

A table is drawn from a seed: its columns, each written in one of the ways that are met in files, what else
stands beside them, and how the file itself is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from auditor.source.table.computing import DESCRIPTORS as COMPUTED
from benchmarks.generated_files import written

COUNTED = ("NO", "cetane number")
Random = np.random.Generator
Values = NDArray[np.float64]
NAN = float("nan")
NAMED = ("MolWt", "ExactMolWt", "MolLogP", "TPSA", "HeavyAtomCount", "NumHAcceptors", "FractionCSP3")
DESCRIPTORS = {name: COMPUTED[name][1] for name in NAMED}
ATOMS = ("C", "N", "O", "S", "F", "Cl", "c1ccccc1", "C(=O)O", "C#N", "CC", "C1CC1")
SEPARATORS = (",", ",", ",", ";", "\t", "|")
NAMES = (
    "pIC50", "Ki (nM)", "IC50, nM", "refractive_index", "NO", "logD 7.4", "PXR_fold", "cetane number",
    "hERG", "assay_12", "CYP3A4 inhibition", "y", "Löslichkeit", "solubility [mol/L]", "E1-PBE0", "value",
    "tox 21",
)  # fmt: skip


@dataclass
class Column:
    """A column as it is written, and the values that it means; no values where it is no task."""

    cells: list[str]
    values: Values | None
    kind: str = "regression"
    typed: bool = False
    """Whether a file with types would hold it as numbers."""


@dataclass
class Meant:
    """A file, and what it means.

    ``tasks`` holds kind and values (m,) of every task that a reader may find; ``data`` are the bytes.
    """

    name: str
    data: bytes
    smiles: list[str]
    tasks: dict[str, Column] = field(default_factory=dict)


def draw(seed: int) -> Meant:
    """Return the table of a seed."""
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(15, 60))
    smiles = _smiles(rng, rows)
    columns: dict[str, Column] = {}
    separator = str(rng.choice(SEPARATORS))
    names = rng.permutation(NAMES)[: int(rng.integers(1, 5))]
    for name in map(str, names):
        way = str(rng.choice(USUAL if rng.random() < 0.8 else sorted(WAYS)))
        if name in COUNTED and way in ("whole", "grouped"):  # whole numbers under it may number something
            way = "plain"
        columns[name] = WAYS[way](rng, rows)
    tasks = {name: column for name, column in columns.items() if column.values is not None}
    if rng.random() < 0.05:
        return _weighted(rng, smiles)
    others = {
        str(n): OTHERS[str(n)](rng, rows) for n in rng.permutation(sorted(OTHERS))[: rng.integers(0, 3)]
    }
    order = ["smiles", *columns, *others]
    if rng.random() < 0.3:
        order = [str(name) for name in rng.permutation(order)]
    cells = {"smiles": smiles, **{name: one.cells for name, one in columns.items()}, **others}
    if rng.random() < 0.1:
        function = DESCRIPTORS[str(rng.choice(NAMED))]
        cells["column 17"] = [repr(round(float(function(Chem.MolFromSmiles(text))), 3)) for text in smiles]
        order.append("column 17")
        if not _is_told(cells["column 17"], smiles):
            order.remove("column 17")
    typed = {name: one.values for name, one in tasks.items() if one.typed and one.values is not None}
    name, data = written(rng, {key: cells[key] for key in order}, separator, typed)
    return Meant(name, data, smiles, tasks)


def _is_told(cells: list[str], smiles: list[str]) -> bool:
    """Return whether a computed column differs enough from a class or a constant to be recognised."""
    return len(set(cells)) > 2 and len(set(smiles)) >= 12


def _weighted(rng: Random, smiles: list[str]) -> Meant:
    """Return a table of labels and weights, 0 where nothing was measured, as DeepChem writes it."""
    cells, tasks = {"smiles": smiles}, {}
    for place in range(1, int(rng.integers(2, 5))):
        labels, weights = (rng.integers(0, 2, len(smiles)).astype(float) for _ in range(2))
        labels[:4], weights[:4] = (0, 1, 0, 1), 1
        cells |= {f"y{place}": list(map(repr, labels)), f"w{place}": list(map(repr, weights))}
        values = np.where(weights == 0, NAN, labels)
        tasks[f"y{place}"] = Column(cells[f"y{place}"], values, "classification")
    name, data = written(rng, {**cells, "ids": smiles}, ",", {})
    return Meant(name, data, smiles, tasks)


def _smiles(rng: Random, rows: int) -> list[str]:
    found = {
        f"C{''.join(f'C({rng.choice(ATOMS)})' for _ in range(rng.integers(1, 7)))}O": None
        for _ in range(9 * rows)
    }
    texts = list(found)[:rows]
    while len(texts) < rows:
        texts.append("C" * len(texts) + "N")
    if rng.random() < 0.3:  # a compound that is measured again
        texts[-1] = texts[0]
    return [str(text) for text in texts]


def _numbers(rng: Random, rows: int) -> Values:
    """Return measurements as tables hold them: of two to four digits, over a decade or over several."""
    if rng.random() < 0.5:
        return np.round(
            rng.normal(rng.choice([6.0, 0.5, 40.0, -3.0]), rng.choice([0.4, 1.0, 3.0]), rows), 2
        )
    wide = 10 ** rng.normal(rng.choice([2.0, 0.0, -6.0]), rng.choice([0.5, 1.0]), rows)
    return np.array([float(f"{value:.3g}") for value in wide])


def _kept(rng: Random, values: Values) -> Values:
    """Return values with gaps, or without."""
    share = rng.choice([0.0, 0.3, 0.8])
    return np.where(rng.random(len(values)) < share, NAN, values)


def _cells(values: Values, spell: Callable[[float], str] = repr, empty: str = "") -> list[str]:
    return [empty if np.isnan(value) else spell(float(value)) for value in values]


def plain(rng: Random, rows: int) -> Column:
    values = _kept(rng, _numbers(rng, rows))
    return Column(_cells(values), values, typed=True)


def scientific(rng: Random, rows: int) -> Column:
    values = _kept(rng, _numbers(rng, rows))
    values = np.array([float(f"{value:.3e}") for value in values])
    return Column(_cells(values, "{:.3e}".format), values, typed=True)


def whole(rng: Random, rows: int) -> Column:
    values = _kept(rng, rng.integers(3, 100, rows).astype(float))
    return Column(_cells(values, lambda value: str(int(value))), values, typed=True)


def words_for_missing(rng: Random, rows: int) -> Column:
    values = _kept(rng, _numbers(rng, rows))
    word = str(rng.choice(["NA", "N/A", "nd", "n.d.", "not tested", "-", "?", "NaN", "null", "#N/A", " "]))
    return Column(_cells(values, empty=word), values)


def code(rng: Random, rows: int) -> Column:
    values = _kept(rng, _numbers(rng, rows))
    low, high = np.nanmin(values, initial=0), np.nanmax(values, initial=1)
    codes = ["-999", "-9999", "-666", "-1" if low >= 0 else "-999", "99999" if high < 1000 else "-9999"]
    return Column(_cells(values, empty=str(rng.choice(codes))), values)


def spelled(rng: Random, rows: int) -> Column:
    values = _kept(rng, np.abs(_numbers(rng, rows)))
    spell = [lambda v: f"{v} ± 0.1", lambda v: f"{v}%", lambda v: f" {v} ", lambda v: f"{v} +/- 1"]
    return Column(_cells(values, spell[int(rng.integers(len(spell)))]), values)


def thousands(rng: Random, rows: int) -> Column:
    values = _kept(rng, np.round(10 ** rng.normal(3, 1, rows), 1))
    return Column(_cells(values, "{:,.1f}".format), values)


def grouped_whole(rng: Random, rows: int) -> Column:
    values = _kept(rng, rng.integers(1, 10**6, rows).astype(float))
    return Column(_cells(values, "{:,.0f}".format), values)


def decimal_comma(rng: Random, rows: int) -> Column:
    values = _kept(rng, np.round(rng.normal(6, 1, rows), int(rng.choice([1, 2, 3]))))
    return Column(_cells(values, lambda value: str(value).replace(".", ",")), values)


def limits(rng: Random, rows: int) -> Column:
    values = _kept(rng, np.abs(_numbers(rng, rows)))
    signs = rng.choice(["", "", ">", "<", ">=", "≤ "], rows)
    cells = [
        f"{sign}{value}" if not np.isnan(value) else "" for sign, value in zip(signs, values, strict=True)
    ]
    return Column(cells, values)


def _classes(rng: Random, rows: int) -> Values:
    values = (rng.random(rows) < rng.choice([0.1, 0.5])).astype(float)
    values[:6] = 0, 1, 0, 1, 0, 1
    kept = _kept(rng, values)
    kept[:6] = values[:6]
    return kept


def classes(rng: Random, rows: int) -> Column:
    values = _classes(rng, rows)
    no, yes = [("0", "1"), ("0.0", "1.0"), ("-1", "1"), ("1", "2")][int(rng.integers(4))]
    return Column(_cells(values, lambda value: yes if value else no), values, "classification")


def words(rng: Random, rows: int) -> Column:
    values = _classes(rng, rows)
    no, yes = [
        ("inactive", "active"), ("No", "Yes"), ("FALSE", "TRUE"), ("negative", "positive"), ("-", "+"),
        ("n", "y"),
    ][int(rng.integers(6))]  # fmt: skip
    return Column(_cells(values, lambda value: yes if value else no), values, "classification")


def classes_with_code(rng: Random, rows: int) -> Column:
    values = _classes(rng, rows)
    return Column(
        _cells(values, lambda value: str(int(value)), str(rng.choice(["-1", "2", "9", "-999"]))),
        values,
        "classification",
    )


def ratings(rng: Random, rows: int) -> Column:
    values = rng.integers(0, 3, rows).astype(float)
    return Column(_cells(values, lambda value: str(int(value))), values)


def empty(rng: Random, rows: int) -> Column:
    return Column([""] * rows, None)


WAYS: Mapping[str, Callable[[Random, int], Column]] = {
    "plain": plain, "scientific": scientific, "whole": whole, "words for missing": words_for_missing,
    "code": code,
    "spelled": spelled, "thousands": thousands, "grouped": grouped_whole, "decimal comma": decimal_comma,
    "limits": limits, "classes": classes, "words": words, "classes with a code": classes_with_code,
    "ratings": ratings, "empty": empty,
}  # fmt: skip


USUAL = (
    "plain",
    "scientific",
    "whole",
    "words for missing",
    "spelled",
    "thousands",
    "limits",
    "classes",
    "words",
)
"""Ways that leave no doubt, most often; every way is drawn in a fifth of the columns."""


def _text(rng: Random, rows: int) -> list[str]:
    return [
        str(rng.choice(["kinase, human", "a;b", 'said "x"', "plain", "two\nlines"])) for _ in range(rows)
    ]


OTHERS: Mapping[str, Callable[[Random, int], list[str]]] = {
    "compound_id": lambda rng, rows: [str(n) for n in rng.permutation(10 * rows)[:rows]],
    "ChEMBL ID": lambda rng, rows: [f"CHEMBL{n}" for n in rng.permutation(10 * rows)[:rows]],
    "Unnamed: 0": lambda _, rows: [str(n) for n in range(rows)],
    "index": lambda rng, rows: [str(n) for n in rng.permutation(rows)],
    "registry": lambda rng, rows: [str(n) for n in 10**7 + rng.permutation(10 * rows)[:rows]],
    "comment": _text,
    "plate": lambda _, rows: [str(n // 8) for n in range(rows)],
    "fold": lambda rng, rows: [str(n) for n in rng.integers(0, 5, rows)],
    "year": lambda rng, rows: [str(n) for n in rng.integers(1998, 2024, rows)],
    "MW": lambda rng, rows: [f"{x:.2f}" for x in rng.normal(350, 60, rows)],
    "AlogP": lambda rng, rows: [f"{x:.2f}" for x in rng.normal(3, 1, rows)],
    "InChIKey": lambda rng, rows: [
        "".join(rng.choice(list("ABCDEFGH"), 14)) + "-UHFFFAOYSA-N" for _ in range(rows)
    ],
}

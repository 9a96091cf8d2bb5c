"""Columns that RDKit computes from the structure, told by their values whatever their name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from auditor.source.table.computing import Structures
    from auditor.source.table.values import Values

LEAST = 10
"""Distinct structures that a column has to agree on."""
FIRST, ALL = 15, 250
"""Structures that are computed at first, and those that decide."""
COMPLETE = 0.98
"""Share of rows with a value: what is computed is computed for every row."""
AGREE = 0.98
"""Share of structures whose value is the computed one; versions of a program differ in a few."""
LIKE = 0.4
"""Rank correlation with a guess of lipophilicity below which a column is none."""
_ATOM = re.compile(r"\[[^\]]*\]|Br|Cl|[BCNOPSFI]|[bcnops]")
_HYDROGEN = re.compile(r"\[\d*H[+-]?\d*\]")


@dataclass(frozen=True)
class Counts:
    """What the text of SMILES tells without a program: atoms, those that are polar or carbon, each (m,)."""

    atoms: NDArray[np.float64]
    polar: NDArray[np.float64]
    carbon: NDArray[np.float64]


def computed_columns(texts: Sequence[str], columns: Mapping[str, Values]) -> dict[str, str]:
    """Return the name of RDKit's descriptor for every column that holds its values.

    Columns with gaps, of classes or of other values than a structure can give are not looked at further;
    RDKit is imported only where a column is left.

    Parameters
    ----------
    texts
        SMILES of every row (m,).
    columns
        Columns of numbers, each (m,).
    """
    columns = {name: values for name, values in columns.items() if _may_be_computed(values)}
    rows = _distinct_rows(texts) if columns else np.zeros(0, dtype=np.int64)
    if len(rows) < LEAST:
        return {}
    chosen = rows[np.unique(np.linspace(0, len(rows) - 1, ALL).astype(int))]
    sample = [texts[row] for row in chosen]
    counts = _counts(sample)
    wanted = {}
    for name, values in columns.items():
        if np.isfinite(values.numbers[rows]).mean() >= COMPLETE:
            numbers = values.numbers[chosen]
            if asked := tuple(_possible(numbers, counts)):
                wanted[name] = (numbers, asked)
    return _recognised(sample, wanted) if wanted else {}


def _distinct_rows(texts: Sequence[str]) -> NDArray[np.int64]:
    first: dict[str, int] = {}
    for row, text in enumerate(texts):
        if text:
            first.setdefault(text, row)
    return np.fromiter(first.values(), np.int64, len(first))


def _may_be_computed(values: Values) -> bool:
    """Return whether a column holds plain numbers, more than two, in nearly every row."""
    plain = values.limits is None and not values.texts and not values.doubt
    return plain and values.measured >= 0.9 * len(values.numbers) and len(values.distinct[0]) > 2


def _counts(texts: Sequence[str]) -> Counts:
    found = [[a for a in _ATOM.findall(text) if not _HYDROGEN.fullmatch(a)] for text in texts]
    polar = [sum(a.strip("[0123456789")[:1] in "NOnoSsPp" for a in atoms) for atoms in found]
    carbon = [sum(a.strip("[0123456789")[:1] in "Cc" and a[:2] != "Cl" for a in atoms) for atoms in found]
    return Counts(*(np.array(part, dtype=np.float64) for part in (list(map(len, found)), polar, carbon)))


def _possible(numbers: NDArray[np.float64], counts: Counts) -> Iterator[str]:
    """Yield the kinds of descriptor whose values some numbers may be, by what the text tells."""
    known = np.isfinite(numbers)
    v, atoms, polar, carbon = (x[known] for x in (numbers, counts.atoms, counts.polar, counts.carbon))
    if not len(v):
        return
    if _most((v >= 8 * atoms) & (v <= 80 * atoms + 8)):
        yield "mass"
    if _most((v >= 0) & (v == np.rint(v)) & (v <= 3 * atoms + 4)):
        yield "count"
    if _most((v >= 0) & (v <= 45 * polar + 1e-9)):
        yield "area"
    if _most((v >= 0) & (v <= 1)):
        yield "share"
    if np.abs(_rank_correlation(v, carbon - 2 * polar)) >= LIKE:
        yield "lipophilicity"


def _most(fits: NDArray[np.bool_]) -> bool:
    return bool(fits.mean() >= AGREE)


def _rank_correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    a, b = (np.unique(values, return_inverse=True)[1].astype(np.float64) for values in (x, y))
    return float(np.corrcoef(a, b)[0, 1]) if min(np.ptp(a), np.ptp(b)) > 0 else 0.0


def _recognised(
    sample: Sequence[str], wanted: Mapping[str, tuple[NDArray[np.float64], tuple[str, ...]]]
) -> dict[str, str]:
    """Return which of some columns agree with a descriptor of the kinds that each may be."""
    from auditor.source.table.computing import Structures

    places = np.unique(np.linspace(0, len(sample) - 1, FIRST).astype(int))
    some = Structures([sample[place] for place in places])
    maybe = {
        name: _matching(numbers[places], kinds, some, least=3) for name, (numbers, kinds) in wanted.items()
    }
    if not any(maybe.values()):
        return {}
    every = Structures(sample)
    sure = {name: _matching(wanted[name][0], labels, every, least=LEAST) for name, labels in maybe.items()}
    return {name: labels[0] for name, labels in sure.items() if labels}


def _matching(
    numbers: NDArray[np.float64], wanted: Sequence[str], structures: Structures, *, least: int
) -> list[str]:
    """Return the descriptors, of some kinds or by their names, that some numbers agree with."""
    labels = structures.labels(wanted)
    return [label for label in labels if _agree(numbers, structures.values(label), least=least)]


def _agree(numbers: NDArray[np.float64], computed: NDArray[np.float64], *, least: int) -> bool:
    """Return whether numbers are the computed ones, NaN for no molecule, to the digits that they have."""
    known = np.isfinite(numbers) & np.isfinite(computed)
    if known.sum() < least:
        return False
    values, exact = numbers[known], computed[known]
    same = np.abs(values - exact) <= _half_a_digit(values) + 1e-6 * np.abs(exact)
    return _most(same) and len(np.unique(values)) > 1


def _half_a_digit(values: NDArray[np.float64]) -> float:
    """Return half of the last decimal that some values have, a little more for what rounds up or down."""
    for digits in range(6):
        if np.allclose(values, np.round(values, digits), rtol=0, atol=1e-9):
            return 0.501 * 10.0**-digits if digits else 1e-6
    return 1e-5

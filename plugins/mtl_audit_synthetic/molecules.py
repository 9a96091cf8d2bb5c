"""Molecules assembled from the scaffolds and substituents written here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from auditor import console

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCAFFOLDS = (
    "c1c([*:1])cc([*:2])cc1[*:3]",  # benzene
    "c1([*:1])cc([*:2])nc([*:3])c1",  # pyridine
    "c1([*:1])nc([*:2])cc([*:3])n1",  # pyrimidine
    "c1([*:1])ccc2cc([*:2])ccc2c1[*:3]",  # naphthalene
    "c1([*:1])cnc2cc([*:2])c([*:3])cc2c1",  # quinoline
    "c1([*:1])c[nH]c2cc([*:2])c([*:3])cc12",  # indole
    "c1([*:1])oc2cc([*:2])c([*:3])cc2c1",  # benzofuran
    "c1([*:1])nc2cc([*:2])c([*:3])cc2s1",  # benzothiazole
    "s1c([*:1])cc([*:2])c1[*:3]",  # thiophene
    "o1c([*:1])cc([*:2])c1[*:3]",  # furan
    "Cn1nc([*:1])c([*:2])c1[*:3]",  # pyrazole
    "c1([*:1])ccc(cc1)-c1cc([*:2])cc([*:3])c1",  # biphenyl
    "C1([*:1])CC([*:2])CC([*:3])C1",  # cyclohexane
    "CN1CC([*:1])C([*:2])C([*:3])C1",  # piperidine
)
SUBSTITUENTS = (
    "C", "CC", "C(C)C", "C(C)(C)C", "C1CC1", "c1ccccc1", "O", "OC", "OCC", "F", "Cl", "Br",
    "C(F)(F)F", "C#N", "N", "N(C)C", "[N+](=O)[O-]", "C(C)=O", "C(=O)OC", "C(N)=O", "SC",
    "S(C)(=O)=O",
)  # fmt: skip
POSITIONS = 3
COMBINATIONS = len(SCAFFOLDS) * len(SUBSTITUENTS) ** POSITIONS
DISTINCT = 111_496
"""How many distinct molecules the combinations make: some scaffolds are symmetric."""


def assemble(count: int, seed: int) -> tuple[list[str], NDArray[np.float64]]:
    """Return distinct molecules in a random order, and what they are made of.

    Returns
    -------
    SMILES (n,), and how often each substituent occurs in each (n, number of substituents).

    Raises
    ------
    ValueError
        There are not that many distinct molecules.
    """
    if count > DISTINCT:
        raise ValueError(f"there are only {DISTINCT:,} distinct molecules")
    smiles: dict[str, None] = {}
    made_of = []
    order = np.random.default_rng([seed, 0]).permutation(COMBINATIONS)
    with console.progress("assembling molecules", count) as advance:
        for scaffold, parts in _combinations(order):
            if len(smiles) == count:
                break
            text = _join(SCAFFOLDS[scaffold], parts)
            if text not in smiles:
                smiles[text] = None
                made_of.append(np.bincount(parts, minlength=len(SUBSTITUENTS)))
                advance(1)
    return list(smiles), np.array(made_of, dtype=np.float64)


def _combinations(order: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield a scaffold's number and one substituent's number per position."""
    shape = (len(SCAFFOLDS), *([len(SUBSTITUENTS)] * POSITIONS))
    for scaffold, *parts in zip(*np.unravel_index(order, shape), strict=True):
        yield int(scaffold), np.array(parts, dtype=np.int64)


def _join(scaffold: str, parts: NDArray[np.int64]) -> str:
    from rdkit import Chem

    pieces = [f"[*:{place}]{SUBSTITUENTS[part]}" for place, part in enumerate(parts, start=1)]
    text = ".".join([scaffold, *pieces])
    return str(Chem.MolToSmiles(Chem.molzip(Chem.MolFromSmiles(text))))

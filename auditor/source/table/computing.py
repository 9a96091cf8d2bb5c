"""Descriptors that RDKit computes, each with the kind of values that it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from rdkit import Chem, rdBase
from rdkit.Chem import QED, Crippen, Descriptors, rdMolDescriptors

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST = 300
"""Characters of a SMILES that is parsed here; no text this short was found to crash or hang RDKit."""

Function = Callable[[Any], float]
DESCRIPTORS: Mapping[str, tuple[str, Function]] = {
    "MolWt": ("mass", Descriptors.MolWt),
    "ExactMolWt": ("mass", Descriptors.ExactMolWt),
    "HeavyAtomMolWt": ("mass", Descriptors.HeavyAtomMolWt),
    "TPSA": ("area", rdMolDescriptors.CalcTPSA),
    "TPSA with S and P": ("area", lambda mol: rdMolDescriptors.CalcTPSA(mol, includeSandP=True)),
    "MolLogP": ("lipophilicity", Crippen.MolLogP),
    "MolMR": ("mass", Crippen.MolMR),
    "LabuteASA": ("mass", rdMolDescriptors.CalcLabuteASA),
    "FractionCSP3": ("share", rdMolDescriptors.CalcFractionCSP3),
    "QED": ("share", QED.qed),
    "NumHDonors": ("count", rdMolDescriptors.CalcNumHBD),
    "NHOHCount": ("count", rdMolDescriptors.CalcNumLipinskiHBD),
    "NumHAcceptors": ("count", rdMolDescriptors.CalcNumHBA),
    "NOCount": ("count", rdMolDescriptors.CalcNumLipinskiHBA),
    "HeavyAtomCount": ("count", lambda mol: mol.GetNumHeavyAtoms()),
    "number of atoms": ("count", lambda mol: Chem.AddHs(mol).GetNumAtoms()),
    "NumHeteroatoms": ("count", rdMolDescriptors.CalcNumHeteroatoms),
    "RingCount": ("count", rdMolDescriptors.CalcNumRings),
    "NumAromaticRings": ("count", rdMolDescriptors.CalcNumAromaticRings),
    "NumAliphaticRings": ("count", rdMolDescriptors.CalcNumAliphaticRings),
    "NumSaturatedRings": ("count", rdMolDescriptors.CalcNumSaturatedRings),
    "NumRotatableBonds": ("count", rdMolDescriptors.CalcNumRotatableBonds),
    "NumRotatableBonds, not strict": (
        "count",
        lambda mol: rdMolDescriptors.CalcNumRotatableBonds(mol, False),
    ),
    "NumValenceElectrons": ("count", Descriptors.NumValenceElectrons),
    "smallest degree": ("count", lambda mol: min(atom.GetDegree() for atom in mol.GetAtoms())),
    "NumAmideBonds": ("count", rdMolDescriptors.CalcNumAmideBonds),
}


PART = " of the largest part"


class Structures:
    """The molecules of some SMILES, and what is computed of them: each descriptor once."""

    def __init__(self, texts: Sequence[str]) -> None:
        with rdBase.BlockLogs():
            self._whole = [Chem.MolFromSmiles(text) if 0 < len(text) <= LONGEST else None for text in texts]
        self._salts = any("." in text for text in texts)
        self._values: dict[str, NDArray[np.float64]] = {}

    def labels(self, wanted: Sequence[str]) -> list[str]:
        """Return the descriptors of some kinds, or of these names; without counter-ions after the whole."""
        parts = ("", PART) if self._salts else ("",)
        return [
            label + part
            for part in parts
            for label, (kind, _) in DESCRIPTORS.items()
            if kind in wanted or label + part in wanted
        ]

    def values(self, label: str) -> NDArray[np.float64]:
        """Return a descriptor of every molecule (m,), NaN where none can be computed."""
        if label not in self._values:
            function = DESCRIPTORS[label.removesuffix(PART)][1]
            mols = map(_largest, self._whole) if label.endswith(PART) else self._whole
            self._values[label] = np.array([_computed(function, mol) for mol in mols])
        return self._values[label]


def _largest(mol: Any) -> Any:
    return mol and max(Chem.GetMolFrags(mol, asMols=True), key=lambda part: part.GetNumHeavyAtoms())


def _computed(function: Function, mol: Any) -> float:
    try:
        return float("nan") if mol is None else float(function(mol))
    except (ValueError, RuntimeError):
        return float("nan")

"""Descriptors that RDKit computes, each with the kind of values that it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rdkit import Chem, rdBase
from rdkit.Chem import QED, Crippen, Descriptors, rdMolDescriptors

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


def computed(function: Function, mols: Sequence[Any]) -> list[float]:
    """Return what a function gives for molecules, NaN where RDKit cannot compute it."""
    found = []
    for mol in mols:
        try:
            found.append(float(function(mol)))
        except (ValueError, RuntimeError):
            found.append(float("nan"))
    return found


def largest_parts(mols: Sequence[Any]) -> list[Any]:
    """Return the part of every molecule with the most atoms, which is the whole one without salts."""
    parts = (Chem.GetMolFrags(mol, asMols=True) for mol in mols)
    return [max(found, key=lambda part: part.GetNumHeavyAtoms()) for found in parts]


def molecules(texts: Sequence[str]) -> list[Any]:
    """Return the molecule of every text, None where RDKit reads none."""
    with rdBase.BlockLogs():
        return [Chem.MolFromSmiles(text) if len(text) <= LONGEST else None for text in texts]

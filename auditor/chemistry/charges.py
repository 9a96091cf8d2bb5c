"""One neutral form for a compound, its salts and its inner salt; quaternary nitrogen stays charged."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rdkit.Chem import Mol

_NEAR_CATION = "$([*]c:[n+]),$([*]c:*:[n+]),$([*]c:*:*:[n+])"
ACIDS = (
    "[OX2H]S(=O)(=O)",
    "[OX2H]P=O",
    "[OX2H,SX2H]C=[O,S]",
    "[OX2H]S=O",
    "[$([nH]1nnnc1),$([nH]1nncn1),$([nH]1ncnn1)]",
    f"[OX2H,SX2H;{_NEAR_CATION}]",
    f"[NX3;H1;$(N[C,S]=O);{_NEAR_CATION}]",
)
"""Groups that give their proton to a charge that stays, strongest first: the first atom has the proton."""


def neutral(mol: Mol) -> Mol:
    """Return a fragment without charges where that is possible.

    Beside a charge that stays, an acid is written as the anion: carnitine and its hydrochloride are
    both the inner salt.
    """
    from rdkit import Chem

    if not mol.HasSubstructMatch(query("[!+0]")):
        return mol
    plain = _uncharger(force=False).uncharge(mol)
    if _has_lone_charge(plain):
        plain = _inner_salt(plain)
    Chem.AssignStereochemistry(plain, cleanIt=True, force=True)  # centres that only a charge made
    return plain


def balanced(mol: Mol) -> Mol:
    """Return a salt without the charges that can go while its sum stays as it is."""
    return _uncharger(force=False).uncharge(mol)


def _has_lone_charge(mol: Mol) -> bool:
    """Return whether a charge is left that none beside it balances, as nitro groups do."""
    return any(
        atom.GetFormalCharge()
        and all(atom.GetFormalCharge() * other.GetFormalCharge() >= 0 for other in atom.GetNeighbors())
        for atom in mol.GetAtoms()
    )


def _inner_salt(mol: Mol) -> Mol:
    """Return the one form of a molecule with charges that stay, wherever its protons were written."""
    from rdkit import Chem

    full = _uncharger(force=True).uncharge(mol)
    charge = Chem.GetFormalCharge(full)
    while charge > 0:
        forms = next(filter(None, (_without_proton(full, query(acid)) for acid in ACIDS)), [])
        if not forms:
            break
        full = min(forms, key=Chem.MolToSmiles)  # whichever of several acids was written first
        charge -= 1
    as_given = charge > 0 and Chem.GetFormalCharge(mol) == 0  # an inner salt of another kind
    return mol if as_given else full


def _without_proton(mol: Mol, acid: Mol) -> list[Mol]:
    from rdkit import Chem

    forms = []
    for match in mol.GetSubstructMatches(acid):
        form = Chem.RWMol(mol)
        atom = form.GetAtomWithIdx(match[0])
        atom.SetFormalCharge(-1)
        atom.SetNumExplicitHs(0)
        Chem.SanitizeMol(form)
        forms.append(form.GetMol())
    return forms


@cache
def query(smarts: str) -> Mol:
    """Return a pattern, made once: a loop over atoms in Python costs as much as a canonical SMILES."""
    from rdkit import Chem

    return Chem.MolFromSmarts(smarts)


@cache
def _uncharger(*, force: bool) -> Any:
    from rdkit.Chem.MolStandardize import rdMolStandardize

    return rdMolStandardize.Uncharger(True, force)
